using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

public sealed class IdentityStepUpTests : IDisposable
{
    private readonly IdentityBench _identity = new();

    public void Dispose() => _identity.Dispose();

    [Fact]
    public async Task The_current_code_proves_the_factor_for_what_was_asked()
    {
        StepUpResult result = await _identity.VerifyAsync(IdentityBench.Code(_identity.Time.GetUtcNow()));

        Assert.Equal(StepUpOutcome.Verified, result.Outcome);
        Assert.Equal($"totp:user-1:{Totp.StepAt(_identity.Time.GetUtcNow())}", result.Proof!.Id);
        Assert.Equal(("user-1", "session-1", StepUpBench.Request, StepUpBench.Claim), (result.Proof.AgentId, result.Proof.SessionId, result.Proof.FormRequestId, result.Proof.ClaimId));
    }

    [Fact]
    public async Task A_wrong_or_old_code_is_rejected()
    {
        DateTimeOffset now = _identity.Time.GetUtcNow();

        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync("code")).Outcome);
        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync(IdentityBench.Code(now - TimeSpan.FromMinutes(1)))).Outcome);
        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync(IdentityBench.Code(now + TimeSpan.FromMinutes(1)))).Outcome);
    }

    [Fact]
    public async Task E10_A_deleted_locked_or_changed_account_is_rejected()
    {
        string code = IdentityBench.Code(_identity.Time.GetUtcNow());

        _identity.User.LockoutEnd = DateTimeOffset.MaxValue;
        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync(code)).Outcome);
        _identity.User.LockoutEnd = null;

        _identity.User.SecurityStamp = "stamp-2";
        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync(code)).Outcome);
        _identity.User.SecurityStamp = "stamp-1";

        _identity.Users.Exists = false;
        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync(code)).Outcome);
        _identity.Users.Exists = true;

        Assert.Equal(StepUpOutcome.Rejected, (await _identity.VerifyAsync(code, new ClaimsPrincipal())).Outcome);
        Assert.Equal(StepUpOutcome.Verified, (await _identity.VerifyAsync(code)).Outcome);
    }

    [Fact]
    public async Task An_account_without_key_or_with_two_factor_off_is_not_enrolled()
    {
        string code = IdentityBench.Code(_identity.Time.GetUtcNow());

        _identity.User.TwoFactorEnabled = false;
        Assert.Equal(StepUpOutcome.NotEnrolled, (await _identity.VerifyAsync(code)).Outcome);
        _identity.User.TwoFactorEnabled = true;
        _identity.User.AuthenticatorKey = null;
        Assert.Equal(StepUpOutcome.NotEnrolled, (await _identity.VerifyAsync(code)).Outcome);
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_is_a_fault()
    {
        _identity.User.AuthenticatorKey = "not base32!";

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _identity.VerifyAsync("123456"));
    }

    [Fact]
    public async Task E9_One_code_in_every_spelling_64_at_a_time_on_two_hosts_is_accepted_once()
    {
        var bench = new StepUpBench(verifier: _identity.Verifier, time: _identity.Time);
        bench.Options.StepUpAttempts = 20;
        StepUpService[] hosts = [bench.Host, bench.NewHost()];
        string code = IdentityBench.Code(_identity.Time.GetUtcNow());
        string[] spellings =
        [
            code,
            $" {code[..3]} {code[3..]} ",
            $"{code[..3]}-{code[3..]}",
            Digits(code, 0xFF10),
            Digits(code, 0x0660),
            Digits(code, 0x1D7CE),
            $"{code[..2]}\u200B{code[2..]}",
        ];

        // Each spelling alone is a right code, so the one acceptance below is for no other reason.
        foreach (string spelling in spellings)
        {
            Assert.Equal(StepUpOutcome.Verified, (await _identity.VerifyAsync(spelling)).Outcome);
        }

        Outcome<StepUpTicket>[] outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => hosts[i % 2].VerifyAsync(
            StepUpBench.Agent("user-1"), _identity.Principal, StepUpBench.Conversation, StepUpBench.Request, $"claim-00000000{i:D8}", StepUpBench.Values, spellings[i % spellings.Length], CancellationToken.None).AsTask())));

        Assert.Single(outcomes, static outcome => outcome.IsSuccess);

        // Nor in the next step, while the clock still takes it, under another name of the same account.
        _identity.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(StepUpOutcome.Verified, (await _identity.VerifyAsync(code)).Outcome);
        Outcome<StepUpTicket> late = await bench.Host.VerifyAsync(
            StepUpBench.Agent("alias"), _identity.Principal, StepUpBench.Conversation, StepUpBench.Request, StepUpBench.Claim, StepUpBench.Values, code, CancellationToken.None);
        Assert.Same(SecureChatErrors.StepUpRejected, late.Error);
    }

    [Fact]
    public async Task Every_sign_in_gets_a_session_of_its_own_and_keeps_it_when_Identity_refreshes_it()
    {
        (string cookies, _) = await _identity.RequestAsync("", users => users.SignInWithClaimsAsync(_identity.User, false, [new Claim("amr", "mfa")]));
        (_, ClaimsPrincipal? first) = await _identity.RequestAsync(cookies);
        string session = Assert.Single(first!.FindAll("sid")).Value;
        Assert.True(SecureChatId.IsValid(session));

        (string others, _) = await _identity.RequestAsync("", users => users.SignInAsync(_identity.User, false));
        (_, ClaimsPrincipal? second) = await _identity.RequestAsync(others);
        Assert.NotEqual(session, Assert.Single(second!.FindAll("sid")).Value);

        // After half an hour Identity builds the principal anew from the user.
        _identity.Time.Advance(TimeSpan.FromMinutes(31));
        (string renewed, ClaimsPrincipal? refreshed) = await _identity.RequestAsync(cookies);
        Assert.NotEmpty(renewed);
        Assert.Equal(session, Assert.Single(refreshed!.FindAll("sid")).Value);
        Assert.Equal("mfa", Assert.Single(refreshed!.FindAll("amr")).Value);
        (_, ClaimsPrincipal? later) = await _identity.RequestAsync(renewed);
        Assert.Equal(session, later!.FindFirstValue("sid"));
    }

    [Fact]
    public async Task Two_factor_sign_in_is_marked_mfa_and_password_sign_in_is_not()
    {
        (string pending, _) = await _identity.RequestAsync("", async users => Assert.True((await ((TestSignInManager)users).AfterPasswordAsync(_identity.User)).RequiresTwoFactor));
        (string cookies, _) = await _identity.RequestAsync(pending, async users =>
            Assert.True((await users.TwoFactorAuthenticatorSignInAsync(IdentityBench.Code(_identity.Time.GetUtcNow()), false, false)).Succeeded));
        (_, ClaimsPrincipal? principal) = await _identity.RequestAsync(cookies);

        Assert.True(principal!.HasClaim("amr", "mfa"));
        Assert.NotNull(principal!.FindFirstValue("sid"));
    }

    [Fact]
    public async Task E9_A_code_that_signed_in_opens_no_value_and_a_code_that_opened_one_signs_nobody_in()
    {
        var bench = new StepUpBench(store: _identity.Store, verifier: _identity.Verifier, time: _identity.Time);
        string code = IdentityBench.Code(_identity.Time.GetUtcNow());
        string next = IdentityBench.Code(_identity.Time.GetUtcNow() + TimeSpan.FromSeconds(30));

        Assert.True(await SignInAsync(code));
        Assert.Same(SecureChatErrors.StepUpRejected, (await RevealAsync(code)).Error);
        Assert.Same(SecureChatErrors.StepUpRejected, (await RevealAsync($" {code[..3]}-{Digits(code[3..], 0xFF10)}")).Error);
        Assert.False(await SignInAsync(code));
        Assert.False(await VerifyAsync(code));

        Assert.True((await RevealAsync(next)).IsSuccess);
        Assert.False(await SignInAsync(next));
        Assert.False(await VerifyAsync(next));
        _identity.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(await SignInAsync(next));
        Assert.True(await SignInAsync(IdentityBench.Code(_identity.Time.GetUtcNow())));

        async Task<Outcome<StepUpTicket>> RevealAsync(string response) => await bench.Host.VerifyAsync(
            StepUpBench.Agent("user-1"), _identity.Principal, StepUpBench.Conversation, StepUpBench.Request, StepUpBench.Claim, StepUpBench.Values, response, CancellationToken.None);
    }

    [Fact]
    public async Task P6_A_sign_in_is_refused_while_nobody_knows_whether_its_code_was_used()
    {
        string code = IdentityBench.Code(_identity.Time.GetUtcNow());
        _identity.Store.IsDown = true;
        await Assert.ThrowsAsync<SecureChatStoreException>(() => SignInAsync(code));
        _identity.Store.IsDown = false;
        Assert.True(await SignInAsync(code));
    }

    [Fact]
    public async Task Saboteur_A_store_that_inserts_twice_signs_in_twice_with_one_code()
    {
        _identity.Store.InsertsBlindly = true;
        string code = IdentityBench.Code(_identity.Time.GetUtcNow());
        Assert.True(await SignInAsync(code));
        Assert.True(await SignInAsync(code));
    }

    private async Task<bool> SignInAsync(string code)
    {
        bool succeeded = false;
        (string pending, _) = await _identity.RequestAsync("", users => ((TestSignInManager)users).AfterPasswordAsync(_identity.User));
        await _identity.RequestAsync(pending, async users => succeeded = (await users.TwoFactorAuthenticatorSignInAsync(code, false, false)).Succeeded);
        return succeeded;
    }

    /// <summary>What a page that confirms an authenticator asks.</summary>
    private async Task<bool> VerifyAsync(string code)
    {
        bool verified = false;
        await _identity.RequestAsync("", async users => verified = await users.UserManager.VerifyTwoFactorTokenAsync(_identity.User, TokenOptions.DefaultAuthenticatorProvider, code));
        return verified;
    }

    private static string Digits(string code, int zero) => string.Concat(code.Select(digit => char.ConvertFromUtf32(zero + (digit - '0'))));
}
