using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Authorisation;

/// <summary>P9, E15: every endpoint of a real host × every kind of caller × every state, against an explicit table.</summary>
public sealed class AuthorisationMatrixTests(AuthorisationMatrixTests.Fixture fixture) : IClassFixture<AuthorisationMatrixTests.Fixture>
{
    private const string Foreign = "https://evil.example";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MatrixWorld World => fixture.World;

    public static TheoryData<string> Keys => [.. AuthorisationTable.Endpoints.Keys.Where(static key => !key.Contains("hub", StringComparison.Ordinal))];

    public static TheoryData<string> Writes => [.. AuthorisationTable.Endpoints.Keys.Where(static key => key.StartsWith("POST ", StringComparison.Ordinal) && !key.Contains("hub", StringComparison.Ordinal))];

    [Fact]
    public void Every_endpoint_of_the_host_has_a_row_and_every_row_an_endpoint() => Assert.Empty(Uncovered(World));

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task P9_Each_caller_gets_what_the_table_says_and_who_is_refused_changes_nothing(string endpoint)
    {
        (IReadOnlyList<string> faults, int count) = await RunAsync(World, endpoint);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} cells");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task P9_A_host_in_Development_has_a_few_endpoints_more_and_they_change_nothing()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(environment: "Development");
        await world.MakeStrangerAsync();
        string[] added = [.. world.Endpoints().Select(static endpoint => endpoint.Key).Except(AuthorisationTable.Endpoints.Keys).Order(StringComparer.Ordinal)];
        Assert.Equal(AuthorisationTable.DevelopmentEndpoints.Keys.Order(StringComparer.Ordinal), added);
        foreach (string endpoint in added)
        {
            (IReadOnlyList<string> faults, _) = await RunAsync(world, endpoint);
            Assert.True(faults.Count == 0, string.Join('\n', faults));
        }
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_write_without_our_header_or_from_another_origin_is_refused_for_every_caller_and_changes_nothing(string endpoint)
    {
        (IReadOnlyList<string> faults, int count) = await ForgeAsync(World, endpoint);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} calls");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task P8_No_other_method_reaches_a_write_and_none_changes_anything()
    {
        var mapped = World.Endpoints().Select(static endpoint => endpoint.Key).ToHashSet(StringComparer.Ordinal);
        await AllSharedAsync(World, ["open", "submitted"]);
        StoreSnapshot before = StoreSnapshot.Of(World.Host.Folder);
        int count = 0;
        foreach (string endpoint in mapped.Where(static key => !key.Contains("hub", StringComparison.Ordinal)))
        {
            string pattern = endpoint.Split(' ')[1];
            Subject subject = await World.SharedAsync(pattern.Contains("{requestId}", StringComparison.Ordinal) ? "submitted" : "open");
            foreach (string method in new[] { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE" }.Where(method => !mapped.Contains($"{method} {pattern}")))
            {
                Caller caller = pattern.StartsWith("visitor", StringComparison.Ordinal) ? Caller.Visitor : Caller.Agent;
                Answer answer = await World.CallAsync(endpoint, subject, caller, method: method);
                Assert.True(answer.Status == 405, $"{method} {pattern} answered {answer.Status}");
                Assert.True(method == "HEAD" || answer.Code == "SC6023", $"{method} {pattern} answered {answer.Text}");
                count++;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} calls");
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(World.Host.Folder)));
    }

    [Fact]
    public async Task Saboteur_an_endpoint_that_nobody_put_into_the_table_is_found()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(static chat => ProductServices.AddEndpoints(
            chat.Services, SecureChatPart.Agent, static agent => agent.MapGet("/conversations/{id}/export", static (string id) => id)));

        Assert.Equal(["GET agent/conversations/{id}/export has no row"], Uncovered(world));
    }

    [Fact]
    public async Task Saboteur_a_policy_that_lets_everybody_in_is_found_at_the_endpoints_it_opens()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(static chat => chat.Services.Configure<AuthorizationOptions>(static options =>
            options.AddPolicy("SecureChat.Supervisor", static policy => policy.RequireAuthenticatedUser())));
        await world.MakeStrangerAsync();

        (IReadOnlyList<string> reads, _) = await RunAsync(world, "GET agent/conversations/{id}/events");
        Assert.Contains(reads, static fault => fault.StartsWith("open × UnassignedAgent: expected SC6005", StringComparison.Ordinal));
        (IReadOnlyList<string> audits, _) = await RunAsync(world, "GET agent/audit/entries");
        Assert.Empty(audits);
    }

    [Fact]
    public async Task Saboteur_a_refusal_that_writes_something_down_is_found()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(pipeline: static app => app.Use(static async (context, next) =>
        {
            await next(context);
            if (context.Response.StatusCode == 404)
            {
                await context.RequestServices.GetRequiredService<SecureChatStores>().Data.InsertAsync(
                    new StoreRecord { Key = new RecordKey { Kind = RecordKinds.SingleUse, Partition = "leftover", Id = SecureChatId.New() }, Body = new byte[] { 1 } },
                    CancellationToken.None);
            }
        }));
        await world.MakeStrangerAsync();

        (IReadOnlyList<string> faults, _) = await RunAsync(world, "GET agent/conversations/{id}");

        Assert.NotEmpty(faults);
        Assert.All(faults, static fault => Assert.StartsWith("Calls that must change nothing: added chat.db single-use leftover/", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saboteur_a_reveal_that_is_refused_off_the_record_is_found()
    {
        // The log as the check reads it lacks every denial.
        await World.MakeStrangerAsync();
        (IReadOnlyList<string> faults, _) = await RunAsync(World, "POST agent/conversations/{conversationId}/forms/{requestId}/reveal", static _ => []);

        Assert.Contains(faults, static fault => fault.StartsWith("submitted × UnassignedAgent: expected 1 denial on record", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("X-SecureChat", "1", "no header")]
    [InlineData("Origin", null, "Origin https://evil.example")]
    public async Task Saboteur_a_host_that_forgives_the_header_or_the_origin_is_found(string header, string? value, string fault)
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(pipeline: app => app.Use((context, next) =>
        {
            context.Request.Headers[header] = value ?? $"{context.Request.Scheme}://{context.Request.Host}";
            return next(context);
        }));
        await world.MakeStrangerAsync();

        (IReadOnlyList<string> faults, _) = await ForgeAsync(world, "POST agent/conversations/{id}/messages");

        Assert.Contains(faults, text => text.StartsWith($"{fault} × Agent", StringComparison.Ordinal));
    }

    private static List<string> Uncovered(MatrixWorld world)
    {
        string[] mapped = [.. world.Endpoints().Select(static endpoint => endpoint.Key).Distinct(StringComparer.Ordinal)];
        return
        [
            .. mapped.Except(AuthorisationTable.Endpoints.Keys).Select(static key => $"{key} has no row"),
            .. AuthorisationTable.Endpoints.Keys.Except(mapped).Select(static key => $"{key} is no endpoint"),
        ];
    }

    /// <summary>One row: refusals and reads together between two pictures of the stores, then each allowed write on something of its own.</summary>
    private static async Task<(IReadOnlyList<string> Faults, int Count)> RunAsync(
        MatrixWorld world, string endpoint, Func<IReadOnlyList<AuditEntry>, IReadOnlyList<AuditEntry>>? log = null)
    {
        IReadOnlyList<Cell> cells = AuthorisationTable.Endpoints.GetValueOrDefault(endpoint) ?? AuthorisationTable.DevelopmentEndpoints[endpoint];
        bool isRead = endpoint.StartsWith("GET ", StringComparison.Ordinal);
        var faults = new List<string>();
        await AllSharedAsync(world, cells.Select(static cell => cell.State));

        StoreSnapshot before = StoreSnapshot.Of(world.Host.Folder);
        foreach (Cell cell in cells.Where(cell => isRead || cell.Code is not null))
        {
            long head = await world.AuditHeadAsync();
            Subject subject = await world.SharedAsync(cell.State);
            Check(cell, await world.CallAsync(endpoint, subject, cell.Caller), faults);
            if (endpoint.EndsWith("/reveal", StringComparison.Ordinal))
            {
                IReadOnlyList<AuditEntry> entries = await world.AuditAfterAsync(head);
                CheckDenial(cell, subject, log is null ? entries : log(entries), faults);
            }
        }

        faults.AddRange(before.ChangesTo(StoreSnapshot.Of(world.Host.Folder)).Select(static change => $"Calls that must change nothing: {change}"));
        foreach (Cell cell in cells.Where(cell => !isRead && cell.Code is null))
        {
            Check(cell, await world.CallAsync(endpoint, await world.MakeAsync(cell.State), cell.Caller), faults);
        }

        return (faults, cells.Count);
    }

    private static void Check(Cell cell, Answer answer, List<string> faults)
    {
        string expected = cell.Code ?? "ok";
        string actual = answer.Status is 200 or 201 ? "ok" : answer.Code ?? $"{answer.Status} without a code";
        if (actual != expected)
        {
            faults.Add($"{cell}: expected {expected}, got {actual} ({answer.Status})");
        }
        else if (cell.Code is not null && answer.Status != SecureChatErrors.All.Single(error => error.Code == cell.Code).Status)
        {
            faults.Add($"{cell}: {cell.Code} came with status {answer.Status}");
        }
    }

    /// <summary>Every refused reveal by somebody who is signed in is on record, with the ids that name something and no others.</summary>
    private static void CheckDenial(Cell cell, Subject subject, IReadOnlyList<AuditEntry> entries, List<string> faults)
    {
        bool isExpected = cell.Code is not null && cell.Caller is not (Caller.Anonymous or Caller.Visitor or Caller.OtherVisitor);
        AuditEntry[] denials = [.. entries.Where(static entry => entry is { Action: AuditAction.RevealOutcome, Outcome: AuditOutcome.Denied })];
        if (denials.Length != (isExpected ? 1 : 0))
        {
            faults.Add($"{cell}: expected {(isExpected ? 1 : 0)} denial on record, found {denials.Length}");
            return;
        }

        if (isExpected && (denials[0].Code != cell.Code || denials[0].ActorRef is null))
        {
            faults.Add($"{cell}: the denial says {denials[0].Code}");
        }

        if (isExpected && cell.Code == "SC6005" && cell.State is "unknown" or "absent" && denials[0].RequestId == subject.RequestId)
        {
            faults.Add($"{cell}: the log repeats an id that names nothing");
        }
    }

    /// <summary>Forged writes, by every caller. All of them are refused at the door, so one subject serves all.</summary>
    private static async Task<(IReadOnlyList<string> Faults, int Count)> ForgeAsync(MatrixWorld world, string endpoint)
    {
        bool isAgentPart = endpoint.StartsWith("POST agent", StringComparison.Ordinal);
        bool isFormPart = endpoint.StartsWith("POST forms/", StringComparison.Ordinal);
        string own = world.Host.Root.GetLeftPart(UriPartial.Authority);
        string state = AuthorisationTable.Endpoints[endpoint].First(static cell => cell.Code is null).State;
        await AllSharedAsync(world, [state]);
        Subject subject = await world.SharedAsync(state);
        (string Name, string Code, Action<HttpRequestMessage> Change)[] forgeries =
        [
            ("no header", "SC6006", static request => MatrixWorld.Without(request, "X-SecureChat")),
            ("header 0", "SC6006", static request => Set(request, "X-SecureChat", "0")),
            ("header true", "SC6006", static request => Set(request, "X-SecureChat", "true")),
            ("two headers", "SC6006", static request => Set(request, "X-SecureChat", "1", "1")),
            ($"Origin {Foreign}", "SC6007", static request => Set(request, "Origin", Foreign)),
            ("Origin null", "SC6007", static request => Set(request, "Origin", "null")),
            ("Origin of another port", "SC6007", static request => Set(request, "Origin", "http://127.0.0.1:1")),
            ("Origin of another scheme", "SC6007", request => Set(request, "Origin", own.Replace("http:", "https:", StringComparison.Ordinal))),
            ("Origin that begins like ours", "SC6007", request => Set(request, "Origin", own + ".evil.example")),
            ("two Origins", "SC6007", request => Set(request, "Origin", own, Foreign)),
            ("no Origin, another site", "SC6007", static request =>
            {
                MatrixWorld.Without(request, "Origin");
                Set(request, "Sec-Fetch-Site", "cross-site");
            }),
            ("no Origin, a sibling site", "SC6007", static request =>
            {
                MatrixWorld.Without(request, "Origin");
                Set(request, "Sec-Fetch-Site", "same-site");
            }),
        ];

        var faults = new List<string>();
        int count = 0;
        StoreSnapshot before = StoreSnapshot.Of(world.Host.Folder);
        foreach (Caller caller in AuthorisationTable.Callers)
        {
            // The secure form has no other origin than this one.
            foreach ((string name, string code, Action<HttpRequestMessage> change) in forgeries.Where(forgery => !isFormPart || forgery.Name != "Origin null"))
            {
                await ExpectAsync(name, caller, code, change);
            }

            // A browser always states the Origin of a write; a caller it signs in by itself needs one. A program with a token has none.
            if (isAgentPart)
            {
                await ExpectAsync("no Origin", caller, "SC6007", static request => MatrixWorld.Without(request, "Origin"));
            }
        }

        // What passes this door meets the next one.
        string next = endpoint == "POST visitor/conversations" ? "ok" : "SC6003";
        if (next != "ok")
        {
            await ExpectAsync("no Origin, own page", Caller.Anonymous, next, static request =>
            {
                MatrixWorld.Without(request, "Origin");
                Set(request, "Sec-Fetch-Site", "same-origin");
            });
            if (isFormPart)
            {
                await ExpectAsync("Origin null", Caller.Anonymous, next, static request => Set(request, "Origin", "null"));
            }

            if (!isAgentPart)
            {
                await ExpectAsync("no Origin", Caller.Anonymous, next, static request => MatrixWorld.Without(request, "Origin"));
            }
        }

        faults.AddRange(before.ChangesTo(StoreSnapshot.Of(world.Host.Folder)).Select(static change => $"Forged calls must change nothing: {change}"));
        return (faults, count);

        async Task ExpectAsync(string name, Caller caller, string code, Action<HttpRequestMessage> change)
        {
            Answer answer = await world.CallAsync(endpoint, subject, caller, change);
            count++;
            if (answer.Code != code)
            {
                faults.Add($"{name} × {caller}: expected {code}, got {answer.Status} {answer.Code}");
            }
        }
    }

    private static void Set(HttpRequestMessage request, string name, params string[] values)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>Makes what is needed before rows are compared.</summary>
    private static async Task AllSharedAsync(MatrixWorld world, IEnumerable<string> states)
    {
        foreach (string state in states.Distinct())
        {
            await world.SharedAsync(state);
        }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal MatrixWorld World { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            World = await MatrixWorld.StartAsync();
            await World.MakeStrangerAsync();
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();
    }
}
