using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Agents;

/// <summary>ASP.NET Core Identity as a host sets it up, over one user in memory.</summary>
internal sealed class IdentityBench : IDisposable
{
    public const string Key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private readonly ServiceProvider _services;

    public IdentityBench()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpContextAccessor();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IUserStore<TestUser>>(Users);
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.AddIdentityCore<TestUser>().AddSignInManager<TestSignInManager>().AddTokenProvider<AuthenticatorTokenProvider<TestUser>>(TokenOptions.DefaultAuthenticatorProvider);
        services.AddSingleton(new UsedProofs(new SecureChatStores(Store, new TestRecordStore(), Options.Create(new SecureChatOptions()), Time), Time));
        new Builder(services).AddIdentityStepUp<TestUser>().AddIdentityStepUp<TestUser>();
        _services = services.BuildServiceProvider(validateScopes: true);
    }

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Where used codes are remembered.</summary>
    public TestRecordStore Store { get; } = new();

    public TestUserStore Users { get; } = new();

    public TestUser User => Users.User;

    public IStepUpVerifier Verifier => _services.GetRequiredService<IStepUpVerifier>();

    public ClaimsPrincipal Principal => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, User.Id), new Claim("AspNet.Identity.SecurityStamp", "stamp-1")], "test"));

    public static string Code(DateTimeOffset at)
    {
        byte[] digits = new byte[Totp.Digits];
        Totp.Compute("12345678901234567890"u8, Totp.StepAt(at), digits);
        return Encoding.ASCII.GetString(digits);
    }

    public ValueTask<StepUpResult> VerifyAsync(string response, ClaimsPrincipal? principal = null) => Verifier.VerifyAsync(
        new StepUpRequest
        {
            Principal = principal ?? Principal,
            AgentId = User.Id,
            SessionId = "session-1",
            FormRequestId = StepUpBench.Request,
            ClaimId = StepUpBench.Claim,
            Response = response,
        },
        CancellationToken.None);

    /// <summary>Runs one request with the cookies given and gives back those set and the principal seen.</summary>
    public async Task<(string Cookies, ClaimsPrincipal? Principal)> RequestAsync(string cookies, Func<SignInManager<TestUser>, Task>? action = null)
    {
        await using AsyncServiceScope scope = _services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var starting = new StartingFeature();
        context.Features.Set<IHttpResponseFeature>(starting);
        context.Request.Scheme = "https";
        context.Request.Headers.Cookie = cookies;
        scope.ServiceProvider.GetRequiredService<IHttpContextAccessor>().HttpContext = context;
        AuthenticateResult seen = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (seen.Principal is { } principal)
        {
            context.User = principal;
        }

        if (action is not null)
        {
            await action(scope.ServiceProvider.GetRequiredService<SignInManager<TestUser>>());
        }

        // A refreshed ticket is written when the response starts.
        await starting.StartAsync();
        string set = string.Join("; ", context.Response.Headers.SetCookie.Select(static cookie => cookie!.Split(';')[0]).Where(static cookie => !cookie.EndsWith('=')));
        return (set, seen.Principal);
    }

    public void Dispose() => _services.Dispose();

    /// <summary>A response that can start: the default one drops the callbacks.</summary>
    private sealed class StartingFeature : HttpResponseFeature
    {
        private readonly Stack<Func<Task>> _callbacks = new();

        public override void OnStarting(Func<object, Task> callback, object state) => _callbacks.Push(() => callback(state));

        public async Task StartAsync()
        {
            while (_callbacks.TryPop(out Func<Task>? callback))
            {
                await callback();
            }
        }
    }

    private sealed class Builder(IServiceCollection services) : ISecureChatBuilder
    {
        public IServiceCollection Services => services;
    }
}

internal sealed class TestUser
{
    public string Id { get; set; } = "user-1";

    public string? AuthenticatorKey { get; set; } = IdentityBench.Key;

    public bool TwoFactorEnabled { get; set; } = true;

    public DateTimeOffset? LockoutEnd { get; set; }

    public string SecurityStamp { get; set; } = "stamp-1";
}

internal sealed class TestUserStore : IUserAuthenticatorKeyStore<TestUser>, IUserTwoFactorStore<TestUser>, IUserLockoutStore<TestUser>, IUserSecurityStampStore<TestUser>
{
    public TestUser User { get; } = new();

    public bool Exists { get; set; } = true;

    public void Dispose()
    {
    }

    public Task<TestUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) => Task.FromResult(Exists && userId == User.Id ? User : null);

    public Task<TestUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => Task.FromResult<TestUser?>(User);

    public Task<string> GetUserIdAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult<string?>("anna");

    public Task<string?> GetNormalizedUserNameAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult<string?>("ANNA");

    public Task<string?> GetAuthenticatorKeyAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(user.AuthenticatorKey);

    public Task<bool> GetTwoFactorEnabledAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(user.TwoFactorEnabled);

    public Task<DateTimeOffset?> GetLockoutEndDateAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(user.LockoutEnd);

    public Task<bool> GetLockoutEnabledAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(true);

    public Task<int> GetAccessFailedCountAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(0);

    public Task<int> IncrementAccessFailedCountAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(1);

    public Task<string?> GetSecurityStampAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.SecurityStamp);

    public Task<IdentityResult> UpdateAsync(TestUser user, CancellationToken cancellationToken) => Task.FromResult(IdentityResult.Success);

    public Task SetNormalizedUserNameAsync(TestUser user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ResetAccessFailedCountAsync(TestUser user, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task SetSecurityStampAsync(TestUser user, string stamp, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetLockoutEnabledAsync(TestUser user, bool enabled, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetLockoutEndDateAsync(TestUser user, DateTimeOffset? lockoutEnd, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetTwoFactorEnabledAsync(TestUser user, bool enabled, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetAuthenticatorKeyAsync(TestUser user, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SetUserNameAsync(TestUser user, string? userName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> CreateAsync(TestUser user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(TestUser user, CancellationToken cancellationToken) => throw new NotSupportedException();
}

internal sealed class TestSignInManager(
    UserManager<TestUser> users,
    IHttpContextAccessor context,
    IUserClaimsPrincipalFactory<TestUser> claims,
    IOptions<IdentityOptions> options,
    ILogger<SignInManager<TestUser>> logger,
    IAuthenticationSchemeProvider schemes,
    IUserConfirmation<TestUser> confirmation) : SignInManager<TestUser>(users, context, claims, options, logger, schemes, confirmation)
{
    /// <summary>What happens when a password was right.</summary>
    public Task<SignInResult> AfterPasswordAsync(TestUser user) => SignInOrTwoFactorAsync(user, isPersistent: false);
}
