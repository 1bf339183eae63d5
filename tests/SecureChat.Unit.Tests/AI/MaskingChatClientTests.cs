using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using SecureChat.AI;
using SecureChat.Masking;

namespace SecureChat.Unit.Tests.AI;

/// <summary>What a language model reads, and what a caller reads of it.</summary>
public sealed class MaskingChatClientTests
{
    private const string Card = "4242 4242 4242 4242", Masked = "•••• •••• •••• 4242", Other = "5555 5555 5555 4444";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_of_every_role_instructions_and_authors_are_masked_and_the_callers_objects_stay()
    {
        var model = new FakeModel();
        ChatMessage[] messages =
        [
            new(ChatRole.System, "system " + Card), new(ChatRole.User, "user " + Card) { AuthorName = "a@shop.example", RawRepresentation = Card }, new(ChatRole.Assistant, [new TextReasoningContent("thought " + Card)]),
            new(ChatRole.Tool, "tool " + Card), new(ChatRole.User, "clean") { RawRepresentation = "kept" },
        ];
        var options = new ChatOptions { Instructions = "never tell " + Card, Temperature = 0.5f };
        ChatResponse answer = await new MaskingChatClient(model).GetResponseAsync(messages, options, Token);
        Assert.Equal("clean", answer.Text);
        Assert.DoesNotContain("4242 4242", model.Read, StringComparison.Ordinal);
        Assert.Contains("user " + Masked, model.Read, StringComparison.Ordinal);
        Assert.Null(model.Received[1].RawRepresentation);
        Assert.DoesNotContain("a@shop.example", model.Received[1].AuthorName, StringComparison.Ordinal);
        Assert.Same(messages[4], model.Received[4]);
        Assert.Equal(0.5f, model.Options!.Temperature);

        // What the caller holds is the caller's.
        Assert.Equal("user " + Card, messages[1].Text);
        Assert.EndsWith(Card, options.Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_results_and_textual_data_are_masked_in_every_depth()
    {
        var model = new FakeModel { Answer = static _ => new ChatResponse(new ChatMessage(ChatRole.Assistant, "ok")) };
        await new MaskingChatClient(model).GetResponseAsync(
            [
                new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "pay", new Dictionary<string, object?> { ["card"] = Card, ["securityCode"] = "123", ["count"] = 123, ["number"] = 4242424242424242L, ["list"] = new[] { "a", Card } })]),
                new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", JsonDocument.Parse($"{{\"a\":[{{\"b\":\"{Card}\"}},4242424242424242],\"cvv\":\"123\"}}").RootElement)]),
                new ChatMessage(ChatRole.Tool, [new FunctionResultContent("2", Card), new FunctionResultContent("3", new Dictionary<string, object> { ["x"] = Card }), new FunctionResultContent("4", 17)]),
                new ChatMessage(ChatRole.User, [new DataContent(Encoding.UTF8.GetBytes("a;" + Card), "text/csv") { Name = "a.csv" }, new DataContent(Encoding.UTF8.GetBytes($"{{\"a\":\"{Card}\"}}"), "application/json"), new ErrorContent("e " + Card) { Details = Card }]),
            ],
            null,
            Token);
        Assert.DoesNotMatch("4242 4242|4242424242424242|\"123\"", model.Read);
        Assert.Contains("\"count\": 123", model.Read, StringComparison.Ordinal);
        Assert.Contains("a;" + Masked, model.Read, StringComparison.Ordinal);
        Assert.Equal("a.csv", model.Received[3].Contents.OfType<DataContent>().First().Name);
        Assert.Equal(17, model.Received[2].Contents.OfType<FunctionResultContent>().Last().Result);
    }

    [Fact]
    public async Task An_answer_is_masked_with_its_tool_calls_and_carries_nothing_raw_along()
    {
        var model = new FakeModel
        {
            Answer = static _ => new ChatResponse([
                new ChatMessage(ChatRole.Assistant, [new TextContent("it is " + Card) { RawRepresentation = Card, Annotations = [new CitationAnnotation { Snippet = Card }, new CitationAnnotation { Snippet = "clean" }] },
                    new FunctionCallContent("1", "pay", new Dictionary<string, object?> { ["card"] = Card }), new UsageContent(new UsageDetails { TotalTokenCount = 5 })]) { RawRepresentation = Card },
            ]) { RawRepresentation = Card, ResponseId = "r", FinishReason = ChatFinishReason.Stop, Usage = new UsageDetails { TotalTokenCount = 5 } },
        };
        ChatResponse answer = await new MaskingChatClient(model).GetResponseAsync("hello", cancellationToken: Token);
        Assert.Equal("it is " + Masked, answer.Text);
        Assert.Equal(("r", ChatFinishReason.Stop, 5L), (answer.ResponseId, answer.FinishReason, answer.Usage!.TotalTokenCount));
        Assert.Null(answer.RawRepresentation);
        Assert.Null(answer.Messages[0].RawRepresentation);
        Assert.DoesNotContain("4242 4242", string.Concat(answer.Messages[0].Contents.Select(FakeModel.Print)), StringComparison.Ordinal);
        Assert.Equal("clean", ((CitationAnnotation)Assert.Single(answer.Messages[0].Contents[0].Annotations!)).Snippet);

        ChatResponse open = await new MaskingChatClient(model, new MaskingChatOptions { MaskAnswers = false }).GetResponseAsync("hello", cancellationToken: Token);
        Assert.Equal("it is " + Card, open.Text);
    }

    [Theory]
    [InlineData("image")]
    [InlineData("bytes")]
    [InlineData("uri")]
    [InlineData("file")]
    [InlineData("own")]
    [InlineData("object")]
    public async Task What_cannot_be_masked_is_not_sent_unless_the_host_says_so(string what)
    {
        AIContent content = what switch
        {
            "image" => new DataContent(new byte[] { 1, 2 }, "image/png"),
            "bytes" => new DataContent(new byte[] { 0xff }, "text/plain"),
            "uri" => new UriContent("https://shop.example/?card=4242424242424242", "text/html"),
            "file" => new HostedFileContent("f"),
            "own" => new Own(),
            _ => new FunctionResultContent("1", (Func<string>)(static () => "x")),
        };
        var model = new FakeModel { Answer = static _ => new ChatResponse(new ChatMessage(ChatRole.Assistant, "ok")) };
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => new MaskingChatClient(model).GetResponseAsync([new ChatMessage(ChatRole.User, [content])], null, Token));
        Assert.Equal("SC2001", fault.Error.Code);
        Assert.Empty(model.Received);
        Assert.Equal("ok", (await new MaskingChatClient(model, new MaskingChatOptions { AllowUnmaskable = true }).GetResponseAsync([new ChatMessage(ChatRole.User, [content])], null, Token)).Text);
    }

    [Fact]
    public async Task A_fault_of_the_masker_sends_and_shows_nothing()
    {
        var model = new FakeModel { Updates = [new ChatResponseUpdate(ChatRole.Assistant, "planted-secret")] };
        MaskText broken = (string text, out IReadOnlyList<SensitiveSpan> _) => throw new InvalidOperationException(text);
        using var client = new MaskingChatClient(model, new MaskingChatOptions(), broken);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(() => client.GetResponseAsync("planted-secret", cancellationToken: Token));
        Assert.DoesNotContain("planted-secret", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(model.Received);

        // Only what comes back fails.
        int calls = 0;
        using var late = new MaskingChatClient(model, new MaskingChatOptions(), (string text, out IReadOnlyList<SensitiveSpan> spans) =>
        {
            spans = [];
            return calls++ == 0 ? text : throw new InvalidOperationException(text);
        });
        var seen = new List<string>();
        fault = await Assert.ThrowsAsync<SecureChatException>(async () =>
        {
            await foreach (ChatResponseUpdate update in late.GetStreamingResponseAsync("hello", cancellationToken: Token))
            {
                seen.Add(update.Text);
            }
        });
        Assert.DoesNotContain("planted-secret", fault + string.Concat(seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_answer_is_the_masked_answer_however_it_is_split()
    {
        string text = $"Your card is {Card}, the IBAN is DE89 3704 0044 0532 0130 00 and the mail is somebody@shop.example. " + string.Concat(Enumerable.Repeat("Then some words follow that say nothing. ", 12))
            + $"Again {Other} and 536-22-8726, which is my SSN.\n\nThat is all.";
        string whole = MaskingEngine.Default.Mask(text);
        Assert.DoesNotContain(Card, whole, StringComparison.Ordinal);
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            var updates = new List<ChatResponseUpdate>();
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(text.Length - at, round == 0 ? 1 : random.Next(1, 60));
                updates.Add(new ChatResponseUpdate(ChatRole.Assistant, text.Substring(at, length)) { MessageId = "m", ResponseId = "r", RawRepresentation = text });
                at += length;
            }

            updates.Add(new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop, MessageId = "m" });
            using var client = new MaskingChatClient(new FakeModel { Updates = updates });
            List<ChatResponseUpdate> seen = await ReadAsync(client);
            Assert.Equal(whole, string.Concat(seen.Select(static update => update.Text)));
            Assert.All(seen, static update => Assert.Null(update.RawRepresentation));
            Assert.Equal(ChatFinishReason.Stop, seen[^1].FinishReason);

            // It streams: it does not wait for the end.
            Assert.True(seen.Count(static update => update.Text.Length > 0) > 2);
        }
    }

    [Fact]
    public async Task Held_text_comes_before_calls_other_messages_and_the_end()
    {
        ChatResponseUpdate[] updates =
        [
            new(ChatRole.Assistant, [new TextReasoningContent("think " + Card)]), new(ChatRole.Assistant, "one 4242 4242 "), new(ChatRole.Assistant, [new TextContent("4242 4242"), new FunctionCallContent("1", "pay", new Dictionary<string, object?> { ["card"] = Card })]),
            new(ChatRole.Assistant, "two") { MessageId = "a" }, new(ChatRole.Assistant, "three") { MessageId = "b" },
        ];
        using var client = new MaskingChatClient(new FakeModel { Updates = updates });
        List<ChatResponseUpdate> seen = await ReadAsync(client);
        Assert.Equal(["TextReasoningContent think " + Masked, "TextContent one " + Masked, "FunctionCallContent", "TextContent two", "TextContent three"],
            seen.SelectMany(static update => update.Contents).Select(static content => content is FunctionCallContent ? "FunctionCallContent" : $"{content.GetType().Name} {FakeModel.Print(content)}"));
        Assert.Equal("b", seen[^1].MessageId);
        Assert.DoesNotContain("4242 4242", string.Concat(seen.SelectMany(static update => update.Contents).Select(FakeModel.Print)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_end_is_hidden_and_memory_is_bounded()
    {
        // A private key is one value of many lines; a word without an end is none that can be checked.
        string key = "-----BEGIN PRIVATE KEY-----\n" + string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat("aB3dE6gH", 8)) + "\n", 30));
        foreach (string text in new[] { key + "-----END PRIVATE KEY-----\nafter", new string('x', 100_000) + " after", string.Concat(Enumerable.Repeat(key, 20)) + "-----END PRIVATE KEY----- after" })
        {
            ChatResponseUpdate[] updates = [.. text.Chunk(700).Select(static part => new ChatResponseUpdate(ChatRole.Assistant, new string(part)))];
            using var client = new MaskingChatClient(new FakeModel { Updates = updates });
            string seen = string.Concat((await ReadAsync(client)).Select(static update => update.Text));
            Assert.DoesNotContain("B3dE6g", seen, StringComparison.Ordinal);
            Assert.EndsWith("after", seen, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Placeholders_go_to_the_model_and_values_come_back()
    {
        var model = new FakeModel { Answer = static messages => new ChatResponse(new ChatMessage(ChatRole.Assistant, $"You said [payment-card-1] and [payment-card-2], not [payment-card-3] or {"4111 1111 1111 1111"}.")) };
        using var client = new MaskingChatClient(model, new MaskingChatOptions { Placeholders = true });
        ChatResponse answer = await client.GetResponseAsync([new ChatMessage(ChatRole.User, $"first {Card}"), new ChatMessage(ChatRole.User, $"then {Other} and {Card} again")], null, Token);
        Assert.Equal("first [payment-card-1]\nthen [payment-card-2] and [payment-card-1] again", model.Read);
        Assert.Equal($"You said {Card} and {Other}, not [payment-card-3] or •••• •••• •••• 1111.", answer.Text);

        // The next call knows nothing of this one.
        Assert.Contains("[payment-card-1]", (await client.GetResponseAsync("hello", cancellationToken: Token)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Placeholders_come_back_in_streams_and_not_in_calls_unless_the_host_says_so()
    {
        ChatResponseUpdate[] updates =
        [
            new(ChatRole.Assistant, "it is [payment-"), new(ChatRole.Assistant, "card-1] " + string.Concat(Enumerable.Repeat("words ", 60))), new(ChatRole.Assistant, "[payment-card-1]"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "send", new Dictionary<string, object?> { ["text"] = "[payment-card-1]", ["more"] = JsonDocument.Parse("{\"[payment-card-1]\":[\"[payment-card-1]\"]}").RootElement })]),
        ];
        foreach (bool restores in new[] { false, true })
        {
            using var client = new MaskingChatClient(new FakeModel { Updates = updates }, new MaskingChatOptions { Placeholders = true, RestoreInFunctionCalls = restores });
            var seen = new List<ChatResponseUpdate>();
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("card " + Card, cancellationToken: Token))
            {
                seen.Add(update);
            }

            string text = string.Concat(seen.Select(static update => update.Text));
            Assert.StartsWith($"it is {Card} words", text, StringComparison.Ordinal);
            Assert.EndsWith($"words {Card}", text, StringComparison.Ordinal);
            string call = FakeModel.Print(seen.SelectMany(static update => update.Contents).OfType<FunctionCallContent>().Single());
            Assert.Equal(restores, call.Contains(Card, StringComparison.Ordinal));
            Assert.Equal(!restores, call.Contains("[payment-card-1]", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("my password is hunter2secret", "my password is [password-1]")]
    [InlineData("call me at +1 212 555 2368 or write to ann@shop.example", "call me at [phone-1] or write to [email-1]")]
    [InlineData("card 4242 4242 4242 4242, cvv 123, expires 12/29", "card [payment-card-1], cvv [card-security-code-1], expires [card-expiry-1]")]
    [InlineData("my SSN is 536-22-8726, the IBAN DE89 3704 0044 0532 0130 00", "my SSN is [us-ssn-1], the IBAN [iban-1]")]
    public async Task What_the_model_repeats_comes_back_as_it_was(string said, string read)
    {
        var model = new FakeModel { Answer = static messages => new ChatResponse(new ChatMessage(ChatRole.Assistant, "You said: " + messages[0].Text)) };
        using var client = new MaskingChatClient(model, new MaskingChatOptions { Placeholders = true });
        ChatResponse answer = await client.GetResponseAsync(said, cancellationToken: Token);
        Assert.Equal(read, model.Read);
        Assert.Equal("You said: " + said, answer.Text);
    }

    [Fact]
    public async Task Placeholders_are_bounded_cannot_be_forged_and_need_the_history()
    {
        var model = new FakeModel();
        using var client = new MaskingChatClient(model, new MaskingChatOptions { Placeholders = true, MaxPlaceholders = 1 });
        ChatResponse answer = await client.GetResponseAsync($"[payment-card-1] {Card} and {Other}", cancellationToken: Token);
        Assert.StartsWith("[payment-card-1] [payment-card-2] and •", model.Read, StringComparison.Ordinal);
        Assert.StartsWith($"[payment-card-1] {Card} and •", answer.Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("x", new ChatOptions { ConversationId = "c" }, Token));

        // A dump has more values than are looked for one by one: none of them leaves.
        string dump = string.Join('\n', Enumerable.Range(0, 200).Select(static i => $"person{i}@shop.example 4242 4242 4242 4242"));
        using var large = new MaskingChatClient(model, new MaskingChatOptions { Placeholders = true });
        await large.GetResponseAsync(dump, cancellationToken: Token);
        Assert.DoesNotMatch("@shop|4242 4242", model.Read);
    }

    [Fact]
    public void Options_are_checked_and_the_engine_is_the_hosts_choice()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new MaskingChatOptions { HoldBack = 63 });
        Assert.Throws<ArgumentOutOfRangeException>(static () => new MaskingChatOptions { MaxPlaceholders = 0 });
        Assert.Throws<ArgumentNullException>(static () => SecureChatClientExtensions.WithSecureChatMasking(null!));
    }

    [Fact]
    public async Task Another_engine_hides_other_kinds()
    {
        var model = new FakeModel();
        using MaskingChatClient client = model.WithSecureChatMasking(new MaskingChatOptions { Engine = MaskingEngine.Create(new MaskingEngineOptions { Kinds = ["email"] }) });
        await client.GetResponseAsync(Card + " a@shop.example", cancellationToken: Token);
        Assert.StartsWith(Card, model.Read, StringComparison.Ordinal);
        Assert.DoesNotContain("a@shop.example", model.Read, StringComparison.Ordinal);
    }

    private static async Task<List<ChatResponseUpdate>> ReadAsync(MaskingChatClient client)
    {
        var seen = new List<ChatResponseUpdate>();
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("hello", cancellationToken: Token))
        {
            seen.Add(update);
        }

        return seen;
    }

    private sealed class Own : AIContent;
}
