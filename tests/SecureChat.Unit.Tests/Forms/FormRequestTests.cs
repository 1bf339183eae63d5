using System.Text.Json.Nodes;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>E16: one open request per form and conversation, whoever asks, however many at once.</summary>
public sealed class FormRequestTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task E16_Of_fifty_requesters_on_two_hosts_one_opens_the_form_and_all_get_it()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        for (int round = 0; round < 20; round++)
        {
            string conversation = (await hosts[0].StartConversationAsync()).Id;
            FormRequestResult[] results = await AskAsync(hosts, conversation, 50);

            Assert.Single(results, static result => result.IsNew);
            string request = Assert.Single(results.Select(static result => result.RequestId!).Distinct(StringComparer.Ordinal));
            FormRecord form = Assert.Single(await hosts[0].Records.ListAsync(conversation, Token));
            Assert.Equal((request, true, FormRequestState.Requested), (form.RequestId, form.IsConfirmed, form.State));
            Assert.Single(await hosts[1].EventsAsync(conversation), static seen => seen.Form is not null);
        }

        // Who finds a request that is not told yet tells it too, under the same id: a reader counts it once.
        Assert.Equal(20, (await hosts[0].AuditAsync()).Where(static entry => entry.Action == AuditAction.FormRequested).Select(static entry => JsonNode.Parse(entry.Canonical.Span)!["id"]!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Saboteur_a_store_that_inserts_blindly_opens_the_form_twice()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        string conversation = (await hosts[0].StartConversationAsync()).Id;
        _bed.Data.InsertsBlindly = true;
        int arrived = 0;
        var bothLooked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bed.Data.BeforeInsert = async (record, _) =>
        {
            if (record.Key.Kind == RecordKinds.OpenForm)
            {
                if (Interlocked.Increment(ref arrived) == 2)
                {
                    bothLooked.SetResult();
                }

                await bothLooked.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
            }

            return null;
        };

        FormRequestResult[] results = await AskAsync(hosts, conversation, 2);

        Assert.All(results, static result => Assert.True(result.IsNew));
    }

    [Theory]
    [InlineData("declined")]
    [InlineData("cancelled")]
    [InlineData("expired")]
    [InlineData("submitted")]
    public async Task E16_A_form_that_is_no_longer_open_makes_room_for_a_new_request(string end)
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string first) = await host.RequestAsync();
        switch (end)
        {
            case "declined": await host.Forms.DeclineAsync(conversation, first, Token); break;
            case "cancelled": await host.Forms.CancelAsync(conversation, first, ParticipantRole.Agent, "agent-1", Token); break;
            case "expired": _bed.Time.Advance(TimeSpan.FromMinutes(15)); break;
            default: Assert.True((await host.SubmitAsync(conversation, first)).IsSuccess); break;
        }

        FormRequestResult[] results = await AskAsync([host, await _bed.StartHostAsync()], conversation, 20);

        Assert.Single(results, static result => result.IsNew);
        Assert.NotEqual(first, Assert.Single(results.Select(static result => result.RequestId!).Distinct(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Another_form_and_another_conversation_have_places_of_their_own()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string card) = await host.RequestAsync();
        (_, string contact) = await host.RequestAsync("contact", conversation);
        (_, string elsewhere) = await host.RequestAsync();
        Assert.Equal(3, new[] { card, contact, elsewhere }.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task What_does_not_exist_or_has_ended_is_not_asked_for()
    {
        BedHost host = await _bed.StartHostAsync();
        string conversation = (await host.StartConversationAsync()).Id;
        Assert.Equal(SecureChatErrors.NotFound, (await host.Forms.RequestAsync(conversation, "no-such-form", ParticipantRole.Agent, "a", Token)).Error);
        Assert.Equal(SecureChatErrors.NotFound, (await host.Forms.RequestAsync(SecureChatId.New(), "card-payment", ParticipantRole.Agent, "a", Token)).Error);
        await host.Get<Conversations>().CloseAsync(conversation, ParticipantRole.Visitor, agent: null, Token);
        Assert.Equal(SecureChatErrors.ConversationClosed, (await host.Forms.RequestAsync(conversation, "card-payment", ParticipantRole.Agent, "a", Token)).Error);
        Assert.Empty(await host.Records.ListAsync(conversation, Token));
    }

    [Theory]
    [InlineData("insert", RecordKinds.OpenForm, false)]
    [InlineData("replace", RecordKinds.Form, true)]
    public async Task A_crash_before_the_place_is_taken_leaves_nothing_and_one_after_it_leaves_the_request(string operation, string kind, bool survives)
    {
        BedHost host = await _bed.StartHostAsync();
        string conversation = (await host.StartConversationAsync()).Id;
        _bed.Data.Before = call => call.Operation == operation && call.Kind == kind ? throw new IOException("gone") : default;
        await Assert.ThrowsAnyAsync<SecureChatException>(async () => await host.Forms.RequestAsync(conversation, "card-payment", ParticipantRole.Agent, "a", Token));
        _bed.Data.Before = null;
        FormRecord left = Assert.Single(await host.Records.ListAsync(conversation, Token));
        Assert.False(left.IsConfirmed);

        // Invisible until the sweeper has decided.
        Assert.Equal(SecureChatErrors.NotFound, (await host.Forms.OpenAsync(conversation, left.RequestId, Token)).Error);
        _bed.Time.Advance(FormStateMachine.Grace);
        BedHost next = await _bed.StartHostAsync();
        await next.SweepAsync();

        FormRecord? after = await next.Records.FindAsync(conversation, left.RequestId, Token);
        Assert.Equal(survives, after?.IsConfirmed == true);
        Assert.Equal(survives ? 1 : 0, (await next.EventsAsync(conversation)).Count(static seen => seen.Form is not null));
        Outcome<FormRequestResult> again = await next.Forms.RequestAsync(conversation, "card-payment", ParticipantRole.Agent, "a", Token);
        Assert.Equal(!survives, again.Value!.IsNew);
    }

    [Fact]
    public async Task A_request_so_slow_that_the_sweeper_removed_it_is_a_fault_and_the_next_try_takes_its_place()
    {
        BedHost host = await _bed.StartHostAsync();
        BedHost sweeping = await _bed.StartHostAsync();
        string conversation = (await host.StartConversationAsync()).Id;

        // Two steps that each stay inside their time limit, and the sweeper after them.
        _bed.Data.AfterInsert = record =>
        {
            if (record.Key.Kind == RecordKinds.Form)
            {
                _bed.Time.Advance(TimeSpan.FromSeconds(9));
            }

            return Task.CompletedTask;
        };
        _bed.Data.BeforeInsert = async (record, _) =>
        {
            if (record.Key.Kind == RecordKinds.OpenForm)
            {
                _bed.Time.Advance(TimeSpan.FromSeconds(9));
                await sweeping.SweepAsync();
            }

            return null;
        };
        SecureChatException fault = await Assert.ThrowsAnyAsync<SecureChatException>(
            async () => await host.Forms.RequestAsync(conversation, "card-payment", ParticipantRole.Agent, "a", Token));

        Assert.Equal("SC3001", fault.Error.Code);
        Assert.Empty(await host.Records.ListAsync(conversation, Token));
        _bed.Data.AfterInsert = null;
        _bed.Data.BeforeInsert = null;
        Assert.True((await host.Forms.RequestAsync(conversation, "card-payment", ParticipantRole.Agent, "a", Token)).Value!.IsNew);
    }

    private static async Task<FormRequestResult[]> AskAsync(BedHost[] hosts, string conversation, int count)
    {
        Outcome<FormRequestResult>[] outcomes = await Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(
            () => hosts[number % hosts.Length].Forms.RequestAsync(conversation, "card-payment", ParticipantRole.Agent, $"agent-{number}", Token).AsTask(), Token)));
        Assert.All(outcomes, static outcome => Assert.True(outcome.IsSuccess, outcome.Error?.Code));
        return [.. outcomes.Select(static outcome => outcome.Value!)];
    }
}
