using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>Requests that are wrong before anybody reads their body, and texts that are harmless only as texts.</summary>
public sealed class BadRequestTests(BadInputHost fixture) : IClassFixture<BadInputHost>
{
    private const string Html = "<img src=x onerror=\"alert('1')\"><script>alert(1)</script> & \u2028 </div>";

    private RunningHost Host => fixture.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("after=-1")]
    [InlineData("after=9223372036854775808")]
    [InlineData("after=99999999999999999999999999999999")]
    [InlineData("after=1.0")]
    [InlineData("after=0x10")]
    [InlineData("after=%2B1")]
    [InlineData("after=%201")]
    [InlineData("after=\uff11")]
    [InlineData("after=")]
    [InlineData("after=%00")]
    [InlineData("after=1&after=2")]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=9223372036854775808")]
    [InlineData("limit=ten")]
    [InlineData("limit=1&limit=1")]
    public async Task A_number_that_is_none_is_refused(string query)
    {
        using Parties parties = await Parties.MeetAsync(Host);
        await RefusedAsync(parties, "SC6001",
            () => parties.Visitor.GetAsync($"{parties.VisitorPath}/events?{query}", Token),
            () => parties.Agent.GetAsync($"{parties.AgentPath}/events?{query}", Token));
    }

    [Theory]
    [InlineData("after=9223372036854775807", 0)]
    [InlineData("after=9223372036854775807&limit=9223372036854775807", 0)]
    [InlineData("limit=9223372036854775807", 5)]
    [InlineData("after=0000000000000000000000001&limit=1", 1)]
    public async Task The_edges_of_a_number_are_numbers(string query, int least)
    {
        using Parties parties = await Parties.MeetAsync(Host);
        JsonArray events = (await parties.Visitor.GetAsync($"{parties.VisitorPath}/events?{query}", Token)).Ok()["events"]!.AsArray();
        Assert.True(least == 0 ? events.Count == 0 : events.Count >= least, $"{events.Count} events");
    }

    [Fact]
    public async Task A_token_of_another_conversation_opens_nothing_P9_E15()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        using VisitorClient stranger = Host.Visitor();
        await stranger.StartAsync(Token);
        string form = $"{parties.VisitorPath}/forms/{parties.OpenForm}";
        await RefusedAsync(parties, "SC6005",
            () => stranger.GetAsync(parties.VisitorPath, Token),
            () => stranger.GetAsync($"{parties.VisitorPath}/events", Token),
            () => stranger.PostAsync($"{parties.VisitorPath}/messages", new { clientId = VisitorClient.NewId(), text = "hello" }, Token),
            () => stranger.PostAsync($"{parties.VisitorPath}/close", new { }, Token),
            () => stranger.GetAsync(form, Token),
            () => stranger.PostAsync($"{form}/open", new { }, Token),
            () => stranger.PostAsync($"{form}/submit", new { submissionId = VisitorClient.NewId(), fields = Scenario.CardFields() }, Token),
            () => stranger.PostAsync($"{form}/decline", new { }, Token),
            () => stranger.PostAsync($"{form}/withdraw", new { }, Token),

            // Its own conversation with the other's form.
            () => stranger.GetAsync($"chat/visitor/conversations/{stranger.ConversationId}/forms/{parties.OpenForm}", Token),
            () => stranger.PostAsync($"chat/visitor/conversations/{stranger.ConversationId}/forms/{parties.OpenForm}/decline", new { }, Token));

        await using HubClient hub = await HubClient.ConnectAsync(stranger.Hub, null, Token);
        JsonNode? reply = await hub.InvokeAsync("Join", new { conversationId = parties.Visitor.ConversationId, token = stranger.Token }, Token);
        Assert.Equal("SC6005", reply!["error"]!["code"]!.GetValue<string>());
        Assert.NotNull(reply["error"]!["nextStep"]);
    }

    [Fact]
    public async Task Unknown_forms_fields_and_ids_are_refused()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        string unknown = SecureChatId.New();
        await RefusedAsync(parties, "SC6005",
            () => parties.Agent.PostAsync($"{parties.AgentPath}/forms", new { formKey = "no-such-form" }, Token),
            () => parties.Agent.PostAsync($"{parties.AgentPath}/forms", new { formKey = "../card-payment" }, Token),
            () => parties.Agent.CardAsync(parties.Visitor.ConversationId, unknown, Token),
            () => parties.Agent.CardAsync(unknown, parties.OpenForm, Token),
            () => parties.Agent.ActAsync(parties.Visitor.ConversationId, unknown, "cancel", new { }, Token),
            () => parties.Visitor.ViewFormAsync(unknown, Token),
            () => parties.Visitor.ViewFormAsync("%2e%2e%2fx", Token),
            () => parties.Visitor.ViewFormAsync(new string('a', 5000), Token),
            () => parties.Visitor.ActAsync(unknown, "withdraw", Token),
            () => parties.Visitor.GetAsync("chat/no/such/path", Token),
            () => parties.Visitor.PostAsync("chat/no/such/path", new { }, Token));
        Answer field = await parties.Visitor.SubmitAsync(
            parties.OpenForm, new Dictionary<string, string> { ["pan"] = Scenario.Card, ["exp"] = Scenario.Expiry, ["cvc"] = "737", ["<b>ssn</b>"] = "1" }, Token);
        Assert.Null(Refusal.Check(field, "SC6002"));
        Assert.DoesNotContain("ssn", field.Text, StringComparison.Ordinal);
        await parties.StillServedAsync();
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    public async Task A_token_in_a_URL_is_refused_whatever_it_is_good_for(string name)
    {
        using Parties parties = await Parties.MeetAsync(Host);
        string query = $"?{name}={parties.Visitor.Token}";
        await RefusedAsync(parties, "SC6016",
            () => parties.Visitor.GetAsync(parties.VisitorPath + query, Token),
            () => parties.Visitor.PostAsync($"{parties.VisitorPath}/messages{query}", new { clientId = VisitorClient.NewId(), text = "hello" }, Token),
            () => parties.Agent.PostAsync($"{parties.AgentPath}/assign{query}", new { }, Token),
            () => parties.Visitor.GetAsync("chat/hub" + query, Token));
        Assert.Equal(400, await HandshakeAsync(new Uri(parties.Visitor.Hub, query), static _ => { }));
    }

    [Fact]
    public async Task No_method_but_the_named_one_changes_state_P8_E14()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        StoreSnapshot before = StoreSnapshot.Of(Host.Folder, withEvidence: true);
        var wrong = new List<string>();
        int tried = 0;
        EndpointDataSource source = Host.App.Services.GetRequiredService<EndpointDataSource>();
        ILookup<string, string> methods = source.Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<SecureChatPartMetadata>() is { Part: SecureChatPart.Visitor or SecureChatPart.Agent or SecureChatPart.Forms })
            .SelectMany(static endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(method => (Pattern: endpoint.RoutePattern.RawText!, method)))
            .ToLookup(static pair => pair.Pattern.Replace("{id}", "{conversationId}", StringComparison.Ordinal), static pair => pair.method);
        foreach (IGrouping<string, string> route in methods)
        {
            string path = route.Key.TrimStart('/').Replace("{conversationId}", parties.Visitor.ConversationId, StringComparison.Ordinal)
                .Replace("{requestId}", parties.Card.RequestId, StringComparison.Ordinal);
            foreach (string method in new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND" }.Except(route))
            {
                tried++;
                ChatClient client = path.StartsWith("chat/visitor", StringComparison.Ordinal) ? parties.Visitor : parties.Agent;
                Answer answer = await client.SendAsync(new HttpMethod(method), path, new { }, Token, request => request.Content = method is "GET" or "HEAD" or "TRACE" ? null : request.Content);
                if (answer.Status != 405 || (method != "HEAD" && Refusal.Check(answer, "SC6023") is not null))
                {
                    wrong.Add($"{method} {path}: {answer.Status} {answer.Text}");
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{methods.Count} routes, {tried} requests");
        Assert.True(wrong.Count == 0 && methods.Count >= 20, $"{methods.Count} routes\n{string.Join('\n', wrong)}");

        // And what GET may do changes nothing either.
        foreach (IGrouping<string, string> route in methods.Where(static route => route.Contains("GET")))
        {
            string path = route.Key.TrimStart('/').Replace("{conversationId}", parties.Visitor.ConversationId, StringComparison.Ordinal)
                .Replace("{requestId}", parties.Card.RequestId, StringComparison.Ordinal);
            await (path.StartsWith("chat/visitor", StringComparison.Ordinal) ? (ChatClient)parties.Visitor : parties.Agent).GetAsync(path, Token);
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(Host.Folder, withEvidence: true)));
        await parties.StillServedAsync();
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("https://HOST")]
    [InlineData("http://HOST/")]
    [InlineData("http://HOST, http://HOST")]
    public async Task A_foreign_origin_writes_nothing_and_opens_no_hub(string origin)
    {
        using Parties parties = await Parties.MeetAsync(Host);
        origin = origin.Replace("HOST", Host.Root.Authority, StringComparison.Ordinal);
        void Foreign(HttpRequestMessage request)
        {
            request.Headers.Remove("Origin");
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        await RefusedAsync(parties, "SC6007",
            () => parties.Visitor.SendAsync(HttpMethod.Post, "chat/visitor/conversations", new { }, Token, Foreign),
            () => parties.Visitor.SendAsync(HttpMethod.Post, $"{parties.VisitorPath}/messages", new { clientId = VisitorClient.NewId(), text = "hello" }, Token, Foreign),
            () => parties.Visitor.SendAsync(HttpMethod.Post, $"{parties.VisitorPath}/forms/{parties.OpenForm}/decline", new { }, Token, Foreign),
            () => parties.Agent.SendAsync(HttpMethod.Post, $"{parties.AgentPath}/messages", new { clientId = VisitorClient.NewId(), text = "hello" }, Token, Foreign),
            () => parties.Agent.SendAsync(HttpMethod.Post, $"{parties.AgentPath}/forms/{parties.Card.RequestId}/cancel", new { }, Token, Foreign));
        Assert.Equal(403, await HandshakeAsync(parties.Visitor.Hub, options => options.SetRequestHeader("Origin", origin)));
    }

    [Theory]
    [InlineData("Host", "chat.example.com")]
    [InlineData("Host", "127.0.0.1.example.com")]
    [InlineData("Host", "192.0.2.1")]
    [InlineData("Host", "localhost.example.com")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("Forwarded", "for=192.0.2.1;proto=https")]
    [InlineData("X-Original-Proto", "https")]
    public async Task Plain_HTTP_from_outside_is_refused_in_Production(string header, string value)
    {
        using Parties parties = await Parties.MeetAsync(Host);
        void FromOutside(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation(header, value);
        await RefusedAsync(parties, "SC6008",
            () => parties.Visitor.SendAsync(HttpMethod.Get, parties.VisitorPath, null, Token, FromOutside),
            () => parties.Visitor.SendAsync(HttpMethod.Post, $"{parties.VisitorPath}/messages", new { clientId = VisitorClient.NewId(), text = "hello" }, Token, FromOutside),
            () => parties.Agent.SendAsync(HttpMethod.Get, "chat/agent/me", null, Token, FromOutside),
            () => parties.Agent.SendAsync(HttpMethod.Post, $"{parties.AgentPath}/forms/{parties.Card.RequestId}/cancel", new { }, Token, FromOutside));
        Assert.Equal(403, await HandshakeAsync(parties.Visitor.Hub, options => options.SetRequestHeader(header, value)));
    }

    [Fact]
    public async Task A_header_without_end_and_requests_that_are_no_HTTP_end_their_connection_and_nothing_else()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        StoreSnapshot before = StoreSnapshot.Of(Host.Folder, withEvidence: true);
        string line = $"Host: {Host.Root.Authority}\r\n";
        foreach ((string request, string expected) in new[]
        {
            ($"GET /{parties.VisitorPath} HTTP/1.1\r\n{line}X-Large: {new string('a', 40_000)}\r\n\r\n", "HTTP/1.1 431"),
            ($"GET /{parties.VisitorPath} HTTP/1.1\r\n{line}{string.Concat(Enumerable.Range(0, 500).Select(static i => $"X-{i}: a\r\n"))}\r\n", "HTTP/1.1 431"),
            ($"GET /{new string('a', 10_000)} HTTP/1.1\r\n{line}\r\n", "HTTP/1.1 414"),
            ($"GET /{parties.VisitorPath}/forms/%00 HTTP/1.1\r\n{line}\r\n", "HTTP/1.1 400"),
            ($"GET /{parties.VisitorPath}\r\n\r\n", "HTTP/1.1 400"),
            ("\0\u0001\u0002\u0003\r\n\r\n", "HTTP/1.1 400"),
            ($"POST /{parties.VisitorPath}/messages HTTP/1.1\r\n{line}Content-Length: -1\r\n\r\n", "HTTP/1.1 400"),
            ($"POST /{parties.VisitorPath}/messages HTTP/1.1\r\n{line}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 "),
            ($"GET /{parties.VisitorPath} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400"),
        })
        {
            // A server that closes while there is more to read may lose its own last words.
            string answer = await RawAsync(request);
            Assert.True(answer.Length == 0 || answer.StartsWith(expected, StringComparison.Ordinal), $"{request[..Math.Min(20, request.Length)]}: {answer}");
            Assert.DoesNotContain(" 200 ", answer.Split('\r')[0], StringComparison.Ordinal);
            Assert.DoesNotContain(" 500 ", answer.Split('\r')[0], StringComparison.Ordinal);
        }

        // A large header that the server takes reaches us like any other.
        Answer large = await parties.Visitor.SendAsync(HttpMethod.Get, parties.VisitorPath, null, Token, static request => request.Headers.Add("X-Large", new string('a', 20_000)));
        Assert.Equal(200, large.Status);
        Answer token = await parties.Visitor.SendAsync(HttpMethod.Get, parties.VisitorPath, null, Token, static request =>
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {new string('a', 20_000)}"));
        Assert.Null(Refusal.Check(token, "SC6005", "SC6003"));
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(Host.Folder, withEvidence: true)));
        await parties.StillServedAsync();
    }

    [Fact]
    public async Task HTML_is_text_in_every_text_and_no_answer_can_be_read_as_a_page_E22()
    {
        using Parties parties = await Parties.MeetAsync(Host);
        using AgentClient supervisor = Host.Agent("sue", "s3", "Supervisor");
        using AgentClient auditor = Host.Agent("audrey", "s4", "Auditor");
        await using HubClient screen = await parties.Visitor.JoinAsync(Token);
        string name = "<b onclick=alert(1)>Ada</b>";
        Answer[] answers =
        [
            await parties.Visitor.SayAsync(Html, Token),
            await parties.Agent.SayAsync(parties.Visitor.ConversationId, Html, Token),
            await supervisor.PostAsync($"{parties.AgentPath}/assign", new { agentId = "grace", agentName = name }, Token),
            await supervisor.PostAsync($"{parties.AgentPath}/assign", new { agentId = "ada", agentName = name }, Token),
            await parties.Visitor.EventsAsync(Token),
            await parties.Agent.EventsAsync(parties.Visitor.ConversationId, Token),
            await parties.Visitor.GetAsync(parties.VisitorPath, Token),
        ];
        Assert.All(answers, static answer => AssertIsNoPage(answer, "application/json"));
        Assert.Equal(Html, answers[0].Json!["text"]!.GetValue<string>());
        Assert.Equal(2, answers[4].Json!["events"]!.AsArray().Count(static found => found!["text"]?.GetValue<string>() == Html));
        Assert.Equal(name, answers[6].Json!["assignedTo"]!.GetValue<string>());
        JsonObject frame = await screen.WaitForAsync(
            "the message", static frame => frame["arguments"]?[0]?["text"]?.GetValue<string>() == Html, TimeSpan.FromSeconds(30), Token);
        Assert.NotNull(frame);

        // A reason goes to the audit log and comes back as it was.
        using var browser = new ClaimingBrowser();
        await parties.Agent.StepUpAsync(parties.Card, browser);
        (await parties.Agent.RevealAsync(parties.Card, browser, "<script>alert(2)</script>")).Ok();
        Answer log = await auditor.GetAsync("chat/agent/audit/entries?limit=200", Token);
        AssertIsNoPage(log, "application/json");

        // What is refused does not come back at all.
        Answer[] refused =
        [
            await parties.Visitor.PostAsync($"{parties.VisitorPath}/messages", new { clientId = Html, text = Html }, Token),
            await parties.Visitor.PostAsync("chat/visitor/conversations", new { type = Html }, Token),
            await parties.Visitor.SubmitAsync(parties.OpenForm, new Dictionary<string, string> { ["pan"] = Html, ["exp"] = Html, ["cvc"] = Html }, Token),
            await parties.Visitor.SubmitAsync(parties.OpenForm, new Dictionary<string, string> { [Html] = Html }, Token),
            await parties.Visitor.PostAsync($"{parties.VisitorPath}/messages", Html, Token),
            await parties.Agent.PostAsync($"{parties.AgentPath}/forms", new { formKey = Html }, Token),
            await parties.Agent.ActAsync(parties.Visitor.ConversationId, parties.Card.RequestId, "step-up", new { claimId = VisitorClient.NewId(), valueIds = new[] { Html }, code = Html }, Token),
            await parties.Visitor.GetAsync($"chat/{Uri.EscapeDataString("<script>alert(1)</script>")}", Token),
        ];
        Assert.All(refused, static answer =>
        {
            Assert.Null(Refusal.Check(answer));
            AssertIsNoPage(answer, "application/problem+json");
            Assert.DoesNotContain("script", answer.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("onerror", answer.Text, StringComparison.OrdinalIgnoreCase);
        });
    }

    private static void AssertIsNoPage(Answer answer, string type)
    {
        Assert.StartsWith(type, answer.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.StartsWith("default-src 'none'", answer.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        Assert.DoesNotContain('<', answer.Text);
        Assert.DoesNotContain('>', answer.Text);
        Assert.DoesNotContain('\u2028', answer.Text);
    }

    /// <summary>Each request is refused with one of the codes, and all of them together leave both stores as they were.</summary>
    private async Task RefusedAsync(Parties parties, string code, params Func<Task<Answer>>[] requests)
    {
        StoreSnapshot before = StoreSnapshot.Of(Host.Folder, withEvidence: true);
        foreach ((int index, Func<Task<Answer>> request) in requests.Index())
        {
            Answer answer = await request();
            Assert.True(Refusal.Check(answer, code) is null, $"request {index}: {Refusal.Check(answer, code)} {answer.Status} {answer.Text}");
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(Host.Folder, withEvidence: true)));
        await parties.StillServedAsync();
    }

    /// <summary>Status of a handshake that should fail; 101 when it does not.</summary>
    private static async Task<int> HandshakeAsync(Uri hub, Action<ClientWebSocketOptions> configure)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Origin", hub.GetLeftPart(UriPartial.Authority));
        configure(socket.Options);
        try
        {
            await socket.ConnectAsync(new UriBuilder(hub) { Scheme = "ws" }.Uri, Token);
            return 101;
        }
        catch (WebSocketException)
        {
            return (int)socket.HttpStatusCode;
        }
    }

    private async Task<string> RawAsync(string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Host.Root.Host, Host.Root.Port, Token);
        await using NetworkStream stream = tcp.GetStream();
        var answer = new StringBuilder();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Token);
            tcp.Client.Shutdown(SocketShutdown.Send);
            byte[] buffer = new byte[4096];
            int read;
            while ((read = await stream.ReadAsync(buffer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Token)) > 0)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (IOException)
        {
            // The server has said what it had to say and closed while we were still talking.
        }

        return answer.ToString();
    }
}
