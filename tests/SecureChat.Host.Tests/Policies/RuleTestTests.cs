using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Masking;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Policies;

/// <summary>A privacy officer tries texts against the live rules.</summary>
public sealed class RuleTestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_is_shown_as_it_would_stand_with_the_reasons_and_nothing_of_it_is_kept()
    {
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions
        {
            Folder = folder,
            Configure = static options => options.Masking.Engine = new MaskingEngineOptions
            {
                Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = ["iban"], Roles = [ParticipantRole.Agent], Action = MaskAction.Block }, new MaskingRule { Kinds = ["email"], Action = MaskAction.Warn }] },
            },
        });
        using AgentClient officer = host.Agent("paula", "s9", "PrivacyOfficer");
        JsonNode tried = await TryAsync(new { text = "card 4242 4242 4242 4242, jane@example.com and 536228726" });
        Assert.Equal("card •••• •••• •••• 4242, jane@example.com and 536228726", tried["masked"]!.GetValue<string>());
        // Of the many numbers of nine digits that a word could make it, one is named.
        Assert.Equal(
            [
                "payment-card 5 19 mask true shape",
                "email 26 16 warn true shape",
                "anything 47 9 allow false needsWords",
            ],
            tried["values"]!.AsArray().Select(static value =>
                $"{(value!["isTaken"]!.GetValue<bool>() ? value["kind"] : "anything")} {value["start"]} {value["length"]} {value["action"]} {value["isTaken"]} {value["reason"]}"));

        // With a question before it, and from the other side.
        tried = await TryAsync(new { text = "536228726", question = "What is your SSN?" });
        Assert.Equal(("•••••••••", "question"), (tried["masked"]!.GetValue<string>(), tried["values"]![0]!["reason"]!.GetValue<string>()));
        tried = await TryAsync(new { text = "DE89 3704 0044 0532 0130 00", from = "agent" });
        Assert.True(tried["isBlocked"]!.GetValue<bool>());

        string all = string.Concat(Directory.EnumerateFiles(host.Folder, "*", SearchOption.AllDirectories).Select(static file =>
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }));
        Assert.DoesNotContain("jane@example.com", all, StringComparison.Ordinal);
        Assert.DoesNotContain("536228726", all, StringComparison.Ordinal);

        async Task<JsonNode> TryAsync(object body) => (await officer.PostAsync("chat/agent/privacy/masking/try", body, Token)).Ok();
    }

    [Theory]
    [InlineData("""{"text":""}""", "SC6001")]
    [InlineData("""{}""", "SC6001")]
    [InlineData("""{"text":"a","more":1}""", "SC6001")]
    [InlineData("""{"text":"a","from":"nobody"}""", "SC6001")]
    public async Task Bad_input_is_refused(string body, string code)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using AgentClient officer = host.Agent("paula", "s9", "PrivacyOfficer");
        Assert.Equal(code, (await officer.PostAsync("chat/agent/privacy/masking/try", JsonNode.Parse(body)!, Token)).Code);
        Assert.Equal("SC6009", (await officer.PostAsync("chat/agent/privacy/masking/try", new { text = new string('a', 9000) }, Token)).Code);
    }
}
