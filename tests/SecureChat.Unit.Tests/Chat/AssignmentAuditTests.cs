using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>P4: who may read a transcript is on record before it can be read.</summary>
public sealed class AssignmentAuditTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P4_P6_While_the_audit_log_is_down_nobody_is_given_a_conversation()
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        Conversations conversations = host.Get<Conversations>();
        string id = (await host.StartConversationAsync()).Id;
        var ada = new Agent { Id = "ada", SessionId = "s", DisplayName = "Ada", IsAgent = true };
        bed.Data.Before = static call => call.Kind == RecordKinds.AuditPage ? throw new IOException("down") : default;

        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(async () => await conversations.AssignAsync(ada, id, toAgentId: null, toAgentName: null, Token));

        Assert.Equal("SC5001", fault.Error.Code);
        Assert.Null((await conversations.FindAsync(id, Token))!.AgentId);
        bed.Data.Before = null;
        Assert.True((await conversations.AssignAsync(ada, id, toAgentId: null, toAgentName: null, Token)).IsSuccess);
        Assert.Equal(
            [AuditOutcome.Intended, AuditOutcome.Succeeded],
            (await host.AuditAsync()).Where(static entry => entry.Action == AuditAction.ConversationAssigned).Select(static entry => entry.Outcome));
    }
}
