using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>A key-encryption key's whole life: made, used, replaced, taken out of use, destroyed; and the key service that fails on the way.</summary>
public sealed class KeyRotationTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task A_new_version_wraps_on_every_host_at_the_same_time_and_not_before_all_can_open_what_it_wraps()
    {
        BedHost one = await _bed.StartHostAsync(), two = await _bed.StartHostAsync();
        Assert.Equal(0, (await RunAsync(one, "keys rotate")).Code);

        await LookAsync(one, two);
        Assert.Equal((1, 1), (one.Get<KeyRing>().CurrentVersion, two.Get<KeyRing>().CurrentVersion));
        SealedForm before = await two.SubmitNewAsync();

        _bed.Time.Advance(KeyRing.Propagation);
        await one.Get<KeyRing>().RefreshAsync(Token);
        Assert.Equal((2, 1), (one.Get<KeyRing>().CurrentVersion, two.Get<KeyRing>().CurrentVersion));

        // The host that has not looked yet opens what the other wraps now.
        SealedForm after = await one.SubmitNewAsync();
        Assert.Equal(ProductBed.Pan, await RevealAsync(two, after));
        Assert.Equal(ProductBed.Pan, await RevealAsync(one, before));
    }

    [Fact]
    public async Task A_repeated_rotate_makes_one_version()
    {
        BedHost host = await _bed.StartHostAsync();
        Assert.Equal(0, (await RunAsync(host, "keys rotate")).Code);
        Assert.Equal(0, (await RunAsync(host, "keys rotate")).Code);
        Assert.Equal(2, _bed.Keys.CountOf(RecordKinds.KeyEncryptionKey));
    }

    [Fact]
    public async Task Rewrap_brings_everything_under_the_new_version_and_destroy_then_ends_the_old_one()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();
        SealedForm over = await host.SubmitNewAsync();
        await ForgetAsync(host, over.Conversation);
        await RotateAsync(host);

        (int code, string text) = await RunAsync(host, "keys destroy", "1", "--yes");
        Assert.Equal(1, code);
        Assert.Contains("may still wrap under version 1", text, StringComparison.Ordinal);
        await AgeAsync(host);
        SealedForm living = await host.SubmitNewAsync();
        (code, text) = await RunAsync(host, "keys destroy", "1", "--yes");
        Assert.Equal(1, code);
        Assert.Contains("rows hang on version 1", text, StringComparison.Ordinal);

        (code, text) = await RunAsync(host, "keys rewrap");
        Assert.True(code == 0, text);
        Assert.Contains("[##############################] 100 %", text, StringComparison.Ordinal);
        Assert.Empty(_bed.Data.All.Concat(_bed.Keys.All).Where(static record => Names(record, 1)).Select(static record => record.Key.Kind));

        (code, text) = await RunAsync(host, "keys destroy", "1", "--yes");
        Assert.True(code == 0, text);
        (code, text) = await RunAsync(host, "keys list", "--rows");
        Assert.Matches(@"(?m)^ +1  Destroyed .* 0\r?$", text);
        Assert.Matches(@"(?m)^ +2  Active .* [1-9]\d*\r?$", text);

        // A host that starts now, without the old version, reads and opens everything there is.
        BedHost next = await _bed.StartHostAsync();
        Assert.NotNull(await next.Get<Conversations>().FindAsync(over.Conversation, Token));
        Assert.Equal(ProductBed.Pan, await RevealAsync(next, living));
        Assert.NotEmpty(await next.EventsAsync(form.Conversation));
        AuditAction[] keyActions = [.. (await next.AuditAsync()).Select(static entry => entry.Action).Where(static action => action is >= AuditAction.KeyMade and <= AuditAction.KeyDestroyed)];
        Assert.Equal([AuditAction.KeyMade, AuditAction.KeysRewrapped, AuditAction.KeyDestroyed], keyActions);
    }

    [Fact]
    public async Task A_rewrap_that_is_cut_off_at_any_write_is_finished_by_the_next_and_costs_nothing()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();
        await RotateAsync(host);
        int runs = 0;
        for (int allowed = 0; ; allowed++)
        {
            int writes = 0;
            _bed.Data.Before = _bed.Keys.Before = call => call.Operation is "replace" && writes++ == allowed ? throw new IOException("cut off") : default;
            (int code, _) = await TryRunAsync(host, "keys rewrap");
            _bed.Data.Before = _bed.Keys.Before = null;
            Assert.Equal(form.ValueIds, (await host.FormAsync(form)).Values.Select(static value => value.ValueId));
            runs++;
            if (code == 0)
            {
                break;
            }
        }

        Assert.InRange(runs, 2, 100);
        Assert.DoesNotContain(_bed.Data.All.Concat(_bed.Keys.All), static record => Names(record, 1));
        Assert.Equal(ProductBed.Pan, await RevealAsync(host, form));
    }

    [Fact]
    public async Task Rewrap_goes_on_while_hosts_work()
    {
        BedHost one = await _bed.StartHostAsync(), two = await _bed.StartHostAsync();
        var forms = new List<SealedForm>();
        for (int i = 0; i < 20; i++)
        {
            forms.Add(await one.SubmitNewAsync());
        }

        await RotateAsync(one, two);
        Task<(int Code, string Text)> rewrap = Task.Run(() => RunAsync(one, "keys rewrap"), Token);
        foreach (SealedForm form in forms)
        {
            Assert.Equal(ProductBed.Pan, await RevealAsync(two, form));
            await two.SubmitNewAsync();
        }

        (int code, string text) = await rewrap;
        Assert.True(code == 0, text);
        await RunAsync(one, "keys rewrap");
        Assert.DoesNotContain(_bed.Data.All.Concat(_bed.Keys.All), static record => Names(record, 1));
    }

    [Fact]
    public async Task A_disabled_version_opens_nothing_on_any_host_until_it_is_enabled()
    {
        BedHost one = await _bed.StartHostAsync(), two = await _bed.StartHostAsync();
        SealedForm form = await one.SubmitNewAsync();
        (int code, string text) = await RunAsync(one, "keys disable", "1");
        Assert.Equal(1, code);
        Assert.Contains("keys rotate", text, StringComparison.Ordinal);
        await RotateAsync(one, two);

        Assert.Equal(0, (await RunAsync(one, "keys disable", "1")).Code);
        await LookAsync(two);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => RevealAsync(two, form));
        Assert.Equal("SC3002", fault.Error.Code);
        Assert.Contains("version 1", fault.Message, StringComparison.Ordinal);

        // New values work, and a host starts without it.
        BedHost next = await _bed.StartHostAsync();
        Assert.Equal(ProductBed.Pan, await RevealAsync(next, await next.SubmitNewAsync()));

        Assert.Equal(0, (await RunAsync(next, "keys enable", "1")).Code);
        await LookAsync(two);
        Assert.Equal(ProductBed.Pan, await RevealAsync(two, form));
    }

    [Theory]
    [InlineData(false, "SC3002")]
    [InlineData(true, "SC3010")]
    public async Task A_key_service_that_is_down_stops_reveals_when_the_key_is_old_and_one_that_refuses_does_so_at_once(bool denied, string code)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SubmitNewAsync();
        TimeSpan half = new SecureChatOptions().Storage.KeyLifetime / 2;
        _bed.Provider.OnUnwrap = () => denied ? throw new UnauthorizedAccessException("no") : throw new IOException("down");

        // Asked at half of its life and not before.
        _bed.Time.Advance(half - TimeSpan.FromSeconds(1));
        Assert.True(await host.Get<KeyRing>().RefreshAsync(Token));
        _bed.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await host.Get<KeyRing>().RefreshAsync(Token));
        Assert.Equal(!denied, host.Get<KeyRing>().HoldsCurrent);

        if (!denied)
        {
            _bed.Time.Advance(half);
            Assert.False(await host.Get<KeyRing>().RefreshAsync(Token));
        }

        Assert.False(host.Get<KeyRing>().HoldsCurrent);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => RevealAsync(host, form));
        Assert.Equal(code, fault.Error.Code);
        Assert.Equal(503, fault.Error.Status);
        Assert.DoesNotContain("no)", fault.Message, StringComparison.Ordinal);

        _bed.Provider.OnUnwrap = null;
        Assert.True(await host.Get<KeyRing>().RefreshAsync(Token));
        Assert.True(host.Get<KeyRing>().HoldsCurrent);
        Assert.NotEqual(SealedValueState.Claimed, (await host.FormAsync(form)).Values[0].State);
    }

    [Fact]
    public async Task A_host_that_names_another_provider_opens_what_the_former_one_wrapped_and_rotates_away_from_it()
    {
        var former = new RingProvider { Name = "former" };
        await using var bed = new ProductBed { Provider = former };
        BedHost before = await bed.StartHostAsync();
        SealedForm form = await before.SubmitNewAsync();

        await using var later = new ProductBed
        {
            Data = bed.Data,
            Keys = bed.Keys,
            Provider = new RingProvider { Name = "latter" },
            Services = services => services.AddSingleton<IKeyEncryptionProvider>(former),
        };
        later.Time.Advance(bed.Time.GetUtcNow() - later.Time.GetUtcNow());

        // Registered before the bed's own, so the bed's own is the last one, which wraps.
        await using var host = new BedHost(later, providerLast: true);
        await host.Get<KeyRing>().StartAsync(Token);
        Assert.Equal(0, (await RunAsync(host, "keys rotate")).Code);
        Assert.Contains("latter", (await RunAsync(host, "keys list")).Text, StringComparison.Ordinal);
        Assert.Equal(ProductBed.Pan, await RevealAsync(host, form));
    }

    [Theory]
    [InlineData("keys rotate", "now")]
    [InlineData("keys rewrap", "1")]
    [InlineData("keys list", "--all")]
    [InlineData("keys disable")]
    [InlineData("keys disable", "-1")]
    [InlineData("keys enable", "x")]
    [InlineData("keys destroy", "1")]
    [InlineData("keys destroy", "0", "--yes")]
    public async Task A_wrong_call_says_how_and_changes_nothing(string command, params string[] args)
    {
        BedHost host = await _bed.StartHostAsync();
        int writes = _bed.Keys.Writes + _bed.Data.Writes;
        (int code, string text) = await RunAsync(host, command, args);
        Assert.Equal(2, code);
        Assert.StartsWith(command, text, StringComparison.Ordinal);
        Assert.Equal(writes, _bed.Keys.Writes + _bed.Data.Writes);
    }

    [Theory]
    [InlineData("keys disable", "7")]
    [InlineData("keys enable", "7")]
    [InlineData("keys destroy", "7", "--yes")]
    [InlineData("keys destroy", "1", "--yes")]
    public async Task A_version_that_is_not_there_or_that_wraps_is_left_alone(string command, params string[] args)
    {
        BedHost host = await _bed.StartHostAsync();
        int writes = _bed.Keys.Writes;
        Assert.Equal(1, (await RunAsync(host, command, args)).Code);
        Assert.Equal(writes, _bed.Keys.Writes);
    }

    private static bool Names(StoreRecord record, int version) =>
        record.Key.Kind != RecordKinds.KeyEncryptionKey
        && ((RecordMacs.VersionOf(record.Body.Span) ?? -1) == version || (WrappedKey.TryReadVersion(record.Body.Span, out int wrapped) && wrapped == version));

    private static async Task<string> RevealAsync(BedHost host, SealedForm form)
    {
        using var browser = new Browser();
        Assert.Equal(ClaimOutcome.Claimed, (await host.ClaimAsync(form, browser)).Outcome);
        return browser.Open(form, await host.ReleaseAsync(form, browser))["pan"];
    }

    private static async Task<(int Code, string Text)> RunAsync(BedHost host, string command, params string[] args)
    {
        await using var output = new StringWriter();
        IHostCommand found = host.Get<IEnumerable<IHostCommand>>().Single(candidate => candidate.Name == command);
        return (await found.RunAsync(args, output, Token), output.ToString());
    }

    private static async Task<(int Code, string Text)> TryRunAsync(BedHost host, string command)
    {
        try
        {
            return await RunAsync(host, command);
        }
        catch (SecureChatException fault)
        {
            return (1, fault.Message);
        }
    }

    private static async Task LookAsync(params BedHost[] hosts)
    {
        foreach (BedHost host in hosts)
        {
            Assert.True(await host.Get<KeyRing>().RefreshAsync(Token));
        }
    }

    private async Task RotateAsync(params BedHost[] hosts)
    {
        Assert.Equal(0, (await RunAsync(hosts[0], "keys rotate")).Code);
        _bed.Time.Advance(KeyRing.Propagation);
        await LookAsync(hosts);
    }

    private async Task AgeAsync(BedHost host)
    {
        _bed.Time.Advance(TimeSpan.FromMinutes(20));
        await host.SweepAsync();
        _bed.Time.Advance(new SecureChatOptions().Storage.KeyLifetime);
        await LookAsync(host);
    }

    /// <summary>A conversation that is over, destroyed and forgotten: nothing of it is due any more.</summary>
    private async Task ForgetAsync(BedHost host, string conversation)
    {
        await host.Get<Conversations>().CloseAsync(conversation, ParticipantRole.System, agent: null, Token);
        for (int day = 0; day < 200 && _bed.Data.Of(RecordKinds.Conversation).Any(record => record.Key.Partition == conversation && record.DueAt is not null); day++)
        {
            _bed.Time.Advance(TimeSpan.FromDays(1));
            await host.SweepAsync();
        }

        Assert.Null(_bed.Data.Of(RecordKinds.Conversation).Single(record => record.Key.Partition == conversation).DueAt);
    }
}
