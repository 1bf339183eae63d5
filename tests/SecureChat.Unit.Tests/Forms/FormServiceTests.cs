using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>What crosses a form's way: ends of conversations, callers that go away, repeats, and who it was.</summary>
public sealed class FormServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E18_a_form_that_is_requested_while_the_conversation_ends_is_not_open_in_an_ended_conversation()
    {
        var store = new HookedStore();
        await using ProductHost host = await StartAsync(store);
        string conversationId = await host.StartConversationAsync();

        // The end lists the forms before this one is there.
        store.AfterInsert = async key =>
        {
            if (key.Kind == RecordKinds.OpenForm)
            {
                store.AfterInsert = null;
                await host.Get<Conversations>().CloseAsync(conversationId, ParticipantRole.Visitor, agent: null, Token);
            }
        };
        store.HideForms = true;
        Outcome<FormRequestResult> requested = await host.Get<FormService>().RequestAsync(conversationId, "card", ParticipantRole.Application, actorId: null, Token);
        Assert.Null(store.AfterInsert);
        Assert.Equal(SecureChatErrors.ConversationClosed, requested.Error);
        store.HideForms = false;

        // Nobody has seen it, so nothing is left of it.
        Assert.Empty(await host.Get<FormRecords>().ListAsync(conversationId, Token));
    }

    [Fact]
    public async Task E18_an_open_form_of_an_ended_conversation_takes_no_submission_and_no_consent()
    {
        var store = new HookedStore();
        await using ProductHost host = await StartAsync(store);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);

        // What a crash between the request and its second look leaves.
        store.HideForms = true;
        await host.Get<Conversations>().CloseAsync(conversationId, ParticipantRole.Visitor, agent: null, Token);
        store.HideForms = false;
        Assert.True((await host.FormAsync(conversationId, requestId)).IsOpen);
        Assert.Equal(SecureChatErrors.ConversationClosed, (await host.SubmitAsync(conversationId, requestId)).Error);
        Assert.Empty(await host.Get<GuardedConsentStore>().ListAsync(conversationId, Token));
    }

    [Fact]
    public async Task P5_the_consent_is_in_the_audit_log_before_anything_is_sealed()
    {
        var store = new HookedStore();
        await using ProductHost host = await StartAsync(store);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        bool seen = false;
        store.BeforeReplace = async record =>
        {
            if (record.Key.Kind == RecordKinds.Form && host.Get<FormRecords>().Read(record).State == FormRequestState.Submitted)
            {
                store.BeforeReplace = null;
                seen = (await host.Get<AuditLog>().ListAsync(0, 100, Token)).Any(static entry => entry.Action == AuditAction.ConsentGiven);
            }
        };
        Assert.True((await host.SubmitAsync(conversationId, requestId)).IsSuccess);
        Assert.True(seen);
    }

    [Fact]
    public async Task E26_a_withdrawal_whose_caller_goes_away_is_finished_and_repeats_do_not_fill_the_log()
    {
        var store = new HookedStore();
        await using ProductHost host = await StartAsync(store);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        Assert.True((await host.SubmitAsync(conversationId, requestId)).IsSuccess);
        using var gone = new CancellationTokenSource();
        store.BeforeReplace = async record =>
        {
            if (record.Key.Kind == RecordKinds.Form)
            {
                await gone.CancelAsync();
            }
        };
        FormService forms = host.Get<FormService>();
        Assert.True((await forms.WithdrawAsync(conversationId, requestId, ParticipantRole.Visitor, actorId: null, gone.Token)).IsSuccess);
        Assert.True(gone.IsCancellationRequested);
        store.BeforeReplace = null;
        for (int i = 0; i < 5; i++)
        {
            Assert.True((await forms.WithdrawAsync(conversationId, requestId, ParticipantRole.Visitor, actorId: null, Token)).IsSuccess);
        }

        Assert.NotNull(Assert.Single(await host.Get<GuardedConsentStore>().ListAsync(conversationId, Token)).WithdrawnAt);
        Assert.Single(await host.Get<AuditLog>().ListAsync(0, 100, Token), static entry => entry.Action == AuditAction.ConsentWithdrawn);
    }

    [Theory]
    [InlineData(DestroyReason.Cancelled)]
    [InlineData(DestroyReason.Erased)]
    public async Task Who_had_values_destroyed_is_in_the_audit_log_before_they_are(DestroyReason reason)
    {
        var store = new HookedStore();
        await using ProductHost host = await StartAsync(store);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        Assert.True((await host.SubmitAsync(conversationId, requestId)).IsSuccess);
        FormService forms = host.Get<FormService>();
        for (int i = 0; i < 2; i++)
        {
            Outcome<FormCard> done = reason == DestroyReason.Cancelled
                ? await forms.CancelAsync(conversationId, requestId, ParticipantRole.Agent, "ada", Token)
                : await forms.DestroyForAsync(conversationId, requestId, reason, unopenedOnly: false, ParticipantRole.PrivacyOfficer, "olga", Token);
            Assert.True(done.IsSuccess);
        }

        IReadOnlyList<AuditEntry> entries = await host.Get<AuditLog>().ListAsync(0, 100, Token);
        AuditEntry[] destroyed = [.. entries.Where(static entry => entry.Action == AuditAction.ValuesDestroyed)];
        Assert.Equal([AuditOutcome.Intended, AuditOutcome.Succeeded], destroyed.Select(static entry => entry.Outcome));
        Assert.NotNull(destroyed[0].ActorRef);
        Assert.Equal(reason, destroyed[0].Reason);
        Assert.Equal(2, destroyed[0].ValueIds.Count);
    }

    private static Task<ProductHost> StartAsync(HookedStore store) => ProductHost.StartAsync(setup =>
    {
        setup.AddStores = false;
        setup.Services = services => services.AddSecureChat().UseRecordStore((_, slot) =>
        {
            if (slot == RecordStoreSlot.Keys)
            {
                return setup.Keys;
            }

            store.Inner = setup.Data;
            return store;
        });
    });

    /// <summary>The data store, with something in between.</summary>
    private sealed class HookedStore : IRecordStore
    {
        public IRecordStore Inner { get; set; } = null!;

        public Func<RecordKey, Task>? AfterInsert { get; set; }

        public Func<StoreRecord, Task>? BeforeReplace { get; set; }

        /// <summary>Lists no forms, as if the list had been made before they were there.</summary>
        public bool HideForms { get; set; }

        public RecordStoreDescription Description => Inner.Description;

        public ValueTask PrepareAsync(CancellationToken cancellationToken) => Inner.PrepareAsync(cancellationToken);

        public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            bool inserted = await Inner.InsertAsync(record, cancellationToken);
            await (AfterInsert?.Invoke(record.Key) ?? Task.CompletedTask);
            return inserted;
        }

        public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => Inner.GetAsync(key, cancellationToken);

        public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
        {
            await (BeforeReplace?.Invoke(record) ?? Task.CompletedTask);
            return await Inner.ReplaceAsync(record, cancellationToken);
        }

        public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => Inner.DeleteAsync(key, version, cancellationToken);

        public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
            Inner.DeletePartitionAsync(kind, partition, cancellationToken);

        public async ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) =>
            HideForms && query.Kind == RecordKinds.Form ? [] : await Inner.ListAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => Inner.ListDueAsync(query, cancellationToken);

        public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => Inner.ScrubAsync(cancellationToken);

        public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => Inner.GetTimeAsync(cancellationToken);
    }
}
