using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>Every endpoint that reads a body, given every body that is not what it reads.</summary>
public sealed class BadBodyTests(BadInputHost fixture) : IClassFixture<BadInputHost>
{
    /// <summary>Members whose absence is a meaning of its own.</summary>
    private static readonly string[] Optional = ["type", "agentId", "agentName", "reason", "consent"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_is_not_what_the_endpoint_reads_is_a_refusal_with_code_and_next_step_and_nothing_is_stored()
    {
        RunningHost host = fixture.Host;
        using Parties parties = await Parties.MeetAsync(host);
        using var browser = new ClaimingBrowser();
        var wrong = new List<string>();
        int tried = 0;
        foreach (Reader reader in Readers(parties, browser))
        {
            StoreSnapshot before = StoreSnapshot.Of(host.Folder, withEvidence: true);
            foreach ((string name, Action<HttpRequestMessage> change) in Bodies(reader))
            {
                tried++;
                Answer answer = await reader.Client.SendAsync(HttpMethod.Post, reader.Path, null, Token, change);
                if (Refusal.Check(answer) is { } fault)
                {
                    wrong.Add($"{reader.Name}, {name}: {fault}");
                }

                StoreSnapshot after = StoreSnapshot.Of(host.Folder, withEvidence: true);
                wrong.AddRange(before.ChangesTo(after).Select(change => $"{reader.Name}, {name}: {change}"));
                before = after;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{tried} bodies");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {tried}:\n{string.Join('\n', wrong.Take(50))}");
        Assert.True(tried > 300, $"{tried}");
        await parties.StillServedAsync();

        // The same requests with the bodies they are made from are taken: the refusals are the bodies'.
        foreach (Reader reader in Readers(parties, browser).Where(static reader => reader.IsTaken))
        {
            Answer answer = await reader.Client.PostAsync(reader.Path, reader.Body, Token);
            Assert.True(answer.Status is >= 200 and < 300, $"{reader.Name}: {answer.Status} {answer.Text}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_000)]
    [InlineData(1_000_000)]
    public async Task A_connection_goes_on_or_says_that_it_ends_after_a_body_that_is_too_large(int more)
    {
        using Parties parties = await Parties.MeetAsync(fixture.Host);
        for (int i = 0; i < 5; i++)
        {
            string text = new('a', 20_000 + more);

            // A client that asks first, as it should with so much, is told before it sends.
            Answer refused = await parties.Visitor.SendAsync(
                HttpMethod.Post, $"{parties.VisitorPath}/messages", new { clientId = VisitorClient.NewId(), text }, Token, request => request.Headers.ExpectContinue = more > 100_000);
            Assert.Null(Refusal.Check(refused, "SC6009"));

            // The next request of the same browser, on the connection it keeps.
            Assert.Equal(200, (await parties.Visitor.GetAsync(parties.VisitorPath, Token)).Status);
        }

        Assert.Equal("SC6005", (await parties.Visitor.PostAsync($"{parties.VisitorPath}x/messages", new string('a', 200_000), Token)).Code);
        Assert.Equal(200, (await parties.Visitor.GetAsync(parties.VisitorPath, Token)).Status);
    }

    private static IEnumerable<Reader> Readers(Parties parties, ClaimingBrowser browser)
    {
        string id = VisitorClient.NewId();
        string agentForm = $"{parties.AgentPath}/forms/{parties.Card.RequestId}";
        yield return new Reader("start", parties.Visitor, "chat/visitor/conversations", """{"type":"chat"}""", 4096);
        yield return new Reader("message", parties.Visitor, $"{parties.VisitorPath}/messages", $$"""{"clientId":"{{id}}","text":"hello"}""", 20_480);
        yield return new Reader(
            "submit by token",
            parties.Form,
            "chat/forms/current/submit",
            $$"""{"submissionId":"{{id}}","consent":{{parties.Consent}},"fields":{"ssn":"AB 12 34","password":"p"} }""",
            65_536);
        yield return new Reader(
            "submit",
            parties.Visitor,
            $"{parties.VisitorPath}/forms/{parties.OpenForm}/submit",
            $$"""{"submissionId":"{{id}}","consent":{{parties.Consent}},"fields":{"pan":"{{Scenario.Card}}","exp":"{{Scenario.Expiry}}","cvc":"737"} }""",
            65_536);
        yield return new Reader("agent's message", parties.Agent, $"{parties.AgentPath}/messages", $$"""{"clientId":"{{id}}","text":"hello"}""", 20_480);
        yield return new Reader("request", parties.Agent, $"{parties.AgentPath}/forms", """{"formKey":"identity"}""", 1024);
        yield return new Reader("step-up", parties.Agent, $"{agentForm}/step-up", $$"""{"claimId":"{{browser.ClaimId}}","valueIds":["{{parties.Card.ValueIds[0]}}"],"code":"code-{{id}}"}""", 16_384);
        yield return new Reader(
            "reveal",
            parties.Agent,
            $"{agentForm}/reveal",
            $$"""{"claimId":"{{browser.ClaimId}}","valueIds":["{{parties.Card.ValueIds[0]}}"],"publicKey":"{{browser.PublicKey}}","reason":"Charge the order"}""",
            16_384);
        yield return new Reader("acknowledge", parties.Agent, $"{agentForm}/acknowledge", $$"""{"claimId":"{{browser.ClaimId}}"}""", 1024);
        yield return new Reader("transfer", parties.Agent, $"{parties.AgentPath}/transfer", """{"agentId":"grace","agentName":"Grace"}""", 4096);
        yield return new Reader("assign", parties.Agent, $"{parties.AgentPath}/assign", """{"agentId":"grace","agentName":"Grace"}""", 4096, IsTaken: false);
    }

    private static IEnumerable<(string Name, Action<HttpRequestMessage> Change)> Bodies(Reader reader)
    {
        string valid = reader.Body;
        JsonObject members = JsonNode.Parse(valid)!.AsObject();
        (string Name, string Text)[] texts =
        [
            ("nothing", ""), ("white space", "  "), ("null", "null"), ("true", "true"), ("a number", "42"), ("a string", "\"text\""), ("a list", "[]"),
            ("an open object", "{"), ("a cut object", valid[..^1]), ("text behind", valid + "x"), ("two objects", valid + valid), ("a comma too many", valid[..^1].TrimEnd() + ",}"),
            ("a comment", $"/* x */{valid}"), ("single quotes", valid.Replace('"', '\'')), ("NaN", valid.Replace("\"hello\"", "NaN", StringComparison.Ordinal) + "NaN"),
            ("a depth bomb", string.Concat(Enumerable.Repeat("[", 400))), ("a deep object", string.Concat(Enumerable.Repeat("{\"text\":", 200)) + "1" + new string('}', 200)),
            ("an unknown member", valid[..^1].TrimEnd() + ",\"isAdmin\":true}"), ("an unknown member before", "{\"$type\":\"x\"," + valid[1..]),
            .. members.SelectMany(member => Twisted(valid, members, member.Key)),
        ];
        foreach ((string name, string text) in texts)
        {
            yield return (name, Json(Encoding.UTF8.GetBytes(text)));
        }

        yield return ("a byte order mark", Json([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(valid)]));
        yield return ("UTF-16", Json(Encoding.Unicode.GetBytes(valid)));
        yield return ("no UTF-8", Json([.. "{\"text\":\""u8, 0xFF, 0xC0, 0xAF, .. "\"}"u8]));
        yield return ("a surrogate in UTF-8", Json([.. "{\"text\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8]));
        yield return ("zeros", Json(new byte[64]));
        byte[] large = [.. Encoding.UTF8.GetBytes(valid), .. Encoding.UTF8.GetBytes(new string(' ', reader.Limit))];
        yield return ("one that is too large", Json(large));
        yield return ("one that is too large and says no length", request => request.Content = new Chunks(large));
        foreach (string? type in new[] { null, "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json; charset=latin1", "multipart/form-data; boundary=x" })
        {
            yield return ($"content type {type}", request =>
            {
                request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(valid));
                if (type is not null)
                {
                    request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
                }
            });
        }

        yield return ("content encoding", request =>
        {
            Json(Encoding.UTF8.GetBytes(valid))(request);
            request.Content!.Headers.ContentEncoding.Add("gzip");
        });
    }

    /// <summary>One member missing, repeated, misspelt, or of another type; and half a character in it.</summary>
    private static IEnumerable<(string Name, string Text)> Twisted(string valid, JsonObject members, string member)
    {
        string value = members[member]!.ToJsonString();
        string Text(params (string Name, string Json)[] changed) =>
            $"{{{string.Join(',', members.Where(known => known.Key != member).Select(known => (known.Key, known.Value!.ToJsonString())).Concat(changed).Select(static pair => $"{JsonSerializer.Serialize(pair.Item1)}:{pair.Item2}"))}}}";

        yield return ($"{member} twice", Text((member, value), (member, value)));
        yield return ($"{member} twice, once null", Text((member, value), (member, "null")));
        yield return ($"{member} in capitals", Text((member.ToUpperInvariant(), value)));
        if (!Optional.Contains(member))
        {
            yield return ($"no {member}", Text());
            yield return ($"{member} null", Text((member, "null")));
        }

        foreach (string other in new[] { "42", "-1.5e300", "true", "[[]]", "[null]", "{\"a\":1}", "\"x\"" })
        {
            bool isItsType = other[0] == value[0] && value[0] == '"';
            if (!isItsType)
            {
                yield return ($"{member} as {other}", Text((member, other)));
            }
        }

        if (value[0] == '"')
        {
            foreach (string half in new[] { @"""a\ud800""", @"""\udc00\ud800""", @"""\ud83d\u0041""" })
            {
                yield return ($"{member} as {half}", Text((member, half)));
            }

            // What a second factor may hold is its verifier's business; the attempt counts.
            if (member != "code")
            {
                yield return ($"{member} with control characters", Text((member, @"""a\u0000b\u001bc""")));
                yield return ($"{member} very long", Text((member, JsonSerializer.Serialize(new string('a', 9000)))));
            }
        }
    }

    private static Action<HttpRequestMessage> Json(byte[] body) => request =>
    {
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
    };

    private sealed record Reader(string Name, ChatClient Client, string Path, string Body, int Limit, bool IsTaken = true);

    /// <summary>A body of unknown length.</summary>
    private sealed class Chunks : HttpContent
    {
        private readonly byte[] _bytes;

        public Chunks(byte[] bytes)
        {
            _bytes = bytes;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(_bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
