using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>Every hub method given what it does not take. A refusal is a reply or an error with a code; a broken stream ends its connection with one.</summary>
public sealed class BadHubCallTests(BadInputHost fixture) : IClassFixture<BadInputHost>
{
    private const char RecordSeparator = '\u001e';

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private RunningHost Host => fixture.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_is_none_is_an_error_with_code_and_next_step_and_nothing_is_stored()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        StoreSnapshot before = StoreSnapshot.Of(Host.Folder, withEvidence: true);
        var wrong = new List<string>();
        int tried = 0;
        foreach ((string method, string valid) in Methods(parties))
        {
            // A connection takes sixty calls at once.
            await using HubClient hub = await parties.Visitor.JoinAsync(Token);
            foreach (string arguments in Arguments(valid, method))
            {
                tried++;
                string id = $"bad-{tried}";
                await hub.SendRawAsync($$"""{"type":1,"invocationId":"{{id}}","target":"{{method}}","arguments":{{arguments}}}""" + RecordSeparator, Token);
                JsonObject answer = await AnswerAsync(hub, id);
                string text = answer["error"]?.GetValue<string>() ?? answer["result"]?["error"]?.ToJsonString() ?? $"taken: {answer.ToJsonString()}";
                bool isDocumented = answer["error"] is not null
                    ? Refusal.IsDocumented(text, "SC6001")
                    : answer["result"]?["error"] is { } refused && Refusal.IsDocumented($"{refused["code"]} {refused["nextStep"]}", "SC6001", "SC6005", "SC6009");
                if (!isDocumented)
                {
                    wrong.Add($"{method} {arguments}: {text}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} calls");
        Assert.True(wrong.Count == 0 && tried > 100, $"{wrong.Count} of {tried}:\n{string.Join('\n', wrong.Take(40))}");
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(Host.Folder, withEvidence: true)));
        await parties.StillServedAsync();
    }

    [Fact]
    public async Task A_method_that_does_not_exist_is_refused_without_its_name()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        await using HubClient hub = await parties.Visitor.JoinAsync(Token);
        StoreSnapshot before = StoreSnapshot.Of(Host.Folder, withEvidence: true);
        string[] targets = ["Nothing", "4242424242424242", "OnConnectedAsync", "Dispose", "ToString", "get_Context", new string('a', 10_000), "<script>"];
        int tried = 0;
        foreach (string target in targets)
        {
            foreach (string call in new[] { "\"type\":1", "\"type\":4" })
            {
                string id = $"none-{++tried}";
                await hub.SendRawAsync($$"""{{{call}},"invocationId":"{{id}}","target":{{JsonSerializer.Serialize(target)}},"arguments":[]}""" + RecordSeparator, Token);
                string error = (await AnswerAsync(hub, id))["error"]!.GetValue<string>();
                Assert.True(Refusal.IsDocumented(error, "SC6001"), error);
                Assert.DoesNotContain(target, error, StringComparison.OrdinalIgnoreCase);
            }
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(Host.Folder, withEvidence: true)));
        await parties.StillServedAsync();
    }

    [Theory]
    [InlineData("{\"type\":1,\"invocationId\":\"a\",\"target\":\"Send\",\"arguments\":[{", "SC6001")]
    [InlineData("no JSON", "SC6001")]
    [InlineData("[]", "SC6001")]
    [InlineData("{\"type\":\"1\"}", "SC6001")]
    [InlineData("{\"type\":1,\"target\":1}", "SC6001")]
    [InlineData("{\"type\":2,\"invocationId\":\"a\",\"item\":1}", "SC6001")]
    [InlineData("{\"type\":3,\"invocationId\":\"a\",\"result\":1}", "SC6001")]
    [InlineData("LARGE", "SC6009")]
    [InlineData("ENDLESS", "SC6009")]
    public async Task A_frame_that_cannot_be_read_ends_its_connection_with_a_code(string frame, string code)
    {
        using Parties parties = await Parties.MeetAsync(Host);
        StoreSnapshot before = StoreSnapshot.Of(Host.Folder, withEvidence: true);
        await using HubClient hub = await parties.Visitor.JoinAsync(Token);
        frame = frame switch
        {
            "LARGE" => $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{VisitorClient.NewId()}}","text":"{{new string('a', 30_000)}}"}]}""" + RecordSeparator,
            "ENDLESS" => new string('a', 30_000),
            _ => frame + RecordSeparator,
        };
        await hub.SendRawAsync(frame, Token);
        JsonObject close = await hub.WaitForAsync("a close frame", static message => message["type"]?.GetValue<int>() == 7, Limit, Token);
        Assert.True(Refusal.IsDocumented(close["error"]!.GetValue<string>(), code), close.ToJsonString());
        await hub.Closed.WaitAsync(Limit, Token);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(Host.Folder, withEvidence: true)));
        await parties.StillServedAsync();
    }

    [Fact]
    public async Task Before_Join_there_is_only_Join()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        await using HubClient hub = await HubClient.ConnectAsync(parties.Visitor.Hub, null, Token);
        foreach ((string method, string valid) in Methods(parties).Where(static method => method.Method != "Join"))
        {
            JsonNode? reply = await hub.InvokeAsync(method, JsonNode.Parse(valid)!, Token);
            Assert.True(Refusal.IsDocumented($"{reply!["error"]!["code"]} {reply["error"]!["nextStep"]}", "SC6020"), reply.ToJsonString());
        }
    }

    [Fact]
    public async Task The_edges_of_a_sequence_are_sequences()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        await using HubClient hub = await HubClient.ConnectAsync(parties.Visitor.Hub, null, Token);
        JsonNode? joined = await hub.InvokeAsync("Join", new { conversationId = parties.Visitor.ConversationId, token = parties.Visitor.Token, after = long.MaxValue }, Token);
        Assert.Null(joined!["error"]);
        JsonNode? page = await hub.InvokeAsync("History", new { after = long.MaxValue, limit = int.MaxValue }, Token);
        Assert.Empty(page!["result"]!["events"]!.AsArray());
        Assert.Null((await hub.InvokeAsync("Heartbeat", new { lastSequence = long.MaxValue }, Token))!["error"]);

        // A client that claimed to be far ahead gets what comes next.
        (await parties.Agent.SayAsync(parties.Visitor.ConversationId, "next", Token)).Ok();
        await hub.WaitForAsync("the next message", static frame => frame["arguments"]?[0]?["text"]?.GetValue<string>() == "next", Limit, Token);
    }

    private static IEnumerable<(string Method, string Valid)> Methods(Parties parties)
    {
        yield return ("Join", $$"""{"conversationId":"{{parties.Visitor.ConversationId}}","token":"{{parties.Visitor.Token}}","after":0}""");
        yield return ("Send", $$"""{"clientId":"{{VisitorClient.NewId()}}","text":"hello"}""");
        yield return ("History", """{"after":0,"limit":10}""");
        yield return ("Typing", """{"isTyping":true}""");
        yield return ("FormProgress", $$"""{"requestId":"{{parties.OpenForm}}","filled":1,"total":3}""");
        yield return ("Heartbeat", """{"lastSequence":1}""");
        yield return ("Leave", "{}");
    }

    /// <summary>Argument lists that are wrong in shape, in a member's presence, type, spelling or range.</summary>
    private static IEnumerable<string> Arguments(string valid, string method)
    {
        foreach (string shape in new[] { "[]", "[null]", "[42]", "[\"text\"]", "[[]]", $"[{valid},{valid}]", "{}", "null", "\"text\"" })
        {
            yield return shape;
        }

        string open = valid[..^1] + (valid == "{}" ? "" : ",");
        yield return $"[{open}\"isAdmin\":true}}]";
        yield return $"[{open}\"4242424242424242\":1}}]";
        JsonObject members = JsonNode.Parse(valid)!.AsObject();
        foreach ((string member, JsonNode? value) in members)
        {
            string rest = string.Concat(members.Where(known => known.Key != member).Select(static known => $"\"{known.Key}\":{known.Value!.ToJsonString()},"));
            string json = value!.ToJsonString();
            yield return $"[{{{rest}\"{member}\":{json},\"{member}\":{json}}}]";
            yield return $"[{{{rest}\"{member.ToUpperInvariant()}\":{json}}}]";
            string[] others = json[0] switch
            {
                '"' => ["42", "true", "[]", "{}", "\"a\\ud800\"", "\"\\udc00\\ud800\"", .. member == "token" ? (string[])["\"\"", "\"x\""] : ["null", "\"\"", "\"a\\u0000\""]],
                't' => ["42", "\"true\"", "null", "[]"],
                _ => ["-1", "9223372036854775808", "1.5", "1e400", "\"1\"", "true", "[]"],
            };
            foreach (string other in others)
            {
                yield return $"[{{{rest}\"{member}\":{other}}}]";
            }
        }

        if (method == "Send")
        {
            foreach (string text in new[] { "\u0000", "a\u001b[2J", "\u0085", "   ", new string('a', 8193), new string('\u20ac', 3000) })
            {
                yield return $$"""[{"clientId":"{{VisitorClient.NewId()}}","text":{{JsonSerializer.Serialize(text)}}}]""";
            }

            foreach (string id in new[] { "short", new string('a', 65), "with spaces and more", "0123456789abcde\u00e9" })
            {
                yield return $$"""[{"clientId":{{JsonSerializer.Serialize(id)}},"text":"hello"}]""";
            }
        }
    }

    private static async Task<JsonObject> AnswerAsync(HubClient hub, string invocationId) => await hub.WaitForAsync(
        $"the answer to {invocationId}",
        frame => frame["type"]?.GetValue<int>() is 7 || (frame["type"]?.GetValue<int>() is 3 && frame["invocationId"]?.GetValue<string>() == invocationId),
        Limit,
        Token);
}
