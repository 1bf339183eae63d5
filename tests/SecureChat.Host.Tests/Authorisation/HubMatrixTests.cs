using System.Net.WebSockets;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Authorisation;

/// <summary>P9: every method of the hub × every kind of caller × what happened on the connection, against an explicit table.</summary>
public sealed class HubMatrixTests(AuthorisationMatrixTests.Fixture fixture) : IClassFixture<AuthorisationMatrixTests.Fixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private MatrixWorld World => fixture.World;

    public static TheoryData<string> Methods => [.. AuthorisationTable.HubMethods.Keys];

    public static TheoryData<string?> ForeignOrigins => ["https://evil.example", "null", "http://127.0.0.1:1"];

    [Fact]
    public void Every_method_of_the_hub_has_a_row_and_every_row_a_method() => Assert.Empty(Uncovered(typeof(ChatHub)));

    [Fact]
    public void Saboteur_a_hub_method_that_nobody_put_into_the_table_is_found() =>
        Assert.Contains("Export has no row", Uncovered(typeof(HubWithExport)));

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task P9_Each_caller_gets_what_the_table_says_and_who_is_refused_changes_nothing(string method)
    {
        (IReadOnlyList<string> faults, int count) = await RunAsync(World, method);
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} cells");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Saboteur_a_policy_that_does_not_notice_the_lost_role_is_found()
    {
        await using MatrixWorld world = await MatrixWorld.StartAsync(static chat => chat.Services.Configure<AuthorizationOptions>(static options =>
            options.AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent"))));
        await world.MakeStrangerAsync();

        (IReadOnlyList<string> faults, _) = await RunAsync(world, "History");

        Assert.Equal(["revoked × Agent: expected SC6003, got ok"], faults);
    }

    [Fact]
    public async Task Anybody_may_connect_from_our_own_page()
    {
        foreach (Caller caller in AuthorisationTable.Callers)
        {
            await using HubClient hub = await World.ConnectAsync(caller);
            Assert.Equal("SC6020", CodeOf(await hub.InvokeAsync("Heartbeat", new { lastSequence = 0 }, Token)));
            Assert.Equal(200, (await World.CallAsync("* hub/negotiate", new Subject(), caller, method: "POST")).Status);
        }
    }

    [Theory]
    [MemberData(nameof(ForeignOrigins))]
    public async Task Nobody_connects_from_another_origin(string? origin)
    {
        Subject subject = await World.SharedAsync("open");
        foreach (Caller caller in AuthorisationTable.Callers)
        {
            WebSocketException refusal = await Assert.ThrowsAsync<WebSocketException>(() => World.ConnectAsync(caller, origin));
            Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
            foreach ((string endpoint, string method) in new[] { ("* hub/negotiate", "POST"), ("* hub", "GET") })
            {
                Answer answer = await World.CallAsync(
                    endpoint, subject, caller, request => request.Headers.TryAddWithoutValidation("Origin", origin), method);
                Assert.Equal((403, "SC6007"), (answer.Status, answer.Code));
            }
        }
    }

    [Fact]
    public async Task Nobody_connects_without_an_origin()
    {
        foreach (Caller caller in AuthorisationTable.Callers)
        {
            foreach ((string endpoint, string method) in new[] { ("* hub/negotiate", "POST"), ("* hub", "GET") })
            {
                Answer plain = await World.CallAsync(endpoint, new Subject(), caller, static request => MatrixWorld.Without(request, "Origin"), method);
                Assert.Equal((403, "SC6007"), (plain.Status, plain.Code));
            }

            Answer upgrade = await World.CallAsync("* hub", new Subject(), caller, static request =>
            {
                MatrixWorld.Without(request, "Origin");
                request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
                request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
                request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
                request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
                request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
            });
            Assert.Equal((403, "SC6007"), (upgrade.Status, upgrade.Code));
        }
    }

    private static List<string> Uncovered(Type hub)
    {
        string[] methods =
        [
            .. hub.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(static method => method.GetBaseDefinition().DeclaringType == method.DeclaringType && !method.IsSpecialName)
                .Select(static method => method.Name),
        ];
        return
        [
            .. methods.Except(AuthorisationTable.HubMethods.Keys).Select(static name => $"{name} has no row"),
            .. AuthorisationTable.HubMethods.Keys.Except(methods).Select(static name => $"{name} is no method"),
        ];
    }

    private static async Task<(IReadOnlyList<string> Faults, int Count)> RunAsync(MatrixWorld world, string method)
    {
        IReadOnlyList<Cell> cells = AuthorisationTable.HubMethods[method];
        var faults = new List<string>();
        foreach (IGrouping<string, Cell> situation in cells.GroupBy(static cell => cell.State))
        {
            bool isJoin = method == "Join";
            bool isConnected = situation.Key == "connected";
            Subject subject = isJoin ? await world.SharedAsync(situation.Key) : await world.MakeAsync("requested");
            var connections = new Dictionary<Caller, HubClient>();
            try
            {
                foreach (Cell cell in situation)
                {
                    HubClient hub = connections[cell.Caller] = await world.ConnectAsync(cell.Caller);
                    if (!isJoin && !isConnected)
                    {
                        Assert.Null(CodeOf(await hub.InvokeAsync("Join", Argument("Join", world.TokenOf(cell.Caller, subject), subject), Token)));
                    }
                }

                using IDisposable? undo = await HappenAsync(world, situation.Key, subject, connections.Values);

                // The refused first: nothing may have changed after them.
                StoreSnapshot before = StoreSnapshot.Of(world.Host.Folder);
                foreach (Cell cell in situation.Where(static cell => cell.Code is not null))
                {
                    await CheckAsync(cell);
                }

                faults.AddRange(before.ChangesTo(StoreSnapshot.Of(world.Host.Folder)).Select(change => $"{situation.Key}: a refused call must change nothing: {change}"));
                foreach (Cell cell in situation.Where(static cell => cell.Code is null))
                {
                    await CheckAsync(cell);
                }

                async Task CheckAsync(Cell cell)
                {
                    string actual = CodeOf(await connections[cell.Caller].InvokeAsync(method, Argument(method, world.TokenOf(cell.Caller, subject), subject), Token)) ?? "ok";
                    if (actual != (cell.Code ?? "ok"))
                    {
                        faults.Add($"{cell}: expected {cell.Code ?? "ok"}, got {actual}");
                    }
                }
            }
            finally
            {
                foreach (HubClient hub in connections.Values)
                {
                    await hub.DisposeAsync();
                }
            }
        }

        return (faults, cells.Count);
    }

    private static async Task<IDisposable?> HappenAsync(MatrixWorld world, string situation, Subject subject, IEnumerable<HubClient> connections)
    {
        switch (situation)
        {
            case "ended":
                (await world.CallAsync("POST agent/conversations/{id}/close", subject, Caller.Agent)).Ok();
                return null;
            case "moved":
                (await world.CallAsync("POST agent/conversations/{id}/transfer", subject, Caller.Agent)).Ok();
                return null;
            case "revoked":
                return world.Revoke(MatrixWorld.AgentId, "sue");
            case "left":
                foreach (HubClient hub in connections)
                {
                    Assert.Null(CodeOf(await hub.InvokeAsync("Leave", new { }, Token)));
                }

                return null;
            default:
                return null;
        }
    }

    private static object Argument(string method, string? token, Subject subject) => method switch
    {
        "Join" when token is not null => new { conversationId = subject.ConversationId, token, after = 0 },
        "Join" => new { conversationId = subject.ConversationId, after = 0 },
        "Send" => new { clientId = VisitorClient.NewId(), text = "hello" },
        "History" => new { after = 0 },
        "Typing" => new { isTyping = true },
        "FormProgress" => new { requestId = subject.RequestId, filled = 1, total = 3 },
        "Heartbeat" => new { lastSequence = 0 },
        _ => new { },
    };

    private static string? CodeOf(JsonNode? reply) => reply?["error"]?["code"]?.GetValue<string>();

    private sealed class HubWithExport : Hub
    {
        public Task<HubReply> Export(LeaveCommand command) => Task.FromResult(HubReply.Of(command));
    }
}
