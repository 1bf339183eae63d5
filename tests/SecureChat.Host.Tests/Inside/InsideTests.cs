using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Inside;

/// <summary>The page that shows a developer what the server stored: true to the store, and no way to a value or a key.</summary>
public sealed class InsideTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_the_records_as_they_lie_in_the_stores_and_never_a_value_or_a_key()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        using var client = new HttpClient { BaseAddress = host.Root };
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        (await visitor.SayAsync($"my card is {Scenario.Card}", Token)).Ok();
        string id = card.ConversationId;

        JsonNode listed = Assert.Single((await JsonAsync(client, "chat/inside/conversations"))["conversations"]!.AsArray())!;
        Assert.Equal(id, listed["id"]!.GetValue<string>());
        Assert.Equal("open", listed["state"]!.GetValue<string>());

        JsonNode sealedView = await JsonAsync(client, $"chat/inside/conversations/{id}");
        AssertNoValue(sealedView);
        AssertTrueToTheStores(host, sealedView);
        Assert.Equal(card.ValueIds.Order(StringComparer.Ordinal), Keys(sealedView, "release-key", "present"));
        Assert.Equal([id], Keys(sealedView, "conversation-key", "present"));
        Assert.Contains(sealedView["events"]!.AsArray(), static item => item!["maskedKinds"]?[0]?.GetValue<string>() == "payment-card");
        Assert.Equal("payments-v1", Assert.Single(sealedView["consents"]!.AsArray())!["noticeKey"]!.GetValue<string>());
        Assert.Equal("submitted", Assert.Single(sealedView["forms"]!.AsArray())!["state"]!.GetValue<string>());
        Assert.All(sealedView["audit"]!.AsArray(), static entry => Assert.Equal(64, entry!["hash"]!.GetValue<string>().Length));
        Assert.Contains(sealedView["audit"]!.AsArray(), static entry => entry!["action"]!.GetValue<string>() == "formSubmitted");

        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();
        AssertNoValue(await JsonAsync(client, $"chat/inside/conversations/{id}"));
        (await agent.AcknowledgeAsync(id, card.RequestId, browser, Token)).Ok();

        JsonNode gone = await JsonAsync(client, $"chat/inside/conversations/{id}");
        AssertNoValue(gone);
        AssertTrueToTheStores(host, gone);
        Assert.Empty(Keys(gone, "release-key", "present"));
        Assert.Equal(card.ValueIds.Order(StringComparer.Ordinal), Keys(gone, "release-key", "destroyed"));
        Assert.DoesNotContain(gone["records"]!.AsArray(), static record => record!["kind"]!.GetValue<string>() == "release-key");

        // An ended conversation stays on the list: what became of it is what one wants to see.
        (await agent.PostAsync($"chat/agent/conversations/{id}/close", new { }, Token)).Ok();
        Assert.Equal("closed", (await JsonAsync(client, "chat/inside/conversations"))["conversations"]![0]!["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Saboteur_a_masker_that_lets_a_number_through_is_seen_here()
    {
        await using RunningHost host = await StartAsync(static chat => chat.UseMasker<Blind>());
        using VisitorClient visitor = host.Visitor();
        using var client = new HttpClient { BaseAddress = host.Root };
        await visitor.StartAsync(Token);
        (await visitor.SayAsync($"my card is {Scenario.Card}", Token)).Ok();
        JsonNode view = await JsonAsync(client, $"chat/inside/conversations/{visitor.ConversationId}");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertNoValue(view));
    }

    [Fact]
    public async Task P8_Looking_changes_nothing()
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        using var client = new HttpClient { BaseAddress = host.Root };
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder, withEvidence: true);
        for (int i = 0; i < 3; i++)
        {
            await JsonAsync(client, "chat/inside/conversations");
            await JsonAsync(client, $"chat/inside/conversations/{card.ConversationId}");
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder, withEvidence: true)));
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Original-For", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Host", "evil.example")]
    [InlineData("Host", "localhost.evil.example")]
    [InlineData("Host", "192.168.0.7")]
    public async Task Who_came_through_a_proxy_or_by_another_name_finds_nothing(string header, string value)
    {
        await using RunningHost host = await StartAsync();
        using VisitorClient visitor = host.Visitor();
        using var client = new HttpClient { BaseAddress = host.Root };
        await visitor.StartAsync(Token);
        foreach (string path in new[] { "chat/inside/conversations", $"chat/inside/conversations/{visitor.ConversationId}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            Assert.True(request.Headers.TryAddWithoutValidation(header, value));
            using HttpResponseMessage answer = await client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("SC6005", JsonNode.Parse(await answer.Content.ReadAsStringAsync(Token))!["code"]!.GetValue<string>());

            // The saboteur: without the header the same call answers.
            using HttpResponseMessage local = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        }
    }

    [Theory]
    [InlineData("10.0.0.1", false)]
    [InlineData("192.168.0.7", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData(null, false)]
    [InlineData("127.0.0.9", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    public async Task Only_callers_of_the_same_machine_are_answered(string? address, bool answered)
    {
        await using RunningHost host = await StartAsync(pipeline: app => app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
            return next(context);
        }));
        using var client = new HttpClient { BaseAddress = host.Root };
        using HttpResponseMessage answer = await client.GetAsync(new Uri("chat/inside/conversations", UriKind.Relative), Token);
        Assert.Equal(answered ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Staging")]
    [InlineData("development.example")]
    public async Task Outside_Development_it_does_not_exist(string environment)
    {
        await using RunningHost host = await StartAsync(environment: environment);
        using VisitorClient visitor = host.Visitor();
        using var client = new HttpClient { BaseAddress = host.Root };
        await visitor.StartAsync(Token);
        foreach (string path in new[] { "chat/inside", "chat/inside.js", "chat/inside/conversations", $"chat/inside/conversations/{visitor.ConversationId}" })
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.DoesNotContain(
            ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)host.App).DataSources.SelectMany(static source => source.Endpoints).OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>(),
            static endpoint => endpoint.RoutePattern.RawText!.Contains("inside", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_page_itself_may_not_be_framed_and_runs_its_own_script_only()
    {
        await using RunningHost host = await StartAsync();
        using var client = new HttpClient { BaseAddress = host.Root };
        using HttpResponseMessage page = await client.GetAsync(new Uri("chat/inside", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(
            "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("<script type=\"module\" src=\"inside.js\"></script>", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    private static Task<RunningHost> StartAsync(Action<ISecureChatBuilder>? change = null, Action<WebApplication>? pipeline = null, string environment = "Development") =>
        RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Environment = environment,
            After = change,
            Pipeline = pipeline,

            // Nothing but the calls may write while stores are compared.
            Configure = static options => options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5),
        });

    private static async Task<JsonNode> JsonAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private static string[] Keys(JsonNode view, string kind, string state) =>
    [
        .. view["keys"]!.AsArray().Where(key => key!["kind"]!.GetValue<string>() == kind && key["state"]!.GetValue<string>() == state)
            .Select(static key => key!["id"]!.GetValue<string>()).Order(StringComparer.Ordinal),
    ];

    private static void AssertNoValue(JsonNode view)
    {
        string text = view.ToJsonString();
        Assert.DoesNotContain(Scenario.Card, text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(Scenario.Card)), text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"737\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"\"{Scenario.Expiry}\"", text, StringComparison.Ordinal);
    }

    /// <summary>Compares with the files themselves, read past the product.</summary>
    private static void AssertTrueToTheStores(RunningHost host, JsonNode view)
    {
        JsonArray records = view["records"]!.AsArray();
        Assert.Contains(records, static record => record!["kind"]!.GetValue<string>() == "conversation-event");
        Assert.Contains(records, static record => record!["kind"]!.GetValue<string>() == "form");
        foreach (JsonNode? record in records)
        {
            bool isKey = record!["store"]!.GetValue<string>() == "keys";
            byte[] body = Body(isKey ? StoreSnapshot.KeysFile(host.Folder) : StoreSnapshot.DataFile(host.Folder), record);
            Assert.Equal(body.Length, record["bytes"]!.GetValue<int>());
            Assert.Equal(isKey ? "" : Convert.ToHexStringLower(body.AsSpan(0, Math.Min(64, body.Length))), record["hex"]!.GetValue<string>());
            if (isKey)
            {
                Assert.EndsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body)), record["note"]!.GetValue<string>(), StringComparison.Ordinal);
                string text = view.ToJsonString();
                for (int at = 0; at + 8 <= body.Length; at++)
                {
                    Assert.DoesNotContain(Convert.ToHexStringLower(body.AsSpan(at, 8)), text, StringComparison.OrdinalIgnoreCase);
                }
            }
        }
    }

    private static byte[] Body(string file, JsonNode record)
    {
        using SqliteConnection connection = StoreSnapshot.Open(file);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM record WHERE kind = $kind AND partition = $partition AND id = $id AND version = $version";
        command.Parameters.AddWithValue("$kind", record["kind"]!.GetValue<string>());
        command.Parameters.AddWithValue("$partition", record["partition"]!.GetValue<string>());
        command.Parameters.AddWithValue("$id", record["id"]!.GetValue<string>());
        command.Parameters.AddWithValue("$version", record["version"]!.GetValue<long>());
        return Assert.IsType<byte[]>(command.ExecuteScalar());
    }

    private sealed class Blind : IMasker
    {
        public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) => new(new MaskResult { Text = request.Text, Spans = [] });
    }
}
