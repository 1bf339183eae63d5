using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Attack;

/// <summary>A conversation that is handed on, or closed, between two steps of a reveal (E12).</summary>
public sealed class HandOverRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool, int> Moments => new MatrixTheoryData<bool, int>([false, true], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task E12_A_hand_over_at_any_call_of_a_reveal_leaves_the_former_agent_nothing_that_was_not_released_before(bool isRepeat, int call)
    {
        var hook = new Hook();
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Configure = static options => options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5),
            WrapStore = (slot, store) => slot == RecordStoreSlot.Data ? new HookedStore(store, hook) : store,
        });
        using VisitorClient visitor = host.Visitor();
        using AgentClient ada = host.Agent(), bob = host.Agent("bob", "s2");
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, ada);
        using var browser = new ClaimingBrowser();
        await ada.StepUpAsync(card, browser);
        if (isRepeat)
        {
            (await ada.RevealAsync(card, browser)).Ok();
        }

        // When the nth call of the reveal is about to touch the store, the conversation is handed on, and that is done.
        hook.Arm(call, isRepeat ? 2 : 1, isRepeat, async () =>
        {
            Outcome<Conversation> outcome = await host.App.Services.GetRequiredService<Conversations>().TransferAsync(
                new Agent { Id = "ada", SessionId = "s1", IsAgent = true }, card.ConversationId, "bob", "Bob", Token);
            Assert.True(outcome.IsSuccess, outcome.Error?.Code);
        });
        Answer answer = await ada.RevealAsync(card, browser);
        bool wasReached = hook.Disarm();
        if (!wasReached)
        {
            Assert.Equal(200, answer.Status);
            return;
        }

        // Ours is the last look at the assignment, and the release follows it at once: whoever was handed on before that look sees nothing.
        IReadOnlyList<AuditEntry> entries = await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token);
        long handedOn = entries.Last(static entry => entry is { Action: AuditAction.ConversationAssigned, Outcome: AuditOutcome.Succeeded }).Sequence;
        if (answer.Status != 200)
        {
            Assert.Equal((404, "SC6005"), (answer.Status, answer.Code));
            Assert.DoesNotContain(entries, entry => entry is { Action: AuditAction.RevealOutcome, Outcome: AuditOutcome.Succeeded } && entry.Sequence > handedOn);
            Assert.Contains(entries, entry => entry is { Action: AuditAction.RevealOutcome, Outcome: AuditOutcome.Denied } && entry.Sequence > handedOn);
        }
        else
        {
            Assert.True(hook.WasChecked, $"call {call}: handed on before the last look, and the former agent sees it");
        }

        // From then on it is over for the former agent.
        Assert.Equal("SC6005", (await ada.RevealAsync(card, browser)).Code);
    }

    /// <summary>Runs something once, before the nth call on the data store from now on.</summary>
    private sealed class Hook
    {
        private readonly Lock _lock = new();
        private Func<Task>? _action;
        private int _left;
        private int _looks;
        private int _lastLook;
        private bool _isClaimed;

        /// <summary>Whether the reveal had already taken its last look at the assignment, which comes after its claim is written.</summary>
        public bool WasChecked { get; private set; }

        public void Arm(int call, int lastLook, bool isClaimed, Func<Task> action)
        {
            lock (_lock)
            {
                (_left, _action, _looks, _lastLook, _isClaimed) = (call, action, 0, lastLook, isClaimed);
            }
        }

        public bool Disarm()
        {
            lock (_lock)
            {
                bool wasReached = _action is null;
                _action = null;
                return wasReached;
            }
        }

        public async ValueTask BeforeAsync(string operation, RecordKey key)
        {
            Func<Task>? action = null;
            lock (_lock)
            {
                // The log writes one page at a time; a hand-over inside that write would wait for itself.
                if (_action is null || key.Kind == RecordKinds.AuditPage)
                {
                    return;
                }

                if (--_left == 0)
                {
                    WasChecked = _looks >= _lastLook;
                    (action, _action) = (_action, null);
                }
                else if (operation == "replace" && key.Kind == RecordKinds.Form)
                {
                    _isClaimed = true;
                }
                else if (_isClaimed && operation == "get" && key.Kind == RecordKinds.Conversation)
                {
                    _looks++;
                }
            }

            if (action is not null)
            {
                await action();
            }
        }
    }

    private sealed class HookedStore(IRecordStore inner, Hook hook) : IRecordStore
    {
        public RecordStoreDescription Description => inner.Description;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

        public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            await hook.BeforeAsync("insert", record.Key);
            return await inner.InsertAsync(record, cancellationToken);
        }

        public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
        {
            await hook.BeforeAsync("get", key);
            return await inner.GetAsync(key, cancellationToken);
        }

        public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            await hook.BeforeAsync("replace", record.Key);
            return await inner.ReplaceAsync(record, cancellationToken);
        }

        public async ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
        {
            await hook.BeforeAsync("delete", key);
            return await inner.DeleteAsync(key, version, cancellationToken);
        }

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
            inner.DeletePartitionAsync(kind, partition, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => inner.GetTimeAsync(cancellationToken);
    }
}
