using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>
/// Sends the planted values down every path there is: messages and forms, over HTTP and hub, by visitor and agent, well formed and
/// not; reveals with reasons that quote them; faults of a store that quotes them; names; and back out through every read.
/// </summary>
internal sealed class LeakScenario(LeakHost host, Planted planted)
{
    private const char RecordSeparator = '\u001e';

    private readonly List<string> _surprises = [];
    private readonly string _card = planted.Card;
    private readonly string _ssn = planted.SocialSecurityNumber;
    private VisitorClient _visitor = null!;
    private AgentClient _agent = null!;
    private HubClient _visitorScreen = null!;
    private HubClient _agentScreen = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Answers that were not what a path should give: a path that never ran proves nothing.</summary>
    public IReadOnlyList<string> Surprises => _surprises;

    /// <summary>Values that the claiming browsers decrypted: the hunt has hunted for what really went through.</summary>
    public List<string> Opened { get; } = [];

    public int Requests { get; private set; }

    private string Conversation => $"chat/visitor/conversations/{_visitor.ConversationId}";

    private string AgentConversation => $"chat/agent/conversations/{_visitor.ConversationId}";

    public async Task PlayAsync()
    {
        _visitor = host.Visitor();
        _agent = host.Agent("ada");
        await _visitor.StartAsync(Token);
        Expect("assign", await _agent.AssignAsync(_visitor.ConversationId, Token), 200);
        _visitorScreen = host.Keep("the visitor", await _visitor.JoinAsync(Token));
        _agentScreen = host.Keep("ada", await _agent.JoinAsync(_visitor.ConversationId, Token));

        await NamesAsync();
        await MessagesAsync();
        await BadMessagesAsync();
        await BadCallsAsync();
        for (int i = 0; i < planted.Codes.Count; i++)
        {
            await CardFormAsync(planted.Codes[i], i);
        }

        await IdentityFormAsync();
        await StoreFaultsAsync();
        await ReadAsync();
    }

    /// <summary>A display name comes from sign-in (see <see cref="LeakHost"/>) or from whoever hands a conversation on; the type from the visitor.</summary>
    private async Task NamesAsync()
    {
        AgentClient supervisor = host.Agent("sue", "Supervisor");
        foreach (string name in new[] { $"Ada {_card}", $"Ada {Planted.Spaced(_card)}", $"ssn {_ssn}" })
        {
            Expect("assign under a name", await Post(supervisor, $"{AgentConversation}/assign", new { agentId = "ada", agentName = name }), 400);
            Expect("transfer under a name", await Post(_agent, $"{AgentConversation}/transfer", new { agentId = "grace", agentName = name }), 400);
        }

        foreach (string type in new[] { _card, Planted.Spaced(_card, "-"), $"c{_card}", _ssn })
        {
            Expect("a type", await Post(_visitor, "chat/visitor/conversations", new { type }), 400);
        }

        AgentClient second = host.Agent("grace");
        Expect("transfer", await Post(_agent, $"{AgentConversation}/transfer", new { agentId = "grace", agentName = "Grace" }), 200);
        Expect("transfer back", await Post(second, $"{AgentConversation}/transfer", new { agentId = "ada", agentName = "Ada" }), 200);
        _agentScreen = host.Keep("ada", await _agent.JoinAsync(_visitor.ConversationId, Token));
    }

    private async Task MessagesAsync()
    {
        string[] spellings = [_card, Planted.Spaced(_card), Planted.Spaced(_card, "-"), Planted.Spaced(_card, "\u00a0"), Planted.Spaced(_card, ".")];
        foreach (string text in spellings.Select(static card => $"my card is {card} ok").Append($"my ssn is {_ssn}").Append($"between us: {planted.Phrase}"))
        {
            await SayAsync(text, 0);
            await SayAsync(text, 1);
            await SayAsync(text, 2);
            await SayAsync(text, 3);
        }

        foreach ((int index, string code) in planted.Codes.Index())
        {
            await SayAsync($"the cvv is {code}", index);
        }

        // Split over messages (E31): the whole number must not come to stand anywhere.
        foreach (string part in new[] { planted.OtherCard[..8], planted.OtherCard[8..] })
        {
            Expect("a part of a number", await _visitor.SayAsync(part, Token), 200);
        }
    }

    private async Task SayAsync(string text, int way)
    {
        Requests++;
        switch (way % 4)
        {
            case 0:
                Expect("a message", await _visitor.SayAsync(text, Token), 200);
                break;
            case 1:
                Expect("an agent's message", await _agent.SayAsync(_visitor.ConversationId, text, Token), 200);
                break;
            default:
                HubClient screen = way % 4 == 2 ? _visitorScreen : _agentScreen;
                JsonNode? reply = await screen.InvokeAsync("Send", new { clientId = VisitorClient.NewId(), text }, Token);
                if (reply?["error"] is { } refused)
                {
                    _surprises.Add($"a message over the hub was refused: {refused["code"]}");
                }

                break;
        }
    }

    private async Task BadMessagesAsync()
    {
        string code = planted.Codes[0];
        string id = VisitorClient.NewId();
        foreach (string body in Spoiled(_card).Concat(Spoiled(code)).Concat(Spoiled(planted.Password)).Concat(
        [
            $$"""{"clientId":"{{id}}","text":{{_card}}}""",
            $$"""{"clientId":"{{id}}","text":["{{_card}}"]}""",
            $$"""{"clientId":"{{id}}","text":{"{{_card}}":"{{code}}"} }""",
            $$"""{"clientId":"{{id}}","text":"cvv {{code}}","text":"card {{_card}}"}""",
            $$"""{"clientId":"{{id}}","text":"card {{_card}}","{{_card}}":1}""",
            $$"""{"clientId":"{{id}}","text":"card {{_card}}","{{code}}":1}""",
            $$"""{"clientId":"{{Planted.Spaced(_card)}}","text":"hello"}""",
            $$"""{"clientId":"{{_card}}","text":"hello"}""",
            $$"""{"clientId":"{{id}}","text":"card {{_card}} \ud800"}""",
            $$"""{"clientId":"{{id}}","text":"card {{_card}} \u0000"}""",
        ]))
        {
            Expect($"the message {body.Length}", await Post(_visitor, $"{Conversation}/messages", body), 400);
            Expect($"the agent's message {body.Length}", await Post(_agent, $"{AgentConversation}/messages", body), 400);
        }

        string large = string.Concat(Enumerable.Repeat($"card {_card} ", 2000));
        Expect("a large message", await _visitor.SayAsync(large, Token), 413);
        Expect("text", await Post(_visitor, $"{Conversation}/messages", $"card {_card}", "text/plain"), 415);
        Expect("an unknown path", await Post(_visitor, $"{Conversation}/message", new { text = $"card {_card}" }), 404);
        Expect("another method", await _visitor.SendAsync(HttpMethod.Put, $"{Conversation}/messages", new { text = $"card {_card}" }, Token), 405);
        using var stranger = new VisitorClient(host.Root);
        stranger.Use(_visitor.ConversationId, VisitorClient.NewId());
        Expect("a stranger's message", await stranger.SayAsync($"card {_card}", Token), 404);
    }

    /// <summary>What a hub gets that is no call of ours. Some of it ends the connection, so it has one of its own.</summary>
    private async Task BadCallsAsync()
    {
        string code = planted.Codes[0];
        string id = VisitorClient.NewId();
        string[] calls =
        [
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{id}}","text":{{_card}}}]}""",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{id}}","text":"a","{{_card}}":1}]}""",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{id}}","text":"a","{{code}}":1}]}""",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{id}}","text":"{{_card}}","text":"{{_card}}"}]}""",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":["{{_card}}"]}""",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":["{{_card}}","{{code}}"]}""",
            $$"""{"type":1,"invocationId":"a","target":"{{_card}}","arguments":[]}""",
            $$"""{"type":1,"invocationId":"a","target":"{{_card}}","arguments":["{{_card}}"]}""",
            $$"""{"type":4,"invocationId":"a","target":"{{_card}}","arguments":["{{_card}}"]}""",
            $$"""{"type":1,"invocationId":"a","target":"Join","arguments":[{"conversationId":"{{Planted.Spaced(_card)}}","token":"{{_card}}"}]}""",
            $$"""{"type":1,"invocationId":"a","target":"History","arguments":[{"after":"{{_card}}"}]}""",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{id}}","text":"{{_card}}""",
            $$"""{"{{_card}}":1}""",
            $"card {_card}",
            $$"""{"type":1,"invocationId":"a","target":"Send","arguments":[{"clientId":"{{id}}","text":"{{string.Concat(Enumerable.Repeat(_card + " ", 2000))}}"}]}""",
        ];
        foreach (string call in calls)
        {
            HubClient screen = host.Keep("the visitor, after a bad call", await _visitor.JoinAsync(Token));
            await screen.SendRawAsync(call + RecordSeparator, Token);
            Task<JsonObject> answered = screen.WaitForAsync(
                "an answer", static frame => frame["type"]?.GetValue<int>() is 7 || (frame["type"]?.GetValue<int>() is 3 && frame["invocationId"]?.GetValue<string>() == "a"),
                TimeSpan.FromSeconds(30), Token);
            await Task.WhenAny(answered, screen.Closed);
            Requests++;
        }
    }

    private async Task CardFormAsync(string code, int index)
    {
        (string requestId, string consent) = await OpenFormAsync("card-payment");
        string Fields(string pan, string exp, string cvc) => $$"""{"pan":{{Quoted(pan)}},"exp":{{Quoted(exp)}},"cvc":{{Quoted(cvc)}}}""";
        string exp = Scenario.Expiry;
        foreach (string fields in new[]
        {
            Fields(_card, $"{code} {code}", code),
            Fields(_card + code, exp, _card),
            $$"""{"pan":"{{_card}}","exp":"{{exp}}","cvc":"{{code}}","{{code}}":"{{code}}"}""",
        })
        {
            await SubmitBadlyAsync(requestId, consent, fields, 422);
        }

        if (index % 10 == 0)
        {
            await BadSubmissionsAsync(requestId, consent, code);
        }

        Answer submitted = await SubmitAsync(requestId, consent, Fields(_card, exp, code));
        Expect("a submission", submitted, 200);
        if (submitted.Status != 200)
        {
            return;
        }

        var card = new SubmittedCard(_visitor.ConversationId, requestId, Scenario.Ids(submitted.Json!));
        switch (index % 5)
        {
            case 0 or 1:
                await RevealAsync(card, code, isAcknowledged: index % 5 == 0);
                break;
            case 2:
                Expect("cancel", await _agent.ActAsync(card.ConversationId, requestId, "cancel", new { }, Token), 200);
                break;
            case 3:
                Expect("withdraw", await _visitor.ActAsync(requestId, "withdraw", Token), 200);
                break;
            default:
                // Left alone, to end with the conversation.
                break;
        }
    }

    private async Task BadSubmissionsAsync(string requestId, string consent, string code)
    {
        string exp = Scenario.Expiry;
        string password = Quoted(planted.Password);
        foreach (string fields in new[]
        {
            $$"""{"pan":{{password}},"exp":{{password}},"cvc":{{password}}}""",
            $$"""{"pan":"{{_ssn}}","exp":"{{_ssn}}","cvc":"{{_ssn}}"}""",
            $$"""{"pan":"{{code}}","exp":"{{_card}}","cvc":"{{_card}}"}""",
            $$"""{"pan":"{{_card}}","exp":"{{exp}}","cvc":"{{code}}","{{_card}}":"{{code}}"}""",
            $$"""{"pan":"{{_card}}","exp":"{{exp}}","cvc":"{{code}}",{{password}}:{{password}}}""",
            $$"""{"pan":"{{_card}}","pan":"{{_card}}","exp":"{{exp}}","cvc":"{{code}}"}""",
            $$"""{"pan":{{_card}},"exp":"{{exp}}","cvc":"{{code}}"}""",
            $$"""{"pan":["{{_card}}"],"exp":"{{exp}}","cvc":["{{code}}"]}""",
            $$"""{"pan":{"{{_card}}":"{{code}}"},"exp":"{{exp}}","cvc":{"{{code}}":"{{_card}}"} }""",
            $$"""{"pan":"{{_card}}\ud800","exp":"{{exp}}","cvc":"{{code}}"}""",
            $$"""{"pan":"{{_card}}\u0007","exp":"{{exp}}","cvc":"{{code}}\u0007"}""",
        })
        {
            await SubmitBadlyAsync(requestId, consent, fields, 422, 400);
        }

        foreach (string body in Spoiled(_card).Concat(Spoiled(code)).Concat(Spoiled(planted.Password)).Concat(
        [
            Submission(consent, $"\"{_card}\""),
            Submission(consent, $"[\"{_card}\",\"{code}\"]"),
            Submission(consent, "{}").Replace("\"fields\"", $"\"{_card}\":\"{code}\",\"fields\"", StringComparison.Ordinal),
            Submission(consent, "{}").Replace("\"fields\"", $"\"{code}\":\"{_card}\",\"fields\"", StringComparison.Ordinal),
            Submission(consent, $$"""{"pan":"{{_card}}"}""").Replace("\"fields\"", $$"""fields":{"pan":"{{_card}}"},"fields""", StringComparison.Ordinal),
            $$"""{"submissionId":"{{Planted.Spaced(_card)}}","consent":{{consent}},"fields":{"pan":"{{_card}}"} }""",
        ]))
        {
            Expect("a spoiled submission", await Post(_visitor, $"{Conversation}/forms/{requestId}/submit", body), 400);
        }

        string whole = $$"""{"pan":"{{_card}}","exp":"{{exp}}","cvc":"{{code}}"}""";
        Expect("no consent", await Post(_visitor, $"{Conversation}/forms/{requestId}/submit", $$"""{"submissionId":"{{VisitorClient.NewId()}}","fields":{{whole}}}"""), 422);
        string otherNotice = $$"""{"given":true,"version":"{{_card}}","language":"{{_card}}","sha256":"{{_card}}"}""";
        Expect("another notice", await SubmitAsync(requestId, otherNotice, whole), 409);
        Expect("too large", await SubmitAsync(requestId, consent, $$"""{"pan":"{{string.Concat(Enumerable.Repeat(_card, 5000))}}"}"""), 413);
        Expect("text", await Post(_visitor, $"{Conversation}/forms/{requestId}/submit", whole, "text/plain"), 415);
        Expect("an unknown form", await SubmitAsync("0123456789abcdefghjkmnpqrs", consent, whole), 404);
    }

    private async Task IdentityFormAsync()
    {
        string whole = $$"""{"ssn":"{{_ssn}}","password":{{Quoted(planted.Password)}}}""";
        foreach (bool isRevealed in new[] { true, false })
        {
            (string requestId, string consent) = await OpenFormAsync("identity");
            await SubmitBadlyAsync(requestId, consent, $$"""{"ssn":{{Quoted(planted.Password)}},"password":"{{_card}}\u0007"}""", 422);
            await SubmitBadlyAsync(requestId, consent, $$"""{"ssn":"{{_ssn}}","password":{{Quoted(planted.Password)}},"{{_ssn}}":""}""", 422);
            string submissionId = VisitorClient.NewId();
            Answer submitted = await SubmitAsync(requestId, consent, whole, submissionId);
            Expect("an identity", submitted, 200);
            Expect("the same again", await SubmitAsync(requestId, consent, whole, submissionId), 200);
            Expect("another one", await SubmitAsync(requestId, consent, $$"""{"ssn":"{{_card}}","password":"{{_card}}"}""", submissionId), 409);
            if (isRevealed && submitted.Status == 200)
            {
                await RevealAsync(new SubmittedCard(_visitor.ConversationId, requestId, Scenario.Ids(submitted.Json!)), planted.Codes[0], isAcknowledged: true);
            }
        }
    }

    private async Task RevealAsync(SubmittedCard card, string code, bool isAcknowledged)
    {
        using var browser = new ClaimingBrowser();
        string reason = $"card {Planted.Spaced(_card)}, ssn {_ssn}, cvv {code}";
        Expect("a reveal without step-up", await _agent.RevealAsync(card, browser, reason), 401);
        Expect("a wrong factor", await _agent.StepUpAsync(card.ConversationId, card.RequestId, browser, _card, Token), 403);
        Expect("a reason with control characters", await _agent.RevealAsync(card, browser, $"{reason}\u0007"), 422);
        Expect("a reason too long", await _agent.RevealAsync(card, browser, string.Concat(Enumerable.Repeat(reason, 20))), 422);
        foreach (string body in Spoiled(_card).Concat(
        [
            $$"""{"claimId":"{{browser.ClaimId}}","valueIds":["{{_card}}"],"publicKey":"{{_card}}","reason":"{{reason}}"}""",
            $$"""{"claimId":"{{browser.ClaimId}}","valueIds":["{{_card}}"],"publicKey":"{{browser.PublicKey}}","reason":"{{reason}}","{{_card}}":1}""",
            $$"""{"claimId":"{{browser.ClaimId}}","valueIds":"{{_card}}","publicKey":"{{browser.PublicKey}}","reason":"{{reason}}"}""",
        ]))
        {
            Expect("a spoiled reveal", await _agent.ActAsync(card.ConversationId, card.RequestId, "reveal", body, Token), 400);
            Expect("a spoiled acknowledgement", await _agent.ActAsync(card.ConversationId, card.RequestId, "acknowledge", body, Token), 400);
        }

        await _agent.StepUpAsync(card, browser);
        for (int i = 0; i < 2; i++)
        {
            Answer reveal = await _agent.RevealAsync(card, browser, reason);
            Expect("a reveal", reveal, 200);
            if (reveal.Status == 200)
            {
                Opened.AddRange(AgentClient.Open(reveal.Json!, card.ConversationId, card.RequestId, browser).Values);
            }
        }

        Requests += 12;
        if (isAcknowledged)
        {
            Expect("an acknowledgement", await _agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token), 200);
            Expect("a reveal too late", await _agent.RevealAsync(card, browser, reason), 410);
        }
    }

    /// <summary>Each store call on the way fails once, with the record and the values in its message.</summary>
    private async Task StoreFaultsAsync()
    {
        string code = planted.Codes[0];
        string text = $"my card is {_card}, the cvv is {code}, {planted.Phrase}";
        await FaultAsync("insert", "conversation-event", () => _visitor.SayAsync(text, Token));
        await FaultAsync("insert", "conversation-event", () => _agent.SayAsync(_visitor.ConversationId, text, Token));
        await FaultAsync("insert", "audit-page", () => _visitor.SayAsync(text, Token));
        await FaultAsync("get", "conversation", () => _visitor.SayAsync(text, Token));
        await FaultAsync("list", "conversation-event", () => _visitor.EventsAsync(Token));
        await FaultAsync("insert", "conversation-key", () => Post(_visitor, "chat/visitor/conversations", new { }));
        foreach (HubClient screen in new[] { _visitorScreen, _agentScreen })
        {
            await FaultAsync("insert", "conversation-event", async () =>
            {
                try
                {
                    await screen.InvokeAsync("Send", new { clientId = VisitorClient.NewId(), text }, Token);
                    return new Answer { Status = 200, Text = "", Headers = new Dictionary<string, string>() };
                }
                catch (HubCallException fault)
                {
                    return new Answer { Status = 503, Text = $$"""{"code":{{Quoted(fault.Message)}}}""", Headers = new Dictionary<string, string>() };
                }
            });
        }

        (string requestId, string consent) = await OpenFormAsync("card-payment");
        string submissionId = VisitorClient.NewId();
        string whole = $$"""{"pan":"{{_card}}","exp":"{{Scenario.Expiry}}","cvc":"{{code}}"}""";
        foreach ((string operation, string kind) in new[] { ("get", "form"), ("insert", "consent"), ("insert", "release-key"), ("replace", "form"), ("insert", "audit-page") })
        {
            await FaultAsync(operation, kind, () => SubmitAsync(requestId, consent, whole, submissionId));
        }

        Answer submitted = await SubmitAsync(requestId, consent, whole, submissionId);
        Expect("a submission after the faults", submitted, 200);
        if (submitted.Status != 200)
        {
            return;
        }

        var card = new SubmittedCard(_visitor.ConversationId, requestId, Scenario.Ids(submitted.Json!));
        using var browser = new ClaimingBrowser();
        await FaultAsync("insert", "step-up", () => _agent.StepUpAsync(card.ConversationId, requestId, browser, $"code-{VisitorClient.NewId()}", Token));
        foreach ((string operation, string kind) in new[] { ("insert", "audit-detail"), ("insert", "audit-page"), ("replace", "form"), ("get", "release-key") })
        {
            await _agent.StepUpAsync(card, browser);
            await FaultAsync(operation, kind, () => _agent.RevealAsync(card, browser, $"card {_card}, cvv {code}"));
        }

        Answer reveal = await _agent.RevealAsync(card, browser, "again");
        if (reveal.Status == 401)
        {
            await _agent.StepUpAsync(card, browser);
            reveal = await _agent.RevealAsync(card, browser, "again");
        }

        Expect("a reveal after the faults", reveal, 200);
        await FaultAsync("delete", "release-key", () => _agent.AcknowledgeAsync(card.ConversationId, requestId, browser, Token));
        Expect("an acknowledgement after the faults", await _agent.AcknowledgeAsync(card.ConversationId, requestId, browser, Token), 200);
    }

    private async Task FaultAsync(string operation, string kind, Func<Task<Answer>> call)
    {
        int before = host.Faults.Thrown;
        host.Faults.Arm(operation, kind);
        Answer answer;
        try
        {
            answer = await call();
        }
        finally
        {
            host.Faults.Arm(null);
        }

        Requests++;
        if (host.Faults.Thrown == before)
        {
            _surprises.Add($"{operation} {kind}: the store was not asked");
        }
        else if (answer.Status < 500 || answer.Code?.StartsWith("SC", StringComparison.Ordinal) == false && !answer.Text.Contains("SC3001", StringComparison.Ordinal))
        {
            _surprises.Add($"{operation} {kind}: {answer.Status} {answer.Code}");
        }
    }

    /// <summary>Everything that can be read, by everybody who may, before and after the end.</summary>
    private async Task ReadAsync()
    {
        AgentClient auditor = host.Agent("audrey", "Auditor");
        AgentClient officer = host.Agent("petra", "PrivacyOfficer");
        for (int i = 0; i < 2; i++)
        {
            for (long after = 0, last = -1; after != last;)
            {
                last = after;
                JsonArray page = (await _visitor.EventsAsync(Token, after)).Ok()["events"]!.AsArray();
                Expect("events for the agent", await _agent.EventsAsync(_visitor.ConversationId, Token, after), 200);
                after = page.Count == 0 ? after : page[^1]!["sequence"]!.GetValue<long>();
            }

            Expect("the conversation", await _visitor.GetAsync(Conversation, Token), 200);
            Expect("the agent", await _agent.GetAsync("chat/agent/me", Token), 200);
            Expect("conversations", await _agent.GetAsync("chat/agent/conversations", Token), 200);
            Expect("forms", await _agent.GetAsync("chat/agent/forms", Token), 200);
            Expect("consents", await officer.GetAsync($"chat/agent/privacy/conversations/{_visitor.ConversationId}/consents", Token), 200);
            Expect("the audit log", await auditor.GetAsync("chat/agent/audit/entries", Token), 200);
            HubClient late = host.Keep("ada, who joins late", await _agent.JoinAsync(_visitor.ConversationId, Token));
            await late.WaitForAsync("the first event", static frame => frame["target"]?.GetValue<string>() == "event", TimeSpan.FromSeconds(30), Token);
            if (i == 0)
            {
                Expect("history", new Answer { Status = 200, Text = $"{await _visitorScreen.InvokeAsync("History", new { after = 0 }, Token)}", Headers = new Dictionary<string, string>() }, 200);
                Expect("close", await _visitor.CloseAsync(Token), 200);
                break;
            }
        }

        Expect("events after the end", await _visitor.EventsAsync(Token), 200);
    }

    private async Task<(string RequestId, string Consent)> OpenFormAsync(string formKey)
    {
        string requestId = await _agent.RequestFormAsync(_visitor.ConversationId, formKey, Token);
        JsonNode notice = (await _visitor.ViewFormAsync(requestId, Token)).Ok()["notice"]!;
        Expect("open", await _visitor.ActAsync(requestId, "open", Token), 200);
        Requests += 3;
        return (requestId, $$"""{"given":true,"version":"{{notice["version"]}}","language":"{{notice["language"]}}","sha256":"{{notice["sha256"]}}"}""");
    }

    private Task<Answer> SubmitAsync(string requestId, string consent, string fields, string? submissionId = null) =>
        Post(_visitor, $"{Conversation}/forms/{requestId}/submit", Submission(consent, fields, submissionId));

    private async Task SubmitBadlyAsync(string requestId, string consent, string fields, params int[] statuses) =>
        Expect($"the submission {fields}", await SubmitAsync(requestId, consent, fields), statuses);

    private async Task<Answer> Post(ChatClient client, string path, object body, string contentType = "application/json")
    {
        Requests++;
        return contentType == "application/json"
            ? await client.PostAsync(path, body, Token)
            : await client.SendAsync(HttpMethod.Post, path, body, Token, request => request.Content = new StringContent((string)body, Encoding.UTF8, new MediaTypeHeaderValue(contentType)));
    }

    private static string Submission(string consent, string fields, string? submissionId = null) =>
        $$"""{"submissionId":"{{submissionId ?? VisitorClient.NewId()}}","consent":{{consent}},"fields":{{fields}}}""";

    /// <summary>Bodies that are no JSON of ours, with the value where a parser stops.</summary>
    private static IEnumerable<string> Spoiled(string value)
    {
        string quoted = Quoted(value);
        yield return value;
        yield return quoted;
        yield return $"[{quoted}]";
        yield return $"{{{quoted}:1}}";
        yield return $"{{{quoted}:{quoted}}}";
        yield return $"{{\"text\":{quoted}";
        yield return $"{{\"text\":{quoted[..^1]}";
        yield return $"{{'text':'{value}'}}";
        yield return $"{{\"text\":{quoted}}}{value}";
        yield return $"{{\"{value}";
    }

    private static string Quoted(string value) => JsonSerializer.Serialize(value);

    private void Expect(string what, Answer answer, params int[] statuses)
    {
        if (!statuses.Contains(answer.Status))
        {
            _surprises.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {answer.Status} {answer.Code}"));
        }
    }
}
