using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;
using SecureChat.Testing;

namespace SecureChat.Host.Tests.Forms;

/// <summary>The secure form over HTTP: an opaque origin that holds the token of one form, and what that token does and does not open.</summary>
public sealed class FormTokenTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string[] Writes = ["open", "submit", "decline", "extend"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_opaque_origin_reads_opens_and_submits_its_form_with_nothing_but_the_token()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        await using HubClient screen = await agent.JoinAsync(visitor.ConversationId, Token);
        using FormClient form = await GrantAsync(host, visitor, requestId);

        Answer seen = await form.ViewAsync(Token);
        JsonNode view = seen.Ok();
        Assert.Equal((requestId, "requested"), (view["form"]!["requestId"]!.GetValue<string>(), view["form"]!["state"]!.GetValue<string>()));
        Assert.Equal(["pan", "exp", "cvc"], view["definition"]!["fields"]!.AsArray().Select(static field => field!["key"]!.GetValue<string>()));
        Answer opened = await form.ActAsync("open", Token);
        Assert.Equal("opened", opened.Ok()["state"]!.GetValue<string>());
        Answer submitted = await form.SubmitAsync(view, Scenario.CardFields(), Token);
        Assert.Equal("submitted", submitted.Ok()["state"]!.GetValue<string>());
        await screen.WaitForAsync("\"submitted\"", static frame => State(frame) == "submitted", Limit, Token);
        Assert.Empty(new[] { seen, opened, submitted }.SelectMany(HeaderFaults));

        // The agent reads what came this way like any other.
        var card = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(submitted.Json!));
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        JsonNode revealed = (await agent.RevealAsync(card, browser)).Ok();
        Assert.Contains(Scenario.Card, AgentClient.Open(revealed, card.ConversationId, requestId, browser).Values);
    }

    [Theory]
    [InlineData("", "GET")]
    [InlineData("/open", "POST")]
    [InlineData("/submit", "POST")]
    [InlineData("/decline", "POST")]
    [InlineData("/extend", "POST")]
    public async Task The_question_before_a_call_from_another_origin_is_answered_for_every_origin_and_without_credentials(string path, string method)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var anybody = new HttpClient { BaseAddress = host.Root };
        foreach (string origin in new[] { "null", "https://shop.example" })
        {
            using var question = new HttpRequestMessage(HttpMethod.Options, $"chat/forms/current{path}");
            question.Headers.Add("Origin", origin);
            question.Headers.Add("Access-Control-Request-Method", method);
            question.Headers.Add("Access-Control-Request-Headers", "authorization,content-type,x-securechat");
            using HttpResponseMessage answer = await anybody.SendAsync(question, Token);

            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            Assert.Equal(["*"], answer.Headers.GetValues("Access-Control-Allow-Origin"));
            Assert.Equal(["authorization, content-type, x-securechat, accept-language"], answer.Headers.GetValues("Access-Control-Allow-Headers"));
            Assert.Equal(["GET, POST"], answer.Headers.GetValues("Access-Control-Allow-Methods"));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }

        // Only this part: a page of another origin learns nothing about the agents' one.
        using var agents = new HttpRequestMessage(HttpMethod.Options, "chat/agent/me");
        agents.Headers.Add("Origin", "null");
        agents.Headers.Add("Access-Control-Request-Method", "GET");
        using HttpResponseMessage refusal = await anybody.SendAsync(agents, Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, refusal.StatusCode);
        Assert.False(refusal.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_CORS_policy_of_the_host_for_its_own_pages_does_not_keep_the_form_from_its_part()
    {
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions
        {
            Folder = folder,
            Before = static services => services.AddCors(static cors => cors.AddDefaultPolicy(static policy => policy.WithOrigins("https://partner.example").AllowCredentials())),
            Behind = static app => app.UseCors(),
        });
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        foreach (string origin in new[] { "null", "https://partner.example" })
        {
            Answer question = await form.SendAsync(HttpMethod.Options, "chat/forms/current/open", null, Token, request =>
            {
                request.Content = null;
                request.Headers.Add("Origin", origin);
                request.Headers.Add("Access-Control-Request-Method", "POST");
            });
            Assert.Equal((204, "*"), (question.Status, question.Headers.GetValueOrDefault("Access-Control-Allow-Origin")));
            Assert.Contains("x-securechat", question.Headers["Access-Control-Allow-Headers"], StringComparison.Ordinal);
        }

        Assert.Empty(HeaderFaults(await form.ActAsync("open", Token)));

        // The host's own pages keep their policy.
        Answer own = await form.SendAsync(HttpMethod.Get, "outside", null, Token, static request => request.Headers.Add("Origin", "https://partner.example"));
        Assert.Equal("https://partner.example", own.Headers["Access-Control-Allow-Origin"]);
    }

    [Fact]
    public async Task Neither_a_cookie_nor_a_conversation_token_opens_a_form_and_a_form_token_opens_nothing_else()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        string token = await TokenAsync(visitor, requestId);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);

        Assert.Empty(await ForeignKeyFaultsAsync(visitor, agent));
        using FormClient form = new(host.Root, token);
        string conversation = $"chat/visitor/conversations/{visitor.ConversationId}";
        foreach ((HttpMethod method, string path) in new[]
        {
            (HttpMethod.Get, conversation), (HttpMethod.Get, $"{conversation}/events"), (HttpMethod.Get, $"{conversation}/forms/{requestId}"),
        })
        {
            Assert.Equal("SC6007", (await form.SendAsync(method, path, null, Token)).Code);
            using FormClient program = new(host.Root, token);
            program.Headers.Remove("Origin");
            Answer elsewhere = await program.SendAsync(method, path, null, Token);
            Assert.Equal((404, "SC6005"), (elsewhere.Status, elsewhere.Code));
        }

        // The visitor's part refuses the opaque origin first, and the token behind it.
        foreach (string path in new[] { $"{conversation}/messages", $"{conversation}/close", $"{conversation}/forms/{requestId}/withdraw", $"{conversation}/forms/{requestId}/token" })
        {
            Assert.Equal("SC6007", (await form.PostAsync(path, new { }, Token)).Code);
            using FormClient program = new(host.Root, token);
            program.Headers.Remove("Origin");
            Assert.Equal("SC6005", (await program.PostAsync(path, new { }, Token)).Code);
        }

        await using HubClient hub = await HubClient.ConnectAsync(visitor.Hub, cookie: null, Token);
        JsonNode? joined = await hub.InvokeAsync("Join", new { conversationId = visitor.ConversationId, token, after = 0 }, Token);
        Assert.Equal("SC6005", joined?["error"]?["code"]?.GetValue<string>());
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
    }

    [Fact]
    public async Task E20_Only_the_tab_that_took_the_form_last_submits()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient first = await GrantAsync(host, visitor, requestId);
        JsonNode view = (await first.ViewAsync(Token)).Ok();
        (await first.ActAsync("open", Token)).Ok();
        using FormClient second = await GrantAsync(host, visitor, requestId);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);

        Assert.Empty(await FormerTokenFaultsAsync(first, view));
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
        Assert.Equal("submitted", (await second.SubmitAsync(view, Scenario.CardFields(), Token)).Ok()["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task E20_Of_twenty_tokens_taken_at_once_one_opens_the_form()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);

        string[] tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TokenAsync(visitor, requestId)));

        Assert.Equal(20, tokens.Distinct(StringComparer.Ordinal).Count());
        var answers = new List<int>();
        foreach (string token in tokens)
        {
            using var form = new FormClient(host.Root, token);
            answers.Add((await form.ViewAsync(Token)).Status);
        }

        Assert.Single(answers, 200);
        Assert.Equal(19, answers.Count(static status => status == 401));
    }

    [Fact]
    public async Task E17_A_submission_whose_answer_was_lost_is_repeated_with_the_same_token_whatever_happened_since()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        JsonNode view = (await form.ViewAsync(Token)).Ok();
        string submissionId = VisitorClient.NewId();
        JsonNode receipt = (await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)).Ok();

        // At once, after the agent opened and closed it, and behind the end of the form's own time.
        Assert.Equal(Scenario.Ids(receipt), Scenario.Ids((await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)).Ok()));
        var card = new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(receipt));
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        (await agent.RevealAsync(card, browser)).Ok();
        (await agent.AcknowledgeAsync(card.ConversationId, requestId, browser, Token)).Ok();
        Assert.Equal(card.ValueIds, Scenario.Ids((await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)).Ok()));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(card.ValueIds, Scenario.Ids((await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)).Ok()));
        Assert.Single(await EntriesAsync(host, AuditAction.FormSubmitted));

        // It only reads and repeats now.
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);
        Answer other = await form.SubmitAsync(view, Scenario.CardFields(), Token);
        Assert.Equal((409, "SC6017"), (other.Status, other.Code));
        foreach (string action in Writes.Where(static action => action != "submit"))
        {
            Answer late = await form.ActAsync(action, Token);
            Assert.Equal((409, "SC6012"), (late.Status, late.Code));
        }

        Assert.Equal("submitted", (await form.ViewAsync(Token)).Ok()["form"]!["state"]!.GetValue<string>());
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));

        // One minute open and ten of grace: then nothing opens with it.
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((401, "SC6026"), Result(await form.ViewAsync(Token)));
        Assert.Equal((401, "SC6026"), Result(await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)));
    }

    [Theory]
    [InlineData("declined")]
    [InlineData("cancelled")]
    [InlineData("closed")]
    [InlineData("expired")]
    public async Task E18_A_form_that_ended_says_so_to_who_fills_it_in_and_takes_nothing(string end)
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        JsonNode view = (await form.ViewAsync(Token)).Ok();
        switch (end)
        {
            case "declined":
                Assert.Equal("declined", (await form.ActAsync("decline", Token)).Ok()["state"]!.GetValue<string>());
                (await form.ActAsync("decline", Token)).Ok();
                break;
            case "cancelled":
                (await agent.ActAsync(visitor.ConversationId, requestId, "cancel", new { }, Token)).Ok();
                break;
            case "closed":
                (await visitor.CloseAsync(Token)).Ok();
                break;
            default:
                time.Advance(TimeSpan.FromMinutes(1));
                break;
        }

        string state = end == "closed" ? "cancelled" : end;
        Answer late = await form.SubmitAsync(view, Scenario.CardFields(), Token);
        Assert.Equal((409, "SC6012", state), (late.Status, late.Code, late.Json!["state"]!.GetValue<string>()));
        Assert.Equal(state, (await form.ViewAsync(Token)).Ok()["form"]!["state"]!.GetValue<string>());
        Assert.Equal((409, "SC6012"), Result(await visitor.ActAsync(requestId, "token", Token)));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("release-key"));
        Assert.Empty(StoreSnapshot.Of(host.Folder).OfKind("consent"));

        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal((401, "SC6026"), Result(await form.ViewAsync(Token)));
    }

    [Fact]
    public async Task E27_A_withdrawal_takes_the_token_with_the_values()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        JsonNode view = (await form.ViewAsync(Token)).Ok();
        string submissionId = VisitorClient.NewId();
        (await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)).Ok();

        (await visitor.ActAsync(requestId, "withdraw", Token)).Ok();

        Assert.Equal((401, "SC6026"), Result(await form.ViewAsync(Token)));
        Assert.Equal((401, "SC6026"), Result(await form.SubmitAsync(view, Scenario.CardFields(), Token, submissionId)));
    }

    [Fact]
    public async Task E50_Unknown_foreign_crossed_replaced_and_misspelt_tokens_get_the_same_bytes()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using VisitorClient other = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        string identity = await agent.RequestFormAsync(visitor.ConversationId, "identity", Token);
        string replaced = await TokenAsync(visitor, requestId);
        string mine = await TokenAsync(visitor, requestId);
        string secondForm = await TokenAsync(visitor, identity);
        string foreign = await TokenAsync(other, await RequestedAsync(other, agent));
        string secret = mine.Split('.')[2];
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);
        var bodies = new HashSet<string>(StringComparer.Ordinal);
        string[] wrong =
        [
            replaced,
            $"{SecureChatId.New()}.{SecureChatId.New()}.{secret}",
            $"{visitor.ConversationId}.{SecureChatId.New()}.{secret}",
            $"{visitor.ConversationId}.{identity}.{secret}",
            $"{visitor.ConversationId}.{requestId}.{secondForm.Split('.')[2]}",
            $"{visitor.ConversationId}.{requestId}.{foreign.Split('.')[2]}",
            $"{other.ConversationId}.{requestId}.{secret}",
            $"{visitor.ConversationId}.{requestId}.{visitor.Token}",
            $"{visitor.ConversationId}.{requestId}.{new string('A', 43)}",
            $"{visitor.ConversationId}.{requestId}.{secret[..^1]}{(secret[^1] == 'A' ? 'E' : 'A')}",
            $"{visitor.ConversationId}.{requestId}.{secret}.",
            $"{visitor.ConversationId}.{requestId}.",
            $"{visitor.ConversationId}/{requestId}/{secret}",
            $"..{secret}",
            mine.ToUpperInvariant(),
            mine + "=",
            secret,
            requestId,
            new string('x', 5000),
        ];
        foreach (string token in wrong)
        {
            // Two calls each: sixty wrong ones at once are too many from one address.
            foreach ((string method, string path) in new[] { ("GET", "chat/forms/current"), ("POST", "chat/forms/current/submit") })
            {
                using var form = new FormClient(host.Root, "x");
                Answer answer = await form.SendAsync(new HttpMethod(method), path, new { }, Token, request =>
                {
                    request.Headers.Authorization = null;
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
                });
                Assert.Equal((401, "SC6026"), (answer.Status, answer.Code));
                bodies.Add(answer.Text);
            }
        }

        Assert.Single(bodies);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
        using var right = new FormClient(host.Root, mine);
        Assert.Equal(200, (await right.ViewAsync(Token)).Status);
    }

    [Fact]
    public async Task P8_E14_Reading_a_form_changes_nothing_and_neither_does_a_write_without_our_header()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        StoreSnapshot before = StoreSnapshot.Of(host.Folder);

        (await form.ViewAsync(Token)).Ok();
        Assert.Equal(405, (await form.SendAsync(HttpMethod.Head, "chat/forms/current/open", null, Token)).Status);
        foreach (string action in Writes)
        {
            Assert.Equal(405, (await form.GetAsync($"chat/forms/current/{action}", Token)).Status);
            using var bare = new FormClient(host.Root, "x");
            bare.Headers.Remove("X-SecureChat");
            bare.Headers.Authorization = form.Headers.Authorization;
            Answer refused = await bare.ActAsync(action, Token);
            Assert.Equal((403, "SC6006"), Result(refused));

            // Readable for the page all the same.
            Assert.Equal("*", refused.Headers["Access-Control-Allow-Origin"]);
        }

        foreach (string name in new[] { "access_token", "token" })
        {
            Assert.Equal("SC6016", (await form.GetAsync($"chat/forms/current?{name}={form.Headers.Authorization!.Parameter}", Token)).Code);
        }

        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder)));
    }

    [Fact]
    public async Task E51_Who_guesses_form_tokens_is_told_to_wait_and_who_has_one_is_not()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        using FormClient form = await GrantAsync(host, visitor, requestId);
        using var guesser = new FormClient(host.Root, $"{visitor.ConversationId}.{requestId}.{new string('A', 43)}");

        Answer answer = null!;
        for (int guess = 0; guess < 1000 && answer is not { Status: 429 }; guess++)
        {
            answer = await guesser.ViewAsync(Token);
            Assert.True(answer.Code is "SC6026" or "SC6010", $"{answer.Status} {answer.Text}");
        }

        Assert.Equal("SC6010", answer.Code);
        Assert.True(answer.Headers.ContainsKey("Retry-After"));
        Assert.Equal("Retry-After, Date", answer.Headers["Access-Control-Expose-Headers"]);
        (await form.ViewAsync(Token)).Ok();
    }

    [Fact]
    public async Task The_store_holds_a_hash_of_the_token_and_forgets_it_when_the_sweeper_comes()
    {
        var time = new FakeTimeProvider();
        await using RunningHost host = await StartAsync(time);
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        string token = await TokenAsync(visitor, requestId);

        FormRecords forms = host.App.Services.GetRequiredService<FormRecords>();
        FormRecord open = (await forms.FindAsync(visitor.ConversationId, requestId, Token))!;
        Assert.Equal(32, open.TokenHash!.Length);
        Assert.True(ConversationToken.Matches(token.Split('.')[2], open.TokenHash));

        time.Advance(TimeSpan.FromMinutes(11));
        await host.App.Services.GetRequiredService<FormService>().SettleAsync(open, Token);
        FormRecord ended = (await forms.FindAsync(visitor.ConversationId, requestId, Token))!;
        Assert.Equal((FormRequestState.Expired, null), (ended.State, ended.TokenHash));
    }

    [Theory]
    [InlineData("a former token counts")]
    [InlineData("a cookie counts")]
    [InlineData("credentials are allowed")]
    public async Task Saboteur_a_host_that_undoes_a_guarantee_is_found_by_the_check_for_it(string sabotage)
    {
        string? current = null;
        await using RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Pipeline = app => app.Use(async (context, next) =>
            {
                bool isForm = context.Request.Path.StartsWithSegments("/chat/forms");
                bool isSabotaged = sabotage switch
                {
                    "a former token counts" => context.Request.Headers.Authorization.Count > 0,
                    "a cookie counts" => context.Request.Cookies.Count > 0,
                    _ => false,
                };
                if (isForm && isSabotaged)
                {
                    context.Request.Headers.Authorization = $"Bearer {current}";
                }

                if (isForm && sabotage == "credentials are allowed")
                {
                    context.Response.OnStarting(() =>
                    {
                        context.Response.Headers.AccessControlAllowCredentials = "true";
                        return Task.CompletedTask;
                    });
                }

                await next(context);
            }),
        });
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        string requestId = await RequestedAsync(visitor, agent);
        string former = await TokenAsync(visitor, requestId);
        current = await TokenAsync(visitor, requestId);
        using FormClient form = new(host.Root, current);
        Answer seen = await form.ViewAsync(Token);
        using FormClient old = new(host.Root, former);

        string[] faults = sabotage switch
        {
            "a former token counts" => await FormerTokenFaultsAsync(old, seen.Ok()),
            "a cookie counts" => await ForeignKeyFaultsAsync(visitor, agent),
            _ => HeaderFaults(seen),
        };

        Assert.NotEmpty(faults);
    }

    /// <summary>What a token that was replaced still does, though it must do nothing.</summary>
    private static async Task<string[]> FormerTokenFaultsAsync(FormClient former, JsonNode view)
    {
        Answer[] answers =
        [
            await former.ViewAsync(Token), await former.ActAsync("open", Token), await former.SubmitAsync(view, Scenario.CardFields(), Token),
            await former.ActAsync("decline", Token), await former.ActAsync("extend", Token),
        ];
        return [.. answers.Where(static answer => Result(answer) != (401, "SC6026")).Select(static answer => $"{answer.Status} {answer.Text}")];
    }

    /// <summary>Where an agent's cookie or a conversation's token does what only a form's token may.</summary>
    private static async Task<string[]> ForeignKeyFaultsAsync(VisitorClient visitor, AgentClient agent)
    {
        var faults = new List<string>();
        foreach ((string method, string path) in Calls())
        {
            Answer byCookie = await agent.SendAsync(new HttpMethod(method), path, new { }, Token);
            Answer byConversation = await visitor.SendAsync(new HttpMethod(method), path, new { }, Token);
            if (Result(byCookie) != (401, "SC6003") || Result(byConversation) != (401, "SC6026"))
            {
                faults.Add($"{method} {path}: cookie {byCookie.Status}, conversation token {byConversation.Status}");
            }
        }

        return [.. faults];
    }

    /// <summary>What keeps an answer from being readable for a page without an origin, or brings cookies into it.</summary>
    private static string[] HeaderFaults(Answer answer) =>
    [
        .. answer.Headers.GetValueOrDefault("Access-Control-Allow-Origin") == "*" ? (string[])[] : ["not readable"],
        .. answer.Headers.Keys.Intersect(["Access-Control-Allow-Credentials", "Set-Cookie"], StringComparer.OrdinalIgnoreCase),
        .. answer.Headers.GetValueOrDefault("Cache-Control") == "no-store" ? (string[])[] : ["kept"],
    ];

    /// <summary>Short lives: a form is open for one minute.</summary>
    private static Task<RunningHost> StartAsync(FakeTimeProvider time) => RunningHost.StartAsync(folder => new TestHostOptions
    {
        Folder = folder,
        Time = time,
        Configure = static options =>
        {
            options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
            options.Lifetimes.FormOpen = TimeSpan.FromMinutes(1);
        },
    });

    private static async Task<string> RequestedAsync(VisitorClient visitor, AgentClient agent)
    {
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        return await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
    }

    private static async Task<string> TokenAsync(VisitorClient visitor, string requestId) =>
        (await visitor.ActAsync(requestId, "token", Token)).Ok()["token"]!.GetValue<string>();

    private static async Task<FormClient> GrantAsync(RunningHost host, VisitorClient visitor, string requestId) =>
        new(host.Root, await TokenAsync(visitor, requestId));

    private static IEnumerable<(string Method, string Path)> Calls() =>
        [("GET", "chat/forms/current"), .. Writes.Select(static action => ("POST", $"chat/forms/current/{action}"))];

    private static async Task<AuditEntry[]> EntriesAsync(RunningHost host, AuditAction action) =>
        [.. (await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token)).Where(entry => entry.Action == action)];

    private static string? State(JsonObject frame) => frame["arguments"]?[0]?["form"]?["state"]?.GetValue<string>();

    private static (int, string?) Result(Answer answer) => (answer.Status, answer.Code);
}
