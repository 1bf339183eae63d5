using System.Text.Json.Nodes;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Forms;

/// <summary>A card number in pieces, over the wire.</summary>
public sealed class SplitNumberTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string[] Parts = ["4242", "4242", "4242", "4242"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E31_E38_Four_groups_in_four_messages_with_the_agent_in_between_turn_masked_on_every_screen_and_in_the_store()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient visitorScreen = await visitor.JoinAsync(Token);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);
        await using HubClient secondTab = await visitor.JoinAsync(Token);

        long[] sequences = await SayPartsAsync(visitor, agent);

        // Each screen that has the parts is told which messages to show differently.
        foreach (HubClient screen in new[] { visitorScreen, agentScreen, secondTab })
        {
            foreach (long sequence in sequences[..3])
            {
                JsonObject masked = await screen.WaitForAsync($"the mask of message {sequence}", frame => Amends(frame) == sequence, Limit, Token);
                Assert.DoesNotContain("4242", Text(masked), StringComparison.Ordinal);
                Assert.Equal("messageMasked", masked["arguments"]![0]!["kind"]!.GetValue<string>());
                Assert.Contains("payment-card", masked["arguments"]![0]!["maskedKinds"]!.ToJsonString(), StringComparison.Ordinal);
            }
        }

        // The stored text itself is amended: whoever comes now never gets the parts.
        AssertMasked((await visitor.EventsAsync(Token)).Ok(), sequences);
        AssertMasked((await agent.EventsAsync(visitor.ConversationId, Token)).Ok(), sequences);
        await using HubClient late = await visitor.JoinAsync(Token);
        await late.WaitForAsync("the last part", frame => Sequence(frame) == sequences[3], Limit, Token);
        Assert.Equal(0, Digits(late.Frames));

        // The audit says that something was masked, once for the message that completed the number.
        using AgentClient auditor = host.Agent("audrey", "s9", "Auditor");
        JsonNode log = (await auditor.GetAsync("chat/agent/audit/entries", Token)).Ok();
        Assert.Single(log["entries"]!.AsArray(), static entry => JsonNode.Parse(entry!["canonical"]!.GetValue<string>())!["action"]!.GetValue<int>() == (int)AuditAction.MessageMasked);
    }

    [Fact]
    public async Task E31_A_client_that_was_away_catches_up_with_the_mask_and_never_gets_the_parts()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        long before = (await visitor.SayAsync("hello", Token)).Ok()["sequence"]!.GetValue<long>();

        long[] sequences = await SayPartsAsync(visitor, agent);

        await using HubClient back = await agent.JoinAsync(visitor.ConversationId, Token, after: before);
        await back.WaitForAsync("the last part", frame => Sequence(frame) == sequences[3], Limit, Token);
        foreach (long sequence in sequences[..3])
        {
            await back.WaitForAsync($"the mask of message {sequence}", frame => Amends(frame) == sequence, Limit, Token);
        }

        Assert.Equal(0, Digits(back.Frames));

        // A client that has seen the first parts asks for what came after them and gets the masks.
        JsonNode rest = (await visitor.EventsAsync(Token, after: sequences[2])).Ok();
        Assert.Equal(
            sequences[..3],
            rest["events"]!.AsArray().Where(static entry => entry!["kind"]!.GetValue<string>() == "messageMasked").Select(static entry => entry!["amends"]!.GetValue<long>()).Order());
    }

    [Fact]
    public async Task E38_The_senders_own_answer_is_the_masked_text_over_HTTP_and_the_hub()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        await using HubClient hub = await visitor.JoinAsync(Token);

        JsonNode posted = (await visitor.SayAsync("card 4242 4242 4242 4242", Token)).Ok();
        JsonNode? sent = await hub.InvokeAsync("Send", new { clientId = VisitorClient.NewId(), text = "card 4242 4242 4242 4242" }, Token);

        Assert.Equal("card •••• •••• •••• 4242", posted["text"]!.GetValue<string>());
        Assert.Equal("card •••• •••• •••• 4242", sent!["result"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task E36_Typing_carries_no_text_and_what_is_smuggled_in_is_refused()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        await using HubClient visitorScreen = await visitor.JoinAsync(Token);
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, Token);

        await Assert.ThrowsAsync<HubCallException>(() => visitorScreen.InvokeAsync("Typing", new { isTyping = true, text = "4242 4242 4242 4242" }, Token));
        await visitorScreen.InvokeAsync("Typing", new { isTyping = true }, Token);

        JsonObject typing = await agentScreen.WaitForAsync("\"types\"", static frame => frame["target"]?.GetValue<string>() == FeedMethods.Typing, Limit, Token);
        Assert.Equal(["isTyping", "role"], typing["arguments"]![0]!.AsObject().Select(static member => member.Key).Order());
        Assert.Equal(0, Digits(agentScreen.Frames));
    }

    [Fact]
    public async Task E36_There_is_no_way_to_edit_or_delete_a_message_past_the_masker()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(Token);
        JsonNode first = (await visitor.SayAsync("hello", Token)).Ok();
        string messages = $"chat/visitor/conversations/{visitor.ConversationId}/messages";
        string clientId = first["clientId"]!.GetValue<string>();

        // The same client id is the same message, whatever text comes with the repeat.
        JsonNode repeat = (await visitor.PostAsync(messages, new { clientId, text = "4242 4242 4242 4242" }, Token)).Ok();
        Assert.Equal((first["sequence"]!.GetValue<long>(), "hello"), (repeat["sequence"]!.GetValue<long>(), repeat["text"]!.GetValue<string>()));
        foreach (HttpMethod method in new[] { HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            Assert.Equal(405, (await visitor.SendAsync(method, messages, new { clientId, text = "x" }, Token)).Status);
            Assert.Equal(404, (await visitor.SendAsync(method, $"{messages}/{first["sequence"]}", new { clientId, text = "x" }, Token)).Status);
        }
    }

    [Fact]
    public async Task Saboteur_a_masker_that_sees_one_message_at_a_time_leaves_the_parts_standing()
    {
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions
        {
            Folder = folder,
            After = static chat => chat.UseMasker<ForgetfulMasker>(),
        });
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();

        long[] sequences = await SayPartsAsync(visitor, agent);

        JsonNode history = (await visitor.EventsAsync(Token)).Ok();
        Assert.ThrowsAny<Exception>(() => AssertMasked(history, sequences));
    }

    private static async Task<long[]> SayPartsAsync(VisitorClient visitor, AgentClient agent)
    {
        var sequences = new List<long>();
        foreach (string part in Parts)
        {
            sequences.Add((await visitor.SayAsync(part, Token)).Ok()["sequence"]!.GetValue<long>());
            (await agent.SayAsync(visitor.ConversationId, "go on", Token)).Ok();
        }

        return [.. sequences];
    }

    private static void AssertMasked(JsonNode history, long[] sequences)
    {
        JsonNode[] events = [.. history["events"]!.AsArray().OfType<JsonNode>()];
        foreach (long sequence in sequences)
        {
            JsonNode message = events.Single(entry => entry["sequence"]!.GetValue<long>() == sequence);
            Assert.DoesNotContain("4242", message["text"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.Equal(sequences[..3], events.Where(static entry => entry["kind"]!.GetValue<string>() == "messageMasked").Select(static entry => entry["amends"]!.GetValue<long>()).Order());
        Assert.All(sequences[..3], sequence => Assert.NotNull(events.Single(entry => entry["sequence"]!.GetValue<long>() == sequence)["amendedBy"]));
    }

    /// <summary>How many texts in the frames hold a part. Only texts: ids and times may hold any digits.</summary>
    private static int Digits(IReadOnlyList<string> frames) =>
        frames.Count(static frame => Text(JsonNode.Parse(frame)!.AsObject()).Contains("4242", StringComparison.Ordinal));

    private static string Text(JsonObject frame) => Event(frame)?["text"]?.GetValue<string>() ?? "";

    private static JsonNode? Event(JsonObject frame) => frame["target"]?.GetValue<string>() == FeedMethods.Event ? frame["arguments"]![0] : null;

    private static long Amends(JsonObject frame) => Event(frame)?["amends"]?.GetValue<long>() ?? 0;

    private static long Sequence(JsonObject frame) => Event(frame)?["sequence"]?.GetValue<long>() ?? 0;

    private sealed class ForgetfulMasker : IMasker
    {
        private readonly Masking.EngineMasker _masker = new();

        public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) =>
            _masker.MaskAsync(new MaskRequest { Text = request.Text, Sender = request.Sender, Recent = [] }, cancellationToken);
    }
}
