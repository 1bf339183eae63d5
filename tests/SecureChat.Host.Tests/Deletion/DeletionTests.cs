using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>
/// Deletion is cryptographic and complete (P3, E45): a copy of the data that was taken before it opens with nothing that is left after
/// it, and the files hold no piece of what was stored. Each check is shown to find what it looks for.
/// </summary>
public sealed class DeletionTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly TempFolder _root = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Live => Path.Combine(_root.Path, "live");

    private string Before => Path.Combine(_root.Path, "before");

    private string After => Path.Combine(_root.Path, "after");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_of_the_data_taken_before_acknowledge_opens_with_no_key_that_is_left_P3_E45(bool isClaimed)
    {
        using var browser = new ClaimingBrowser();
        SubmittedCard card = await AcknowledgeBetweenCopiesAsync(isClaimed, browser);

        await using (RunningHost restored = await StartAsync(Restore("restored", Before, After)))
        {
            var burglar = new Burglar(restored);
            int keys = burglar.Keys().Count;
            (int opened, int found) = burglar.TryValues(card.ConversationId);
            TestContext.Current.TestOutputHelper?.WriteLine($"{found} sealed values against {keys} keys");

            // Three values of the other conversation and two conversations have keys; of the card the code is delivered once.
            Assert.Equal((0, isClaimed ? 2 : 3, 5), (opened, found, keys));

            // And by the front door: the host finds that it cannot open the value, says so and destroys what is left of it.
            using AgentClient agent = restored.Agent();
            using var fresh = new ClaimingBrowser();
            Answer refused = await RevealAsync(agent, card, isClaimed ? browser : fresh, isClaimed);
            Assert.Equal((410, "SC3006"), (refused.Status, refused.Code));
            Assert.True(refused.Json!["values"] is null, refused.Text);
        }

        // The same copy with the key store of its day opens: the refusals above are the key's absence, and nothing else.
        await using RunningHost control = await StartAsync(Restore("control", Before, Before));
        (int openedThen, int foundThen) = new Burglar(control).TryValues(card.ConversationId);
        Assert.Equal((foundThen, isClaimed ? 2 : 3), (openedThen, foundThen));
        using AgentClient sameAgent = control.Agent();
        using var another = new ClaimingBrowser();
        ClaimingBrowser viewer = isClaimed ? browser : another;
        JsonNode reveal = (await RevealAsync(sameAgent, card, viewer, isClaimed)).Ok();
        Assert.Equal(Scenario.Card, AgentClient.Open(reveal, card.ConversationId, card.RequestId, viewer)["pan"]);
    }

    [Fact]
    public async Task Saboteur_a_key_store_that_only_says_deleted_is_found_out_by_the_copy()
    {
        using var browser = new ClaimingBrowser();
        SubmittedCard card = await AcknowledgeBetweenCopiesAsync(isClaimed: false, browser, static (slot, store) => slot == RecordStoreSlot.Keys ? new ForgetfulStore(store, deletes: false) : store);
        await using RunningHost restored = await StartAsync(Restore("restored", Before, After));
        Assert.Equal((3, 3), new Burglar(restored).TryValues(card.ConversationId));
    }

    [Fact]
    public async Task A_copy_of_a_transcript_opens_with_no_key_once_its_time_is_over_P3_E45()
    {
        string conversationId, token;
        await using (RunningHost host = await StartAsync(Live))
        {
            (conversationId, token) = await TalkAndEndAsync(host);
            Traces traces = Traces.Of(Before, conversationId).Only("message", RecordKinds.ConversationKey);
            Assert.True(traces.Count > 500, $"{traces.Count} traces");
            Assert.Contains($"{StoreFiles.Data}: message", Merged(traces.FindIn(Before)));
            Assert.Contains($"{StoreFiles.Keys}: {RecordKinds.ConversationKey}", Merged(traces.FindIn(Before)));
            Assert.Empty(traces.FindIn(Live));
            Assert.DoesNotContain(StoreFiles.Rows(Path.Combine(Live, StoreFiles.Data), RecordKinds.ConversationEvent), row => row.Partition == conversationId);
        }

        await using (RunningHost restored = await StartAsync(Restore("restored", Before, After)))
        {
            var burglar = new Burglar(restored);
            (int opened, int found) = burglar.TryTranscript(conversationId);
            int keys = burglar.Keys().Count;
            TestContext.Current.TestOutputHelper?.WriteLine($"{found} events against {keys} keys");
            Assert.True(opened == 0 && found >= 4 && keys >= 1, $"{opened} of {found} events opened with {keys} keys");
            using VisitorClient visitor = restored.Visitor();
            visitor.Use(conversationId, token);
            JsonNode page = (await visitor.EventsAsync(Token)).Ok();
            Assert.True(page["isDestroyed"]!.GetValue<bool>());
            Assert.Empty(page["events"]!.AsArray());
        }

        await using RunningHost control = await StartAsync(Restore("control", Before, Before));
        (int openedThen, int foundThen) = new Burglar(control).TryTranscript(conversationId);
        Assert.Equal(foundThen, openedThen);
        using VisitorClient reader = control.Visitor();
        reader.Use(conversationId, token);
        Assert.Contains((await reader.EventsAsync(Token)).Ok()["events"]!.AsArray(), static found => found!["text"]?.GetValue<string>() == "my order is late");
    }

    [Fact]
    public async Task What_a_form_says_of_a_visitor_goes_with_the_transcript()
    {
        await using RunningHost host = await StartAsync(Live);
        using AgentClient agent = host.Agent("agent-whose-id-is-kept", "session-that-is-kept");
        using VisitorClient visitor = host.Visitor();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        string open = await agent.RequestFormAsync(card.ConversationId, "identity", Token);
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();
        Row[] before = [.. FormRows()];
        Assert.Equal(2, before.Length);
        Assert.Contains(before, static row => Encoding.UTF8.GetString(row.Body).Contains("session-that-is-kept", StringComparison.Ordinal));

        (await visitor.CloseAsync(Token)).Ok();
        await SweepUntilAsync(host, "the transcript is destroyed", async () =>
            (await visitor.GetAsync($"chat/visitor/conversations/{visitor.ConversationId}", Token)).Ok()["transcriptDestroyedAt"] is not null);

        Assert.Empty(FormRows());
        Assert.Empty(StoreFiles.Rows(Path.Combine(Live, StoreFiles.Data), RecordKinds.OpenForm));
        Assert.Equal("SC6005", (await visitor.ViewFormAsync(open, Token)).Code);

        IEnumerable<Row> FormRows() => StoreFiles.Rows(Path.Combine(Live, StoreFiles.Data), RecordKinds.Form).Where(row => row.Partition == card.ConversationId);
    }

    [Fact]
    public async Task Saboteur_a_key_store_that_only_says_deleted_lets_the_copied_transcript_be_read()
    {
        string conversationId;
        await using (RunningHost host = await StartAsync(Live, static (slot, store) => slot == RecordStoreSlot.Keys ? new ForgetfulStore(store, deletes: false) : store))
        {
            (conversationId, _) = await TalkAndEndAsync(host);
        }

        await using RunningHost restored = await StartAsync(Restore("restored", Before, After));
        (int opened, int found) = new Burglar(restored).TryTranscript(conversationId);
        Assert.True(opened == found && found > 0, $"{opened} of {found} events opened");
    }

    [Theory]
    [InlineData(Ending.Expiry)]
    [InlineData(Ending.ConversationEnd)]
    [InlineData(Ending.Cancel)]
    [InlineData(Ending.Withdrawal)]
    [InlineData(Ending.Erasure)]
    [InlineData(Ending.Acknowledge)]
    [InlineData(Ending.ViewingWindow)]
    public async Task Every_end_of_a_value_destroys_ciphertext_and_key_and_leaves_no_piece_in_the_files_P3(Ending ending)
    {
        SubmittedCard card;
        await using (RunningHost host = await StartAsync(Live, transcript: TimeSpan.FromDays(1)))
        {
            (card, Traces traces, IReadOnlyList<DestroyReason> reasons) = await EndAsync(host, ending);
            Assert.All(reasons, reason => Assert.Contains(reason, ReasonsOf(ending)));

            // The pieces stood in the files before, each kind of them, and none does now: while the host runs and after its end.
            IReadOnlyList<string> stood = Merged(traces.FindIn(Before));
            Assert.Contains($"{StoreFiles.Data}: ciphertext", stood);
            Assert.Contains($"{StoreFiles.Data}: fingerprint", stood);
            Assert.Contains($"{StoreFiles.Keys}: {RecordKinds.ReleaseKey}", stood);
            TestContext.Current.TestOutputHelper?.WriteLine($"{ending}: {traces.Count} pieces");
            Assert.Empty(traces.FindIn(Live));
            Assert.DoesNotContain(StoreFiles.Rows(Path.Combine(Live, StoreFiles.Keys), RecordKinds.ReleaseKey), row => row.Partition == card.ConversationId);
            await host.App.StopAsync(Token);
            await host.DisposeAsync();
            Assert.Empty(traces.FindIn(Live));
        }

        StoreFiles.Copy(StoreFiles.Keys, Live, After);
        StoreFiles.CopyRing(Live, After);
        await using RunningHost restored = await StartAsync(Restore("restored", Before, After));
        Assert.Equal((0, 3), new Burglar(restored).TryValues(card.ConversationId));
    }

    [Fact]
    public async Task Saboteur_a_store_that_does_not_scrub_leaves_pieces_in_the_files()
    {
        await using RunningHost host = await StartAsync(Live, static (_, store) => new ForgetfulStore(store, scrubs: false));
        (_, Traces traces, _) = await EndAsync(host, Ending.Cancel);
        IReadOnlyList<string> left = traces.FindIn(Live);
        Assert.Contains(left, static file => file.EndsWith(": ciphertext", StringComparison.Ordinal));
        Assert.Contains(left, static file => file.EndsWith($": {RecordKinds.ReleaseKey}", StringComparison.Ordinal));
    }

    public void Dispose() => _root.Dispose();

    /// <summary>A transcript's time is over with its conversation, unless a test reads it afterwards.</summary>
    private static async Task<RunningHost> StartAsync(
        string folder, Func<RecordStoreSlot, IRecordStore, IRecordStore>? wrap = null, TimeProvider? time = null, TimeSpan transcript = default) =>
        await RunningHost.StartAsync(
            path => new TestHostOptions
            {
                Folder = path,
                WrapStore = wrap,
                Time = time ?? new ShiftedTime(),
                Configure = options =>
                {
                    options.Lifetimes.Transcript = transcript;

                    // Long enough for restoring a backup on a busy machine.
                    options.Lifetimes.ViewingWindow = Window;
                },
            },
            folder);

    /// <summary>A folder as it is put together from backups: the data of one day, the keys of another.</summary>
    private string Restore(string name, string data, string keys)
    {
        string folder = Path.Combine(_root.Path, name);
        StoreFiles.Copy(StoreFiles.Data, data, folder);
        StoreFiles.Copy(StoreFiles.Keys, keys, folder);
        StoreFiles.CopyRing(keys, folder);
        return folder;
    }

    private static void Backup(string from, string to)
    {
        StoreFiles.Copy(StoreFiles.Data, from, to);
        StoreFiles.Copy(StoreFiles.Keys, from, to);
        StoreFiles.CopyRing(from, to);
    }

    /// <summary>A log's pages are part of its database.</summary>
    private static IReadOnlyList<string> Merged(IReadOnlyList<string> places) =>
        [.. places.Select(static place => place.Replace("-wal:", ":", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];

    private static async Task<Answer> RevealAsync(AgentClient agent, SubmittedCard card, ClaimingBrowser browser, bool isRepeat)
    {
        if (!isRepeat)
        {
            await agent.StepUpAsync(card, browser);
        }

        return await agent.RevealAsync(card, browser);
    }

    /// <summary>Backups before and after an acknowledged view of a card; a second conversation keeps its own.</summary>
    private async Task<SubmittedCard> AcknowledgeBetweenCopiesAsync(
        bool isClaimed, ClaimingBrowser browser, Func<RecordStoreSlot, IRecordStore, IRecordStore>? wrap = null)
    {
        await using RunningHost host = await StartAsync(Live, wrap);
        using AgentClient agent = host.Agent();
        using VisitorClient visitor = host.Visitor(), other = host.Visitor();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        await Scenario.SubmitCardAsync(other, agent);
        if (!isClaimed)
        {
            Backup(Live, Before);
        }

        (await RevealAsync(agent, card, browser, isRepeat: false)).Ok();
        if (isClaimed)
        {
            Backup(Live, Before);
        }

        JsonNode done = (await agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
        Assert.All(done["values"]!.AsArray(), static value => Assert.NotNull(value!["deletedAt"]));
        Backup(Live, After);
        return card;
    }

    /// <summary>A conversation that ends, and whose transcript is destroyed at once; another one goes on.</summary>
    private async Task<(string ConversationId, string Token)> TalkAndEndAsync(RunningHost host)
    {
        using AgentClient agent = host.Agent();
        using VisitorClient visitor = host.Visitor(), other = host.Visitor();
        await visitor.StartAsync(Token);
        await other.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        (await visitor.SayAsync("my order is late", Token)).Ok();
        (await agent.SayAsync(visitor.ConversationId, "let me look", Token)).Ok();
        (await other.SayAsync("hello", Token)).Ok();
        Backup(Live, Before);
        (await visitor.CloseAsync(Token)).Ok();
        await SweepUntilAsync(host, "the transcript is destroyed", async () =>
            (await visitor.GetAsync($"chat/visitor/conversations/{visitor.ConversationId}", Token)).Ok()["transcriptDestroyedAt"] is not null);
        Backup(Live, After);
        return (visitor.ConversationId, visitor.Token);
    }

    private async Task<(SubmittedCard Card, Traces Traces, IReadOnlyList<DestroyReason> Reasons)> EndAsync(RunningHost host, Ending ending)
    {
        var time = (ShiftedTime)host.App.Services.GetRequiredService<TimeProvider>();
        using AgentClient agent = host.Agent();
        using AgentClient officer = host.Agent("petra", "s2", "PrivacyOfficer");
        using VisitorClient visitor = host.Visitor();
        using var browser = new ClaimingBrowser();
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        Backup(Live, Before);
        Traces traces = Traces.Of(Before, card.ConversationId).Only("ciphertext", "fingerprint", RecordKinds.ReleaseKey);
        switch (ending)
        {
            case Ending.Expiry:
                time.Ahead = TimeSpan.FromMinutes(31);
                break;
            case Ending.ConversationEnd:
                (await visitor.CloseAsync(Token)).Ok();
                break;
            case Ending.Cancel:
                (await agent.ActAsync(card.ConversationId, card.RequestId, "cancel", new { }, Token)).Ok();
                break;
            case Ending.Withdrawal:
                (await visitor.ActAsync(card.RequestId, "withdraw", Token)).Ok();
                break;
            case Ending.Erasure:
                (await officer.PostAsync($"chat/agent/privacy/conversations/{card.ConversationId}/forms/{card.RequestId}/destroy", new { }, Token)).Ok();
                break;
            default:
                (await RevealAsync(agent, card, browser, isRepeat: false)).Ok();
                if (ending == Ending.Acknowledge)
                {
                    (await agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
                }
                else
                {
                    time.Ahead = Window + TimeSpan.FromSeconds(1);
                }

                break;
        }

        JsonArray values = [];
        await SweepUntilAsync(host, "every value says deleted", async () =>
        {
            JsonNode form = (await visitor.ViewFormAsync(card.RequestId, Token)).Ok()["form"]!;
            values = form["values"]!.AsArray();
            return values.All(static value => value!["deletedAt"] is not null);
        });
        return (card, traces, [.. values.Select(static value => Enum.Parse<DestroyReason>(value!["reason"]!.GetValue<string>(), ignoreCase: true))]);
    }

    /// <summary>Sweeps until something is so: the host's own sweeper may be in the middle of it.</summary>
    private static async Task SweepUntilAsync(RunningHost host, string what, Func<Task<bool>> isSo)
    {
        Sweeper sweeper = host.App.Services.GetRequiredService<Sweeper>();
        long start = TimeProvider.System.GetTimestamp();
        do
        {
            await sweeper.SweepAsync(Token);
            if (await isSo())
            {
                return;
            }
        }
        while (TimeProvider.System.GetElapsedTime(start) < Limit);

        Assert.Fail($"Not within {Limit.TotalSeconds} s: {what}.");
    }

    private static DestroyReason[] ReasonsOf(Ending ending) => ending switch
    {
        Ending.Expiry => [DestroyReason.Expired],
        Ending.ConversationEnd => [DestroyReason.ConversationEnded],
        Ending.Cancel => [DestroyReason.Cancelled],
        Ending.Withdrawal => [DestroyReason.Withdrawn],
        Ending.Erasure => [DestroyReason.Erased],
        Ending.Acknowledge => [DestroyReason.Viewed],

        // The code went with its one delivery; the rest was claimed and never acknowledged.
        _ => [DestroyReason.Viewed, DestroyReason.Forfeited],
    };

    public enum Ending
    {
        Expiry,
        ConversationEnd,
        Cancel,
        Withdrawal,
        Erasure,
        Acknowledge,
        ViewingWindow,
    }

    /// <summary>A store that says it did what it did not do.</summary>
    private sealed class ForgetfulStore(IRecordStore inner, bool deletes = true, bool scrubs = true) : IRecordStore
    {
        public RecordStoreDescription Description => inner.Description;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) => inner.InsertAsync(record, cancellationToken);

        public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) => inner.ReplaceAsync(record, cancellationToken);

        public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) =>
            deletes ? inner.DeleteAsync(key, version, cancellationToken) : ValueTask.FromResult(true);

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
            inner.DeletePartitionAsync(kind, partition, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) =>
            scrubs ? inner.ScrubAsync(cancellationToken) : ValueTask.FromResult(ScrubResult.Complete);

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);
    }
}
