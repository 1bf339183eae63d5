using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Forms;

public sealed class FormRecordsTests : IAsyncDisposable
{
    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public async Task A_conflict_reads_again_and_decides_again()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        bool overtaken = false;
        _bed.Data.Before = async call =>
        {
            if (call is { Operation: "replace", Kind: RecordKinds.Form } && !overtaken)
            {
                overtaken = true;
                Assert.Equal(FormOutcome.Done, (await host.Records.ApplyAsync(conversation, request, new FormCommand.Decline(), Token))!.Outcome);
            }
        };

        FormTransition? late = await host.Records.ApplyAsync(conversation, request, new FormCommand.Cancel { Actor = ParticipantRole.Agent }, Token);

        Assert.Equal((FormOutcome.NotOpen, FormRequestState.Declined), (late!.Outcome, late.Record.State));
    }

    [Fact]
    public async Task Parallel_changes_on_two_hosts_are_all_kept()
    {
        BedHost[] hosts = [await _bed.StartHostAsync(), await _bed.StartHostAsync()];
        SealedForm form = await hosts[0].SealAsync();
        await Task.WhenAll(form.ValueIds.Select((id, number) => Task.Run(
            () => hosts[number % 2].Records.ApplyAsync(
                form.Conversation, form.Request, new FormCommand.Destroy { Reason = DestroyReason.Erased, ValueIds = [id] }, Token).AsTask(),
            Token)));
        FormRecord record = await hosts[0].FormAsync(form);
        Assert.All(record.Values, static value => Assert.Equal(DestroyReason.Erased, value.Reason));
        Assert.Equal(record.Revision, record.Pending[^1].Number);
        Assert.Equal(3, record.Pending.Count(static fact => fact.Action == AuditAction.ValuesDestroyed));
    }

    [Fact]
    public async Task A_store_that_never_lets_a_write_through_is_a_fault_and_is_not_asked_for_ever()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        _bed.Data.NeverWins = true;
        SecureChatStoreException fault = await Assert.ThrowsAsync<SecureChatStoreException>(
            async () => await host.Records.ApplyAsync(conversation, request, new FormCommand.Decline(), Token));
        Assert.True(fault.IsTransient);
    }

    [Fact]
    public async Task What_changes_nothing_writes_nothing_and_a_veto_neither()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        int writes = _bed.Data.Writes;
        Assert.Equal(FormOutcome.Already, (await host.Records.ApplyAsync(conversation, request, new FormCommand.Settle(), Token))!.Outcome);
        await host.Records.ApplyAsync(conversation, request, new FormCommand.Decline(), Token, static _ => ValueTask.FromResult(false));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await host.Records.ApplyAsync(conversation, request, new FormCommand.Decline(), Token, static _ => throw new InvalidOperationException()));
        Assert.Equal(writes, _bed.Data.Writes);
        Assert.True((await host.Records.FindAsync(conversation, request, Token))!.IsOpen);
    }

    [Fact]
    public async Task E54_A_row_copied_to_another_conversation_or_request_speaks_for_nobody()
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        (string conversation, string request) = await host.RequestAsync();
        ReadOnlyMemory<byte> body = _bed.Data.Peek(form.RecordKey)!.Body;
        foreach (RecordKey place in new[] { FormRecords.KeyOf(conversation, form.Request), FormRecords.KeyOf(form.Conversation, request), FormRecords.KeyOf(conversation, request) })
        {
            _bed.Data.Overwrite(place, body);
            await Assert.ThrowsAsync<SecureChatStoreException>(async () => await host.Records.FindAsync(place.Partition, place.Id, Token));
            await Assert.ThrowsAsync<SecureChatStoreException>(async () => await host.Records.ApplyAsync(place.Partition, place.Id, new FormCommand.Settle(), Token));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"conversationId\":")]
    public async Task P6_A_body_that_cannot_be_read_is_a_fault_and_not_a_form_that_does_not_exist(string body)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        _bed.Data.Overwrite(form.RecordKey, System.Text.Encoding.UTF8.GetBytes(body));
        Assert.Equal("SC3001", (await Assert.ThrowsAsync<SecureChatStoreException>(async () => await host.Records.FindAsync(form.Conversation, form.Request, Token))).Error.Code);
        await Assert.ThrowsAsync<SecureChatStoreException>(async () => await host.Vault.DescribeAsync(form.Conversation, form.Request, Token));
        Assert.Null(await host.Records.FindAsync(form.Conversation, SecureChatId.New(), Token));
        Assert.Null(await host.Records.ApplyAsync(form.Conversation, SecureChatId.New(), new FormCommand.Settle(), Token));
    }

    [Fact]
    public async Task More_forms_than_a_page_are_all_listed()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        FormRecord first = (await host.Records.FindAsync(conversation, request, Token))!;
        for (int i = 1; i < 250; i++)
        {
            Assert.True(await host.Records.InsertAsync(first with { RequestId = SecureChatId.New() }, Token));
        }

        IReadOnlyList<FormRecord> all = await host.Records.ListAsync(conversation, Token);
        Assert.Equal(250, all.Select(static form => form.RequestId).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Only_what_never_became_visible_is_removed()
    {
        BedHost host = await _bed.StartHostAsync();
        (string conversation, string request) = await host.RequestAsync();
        FormRecord confirmed = (await host.Records.FindAsync(conversation, request, Token))!;
        string unconfirmed = SecureChatId.New();
        await host.Records.InsertAsync(confirmed with { RequestId = unconfirmed, IsConfirmed = false }, Token);

        await host.Records.RemoveUnconfirmedAsync(conversation, request, Token);
        await host.Records.RemoveUnconfirmedAsync(conversation, unconfirmed, Token);
        await host.Records.RemoveUnconfirmedAsync(conversation, SecureChatId.New(), Token);

        Assert.Equal([request], (await host.Records.ListAsync(conversation, Token)).Select(static form => form.RequestId));
    }
}
