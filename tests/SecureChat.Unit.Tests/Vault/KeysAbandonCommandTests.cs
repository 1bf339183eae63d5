using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class KeysAbandonCommandTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();
    private readonly List<ProductBed> _later = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _bed.DisposeAsync();
        foreach (ProductBed bed in _later)
        {
            await bed.DisposeAsync();
        }
    }

    [Theory]
    [InlineData]
    [InlineData("--no")]
    [InlineData("--yes", "--really")]
    [InlineData("yes")]
    public async Task Without_a_plain_yes_it_says_what_it_would_do_and_does_nothing(params string[] args)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (int data, int keys) = (_bed.Data.Writes, _bed.Keys.Writes);

        (int code, string text) = await RunAsync(host, args);

        Assert.Equal(2, code);
        Assert.Contains("unreadable for good", text, StringComparison.Ordinal);
        Assert.Equal((data, keys), (_bed.Data.Writes, _bed.Keys.Writes));
        Assert.NotNull(_bed.Keys.Peek(form.ReleaseKeyOf("pan")));
    }

    [Fact]
    public async Task E56_After_a_lost_ring_unreadable_values_become_tombstones_on_record_and_the_host_works_again()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (string conversation, string open) = await host.RequestAsync();
        BedHost lost = await LoseRingAsync();

        (int code, string text) = await RunAsync(lost, "--yes");

        Assert.Equal(0, code);
        Assert.Contains("3 unreadable values", text, StringComparison.Ordinal);
        Assert.All((await lost.FormAsync(form)).Values, static value => Assert.Equal(
            (DestroyReason.Undecryptable, true, null), (value.Reason, value.KeyDestroyedAt is not null, value.Ciphertext)));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.Equal(FormRequestState.Cancelled, (await lost.Records.FindAsync(conversation, open, Token))!.State);
        IReadOnlyList<AuditEntry> audit = await lost.AuditAsync();
        Assert.Contains(audit, entry => entry.Action == AuditAction.ValuesDestroyed && entry.ValueIds.Order().SequenceEqual(form.ValueIds.Order()));
        Assert.Single(audit, static entry => entry.Action == AuditAction.KeysAbandoned);

        BedHost next = await _later[0].StartHostAsync();
        SealedForm anew = await next.SealAsync();
        using var browser = new Browser();
        await next.ClaimAsync(anew, browser);
        Assert.Equal(ProductBed.Pan, browser.Open(anew, await next.ReleaseAsync(anew, browser))["pan"]);
        using var late = new Browser();
        Assert.Equal(ClaimOutcome.Gone, (await next.ClaimAsync(form, late)).Outcome);
    }

    [Fact]
    public async Task More_forms_than_a_page_are_all_given_up()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm first = await host.SealAsync();
        FormRecord record = await host.FormAsync(first);
        for (int i = 1; i < 450; i++)
        {
            await host.Records.InsertAsync(record with { RequestId = SecureChatId.New() }, Token);
        }

        BedHost lost = await LoseRingAsync();
        Assert.Equal(0, (await RunAsync(lost, "--yes")).Code);
        IReadOnlyList<FormRecord> forms = await lost.Records.ListAsync(first.Conversation, Token);
        Assert.Equal(450, forms.Count);
        Assert.All(forms, static form => Assert.All(form.Values, static value => Assert.NotNull(value.KeyDestroyedAt)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task E57_Rows_that_cannot_be_read_keep_nothing_else_from_being_given_up(int damaged)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm hit = await host.SealAsync();
        SealedForm form = await host.SealAsync();
        _bed.Data.Overwrite(hit.RecordKey, "{\"state\":\"unheard-of\"}"u8.ToArray());
        for (int i = 1; i < damaged; i++)
        {
            foreach (string kind in new[] { RecordKinds.Form, RecordKinds.Conversation })
            {
                Assert.True(_bed.Data.Put(new StoreRecord
                {
                    Key = new RecordKey { Kind = kind, Partition = SecureChatId.New(), Id = SecureChatId.New() },
                    DueAt = DateTimeOffset.UnixEpoch,
                    Body = "{\"state\":\"unheard-of\"}"u8.ToArray(),
                }));
            }
        }

        BedHost lost = await LoseRingAsync();
        (int code, string text) = await RunAsync(lost, "--yes");

        Assert.Equal(0, code);
        Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(damaged * 2) - 1} records could not be read"), text, StringComparison.Ordinal);
        Assert.All((await lost.FormAsync(form)).Values, static value => Assert.Equal((DestroyReason.Undecryptable, true), (value.Reason, value.KeyDestroyedAt is not null)));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ReleaseKey));
        Assert.Equal(0, _bed.Keys.CountOf(RecordKinds.ConversationKey));
        Assert.Contains(await lost.AuditAsync(), static entry => entry.Action == AuditAction.KeysAbandoned);
    }

    [Fact]
    public async Task P3_While_a_store_is_busy_nothing_says_deleted_and_a_repeat_finishes()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        BedHost lost = await LoseRingAsync();
        _bed.Keys.Scrubbed = ScrubResult.Busy;

        await Assert.ThrowsAsync<SecureChatStoreException>(() => RunAsync(lost, "--yes"));

        Assert.All((await lost.FormAsync(form)).Values, static value => Assert.Equal((SealedValueState.Destroyed, null), (value.State, value.KeyDestroyedAt)));
        _bed.Keys.Scrubbed = ScrubResult.Complete;
        BedHost again = await _later[0].StartHostAsync(startRing: false);
        Assert.Equal(0, (await RunAsync(again, "--yes")).Code);
        Assert.All((await again.FormAsync(form)).Values, static value => Assert.NotNull(value.KeyDestroyedAt));
    }

    [Theory]
    [InlineData("replace", RecordKinds.Form, 1)]
    [InlineData("replace", RecordKinds.Form, 2)]
    [InlineData("replace", RecordKinds.Form, 3)]
    [InlineData("insert", RecordKinds.AuditPage, 1)]
    [InlineData("replace", RecordKinds.Conversation, 1)]
    public async Task A_command_that_dies_on_its_way_can_be_repeated(string operation, string kind, int skip)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm[] forms = [await host.SealAsync(), await host.SealAsync()];
        BedHost lost = await LoseRingAsync();
        int left = skip;
        _bed.Data.Before = call => call.Operation == operation && call.Kind == kind && --left < 0 ? throw new IOException("gone") : default;
        await Assert.ThrowsAnyAsync<SecureChatException>(() => RunAsync(lost, "--yes"));
        _bed.Data.Before = null;

        BedHost again = await _later[0].StartHostAsync(startRing: false);
        Assert.Equal(0, (await RunAsync(again, "--yes")).Code);
        foreach (SealedForm form in forms)
        {
            FormRecord record = await again.FormAsync(form);
            Assert.Empty(record.Pending);
            Assert.All(record.Values, static value => Assert.Equal((DestroyReason.Undecryptable, true), (value.Reason, value.KeyDestroyedAt is not null)));
        }

        Assert.Contains(await again.AuditAsync(), static entry => entry.Action == AuditAction.KeysAbandoned);
    }

    private static async Task<(int Code, string Text)> RunAsync(BedHost host, params string[] args)
    {
        await using var output = new StringWriter();
        int code = await new KeysAbandonCommand(host.Get<IServiceProvider>()).RunAsync(args, output, Token);
        return (code, output.ToString());
    }

    /// <summary>A host on the same stores whose key service forgot its ring; the others are stopped.</summary>
    private async Task<BedHost> LoseRingAsync()
    {
        await _bed.DisposeAsync();
        var bed = new ProductBed { Data = _bed.Data, Keys = _bed.Keys };
        _later.Add(bed);
        BedHost host = await bed.StartHostAsync(startRing: false);
        Assert.Equal("SC1005", (await Assert.ThrowsAsync<SecureChatConfigurationException>(async () => await host.Get<KeyRing>().StartAsync(Token))).Error.Code);
        return host;
    }
}
