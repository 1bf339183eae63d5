using System.Text;
using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;
using SecureChat.TestHost;

namespace SecureChat.ProcessTests;

/// <summary>The main job between three OS processes: host, visitor and agent. What each party sees is what its own process printed.</summary>
public sealed class PartiesTests
{
    private const string Typed = "5555 5555 5555 4444";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P1_P2_P3_P5_Between_two_parties_as_processes_a_card_is_seen_once_and_gone_and_both_screens_say_so()
    {
        using var folder = new TempFolder();
        await using HostProcess host = await HostProcess.StartAsync(folder.Path);
        await using PartyProcess visitor = PartyProcess.Start("visitor", host.Root.AbsoluteUri);
        await using PartyProcess agent = PartyProcess.Start("agent", host.Root.AbsoluteUri, CookieSignIn.Cookie("ada", "s1", "Agent"));
        Assert.Equal(3, new[] { visitor.Id, agent.Id, Environment.ProcessId }.Distinct().Count());

        string conversation = (await visitor.DoAsync("start"))["conversationId"]!.GetValue<string>();
        await agent.DoAsync("assign", ("conversationId", conversation));
        await visitor.DoAsync("join");
        await agent.DoAsync("join");

        await visitor.DoAsync("say", ("text", $"my card is {Typed} ok"));
        await agent.WaitForAsync("the visitor's message, masked", static shown => Text(shown) == "my card is •••• •••• •••• 4444 ok");
        await agent.DoAsync("say", ("text", $"did you mean {Typed}?"));
        await visitor.WaitForAsync("the agent's message, masked", static shown => Text(shown) == "did you mean •••• •••• •••• 4444?");

        string request = (await agent.DoAsync("request", ("formKey", "card-payment")))["requestId"]!.GetValue<string>();
        await visitor.WaitForAsync("the form", static shown => State(shown) == "requested");
        JsonNode form = await visitor.DoAsync("view", ("requestId", request));
        Assert.Equal("payments-v1", form["notice"]!["key"]!.GetValue<string>());
        await visitor.DoAsync("open", ("requestId", request));
        await agent.WaitForAsync("\"opened\"", static shown => State(shown) == "opened");
        var fields = new JsonObject(Scenario.CardFields().Select(static field => KeyValuePair.Create(field.Key, (JsonNode?)JsonValue.Create(field.Value))));
        await visitor.DoAsync("submit", ("requestId", request), ("fields", fields));
        await agent.WaitForAsync("\"submitted\"", static shown => State(shown) == "submitted");

        Assert.Equal((401, "SC6013"), await agent.RefusedAsync("reveal", ("requestId", request), ("reason", "to take the payment")));
        await agent.DoAsync("step-up", ("requestId", request));
        JsonNode seen = await agent.DoAsync("reveal", ("requestId", request), ("reason", "to take the payment"));
        Assert.Equal((Scenario.Card, Scenario.Expiry, "737"), (seen["pan"]!.GetValue<string>(), seen["exp"]!.GetValue<string>(), seen["cvc"]!.GetValue<string>()));
        await visitor.WaitForAsync("\"opened by an agent\"", static shown => Values(shown).Any(static value => value["openedByRole"]?.GetValue<string>() == "agent"));

        // A reload of the claiming browser inside the window; another browser of the same agent.
        JsonNode again = await agent.DoAsync("reveal", ("requestId", request));
        Assert.Equal(["exp", "pan"], again.AsObject().Select(static value => value.Key).Order());
        await agent.DoAsync("step-up", ("requestId", request), ("browser", "second"));
        Assert.Equal((409, "SC3005"), await agent.RefusedAsync("reveal", ("requestId", request), ("browser", "second"), ("reason", "to take the payment")));

        await agent.DoAsync("acknowledge", ("requestId", request));
        await visitor.WaitForAsync("\"deleted\" on the visitor's screen", AllDeleted);
        await agent.WaitForAsync("\"deleted\" on the agent's screen", AllDeleted);
        Assert.Equal((410, "SC3004"), await agent.RefusedAsync("reveal", ("requestId", request), ("reason", "to take the payment")));

        AssertScreens(visitor, agent);
        foreach (string file in Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Token);
            Assert.Empty(ByteHunt.Find(bytes.ToArray(), Scenario.Card, Typed));
        }

        Assert.StartsWith("OK", await host.VerifyAuditAsync(), StringComparison.Ordinal);
    }

    /// <summary>
    /// Both transcripts, as they grew: one number after the other, the same on both sides. No card is on a screen; what the agent's
    /// process printed of one is its answer to the one release and to its reload.
    /// </summary>
    private static void AssertScreens(PartyProcess visitor, PartyProcess agent)
    {
        foreach (PartyProcess party in new[] { visitor, agent })
        {
            string[] screen = [.. party.Lines.Where(static line => JsonNode.Parse(line)!["screen"] is not null)];
            Assert.Empty(ByteHunt.Find(Encoding.UTF8.GetBytes(string.Join('\n', screen)), Scenario.Card, Typed));
            long[] sequences = [.. screen.Select(static line => JsonNode.Parse(line)!["screen"]!["arguments"]?[0]?["sequence"]?.GetValue<long>()).OfType<long>()];
            Assert.True(sequences.Length > 5, $"{sequences.Length} events were seen");
            Assert.Equal(Enumerable.Range(0, sequences.Length).Select(step => sequences[0] + step), sequences);
        }

        Assert.Equal(2, agent.Lines.Count(static line => line.Contains(Scenario.Card, StringComparison.Ordinal)));
        Assert.Empty(ByteHunt.Find(Encoding.UTF8.GetBytes(string.Join('\n', visitor.Lines)), Scenario.Card, Typed));
    }

    private static string? Text(JsonNode shown) => (shown as JsonObject)?["text"]?.GetValue<string>();

    private static string? State(JsonNode shown) => (shown as JsonObject)?["form"]?["state"]?.GetValue<string>();

    private static JsonNode[] Values(JsonNode shown) => [.. (shown as JsonObject)?["form"]?["values"]?.AsArray().OfType<JsonNode>() ?? []];

    private static bool AllDeleted(JsonNode shown) => Values(shown) is { Length: 3 } values && values.All(static value => value["deletedAt"] is not null);
}
