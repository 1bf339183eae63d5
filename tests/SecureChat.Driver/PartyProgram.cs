using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>
/// A visitor or an agent as a process of its own. Takes one JSON command per line, <c>{"id":1,"do":"say",...}</c>, and answers each
/// with one line, <c>{"id":1,"ok":...}</c> or <c>{"id":1,"refused":{status,code}}</c>. What appears on the party's screen is a line of
/// its own, <c>{"screen":FRAME}</c>, in the order of arrival. Ends with its input. Token, keys and claims never leave the process.
/// </summary>
public sealed class PartyProgram : IAsyncDisposable
{
    private static readonly TimeSpan ScreenLife = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Func<JsonObject, CancellationToken, Task<Answer>>> _commands;
    private readonly Func<JsonObject, CancellationToken, Task<HubClient>> _join;
    private readonly TextWriter _output;
    private readonly Lock _writing = new();
    private HubClient? _screen;
    private Task _showing = Task.CompletedTask;

    private PartyProgram(
        TextWriter output,
        Func<JsonObject, CancellationToken, Task<HubClient>> join,
        Dictionary<string, Func<JsonObject, CancellationToken, Task<Answer>>> commands)
    {
        _output = output;
        _join = join;
        _commands = commands;
    }

    public static async Task<int> RunVisitorAsync(Uri root, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        using var visitor = new VisitorClient(root);
        await using var party = new PartyProgram(
            output,
            (_, token) => visitor.JoinAsync(token),
            new(StringComparer.Ordinal)
            {
                ["start"] = async (_, token) =>
                {
                    await visitor.StartAsync(token);
                    return Said(new JsonObject { ["conversationId"] = visitor.ConversationId });
                },
                ["say"] = (command, token) => visitor.SayAsync(Text(command, "text"), token),
                ["view"] = (command, token) => visitor.ViewFormAsync(Text(command, "requestId"), token),
                ["open"] = (command, token) => visitor.ActAsync(Text(command, "requestId"), "open", token),
                ["submit"] = (command, token) => visitor.SubmitAsync(
                    Text(command, "requestId"), command["fields"].Deserialize<Dictionary<string, string>>() ?? [], token),
                ["withdraw"] = (command, token) => visitor.ActAsync(Text(command, "requestId"), "withdraw", token),
                ["events"] = (_, token) => visitor.EventsAsync(token),
                ["close"] = (_, token) => visitor.CloseAsync(token),
            });
        return await party.ServeAsync(input, cancellationToken);
    }

    public static async Task<int> RunAgentAsync(Uri root, string cookie, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        using var agent = new AgentClient(root);
        agent.SignIn(cookie);
        var browsers = new Dictionary<string, ClaimingBrowser>(StringComparer.Ordinal);
        string conversationId = "";
        try
        {
            await using var party = new PartyProgram(
                output,
                (_, token) => agent.JoinAsync(conversationId, token),
                new(StringComparer.Ordinal)
                {
                    ["assign"] = (command, token) => agent.AssignAsync(conversationId = Text(command, "conversationId"), token),
                    ["say"] = (command, token) => agent.SayAsync(conversationId, Text(command, "text"), token),
                    ["request"] = async (command, token) =>
                        Said(new JsonObject { ["requestId"] = await agent.RequestFormAsync(conversationId, Text(command, "formKey"), token) }),
                    ["step-up"] = (command, token) => agent.StepUpAsync(
                        conversationId, Text(command, "requestId"), Browser(command), $"code-{VisitorClient.NewId()}", token),
                    ["reveal"] = async (command, token) =>
                    {
                        string requestId = Text(command, "requestId");
                        Answer answer = await agent.RevealAsync(
                            conversationId, requestId, Browser(command), await agent.ValueIdsAsync(conversationId, requestId, token), token, command["reason"]?.GetValue<string>());
                        return answer.Status != 200
                            ? answer
                            : Said(JsonSerializer.SerializeToNode(AgentClient.Open(answer.Json!, conversationId, requestId, Browser(command)))!);
                    },
                    ["acknowledge"] = (command, token) => agent.AcknowledgeAsync(conversationId, Text(command, "requestId"), Browser(command), token),
                    ["events"] = (_, token) => agent.EventsAsync(conversationId, token),
                });
            return await party.ServeAsync(input, cancellationToken);
        }
        finally
        {
            foreach (ClaimingBrowser browser in browsers.Values)
            {
                browser.Dispose();
            }
        }

        // The agent's browsers by name: each has a claim and a key of its own.
        ClaimingBrowser Browser(JsonObject command)
        {
            string name = command["browser"]?.GetValue<string>() ?? "first";
            return browsers.TryGetValue(name, out ClaimingBrowser? browser) ? browser : browsers[name] = new ClaimingBrowser();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_screen is not null)
        {
            await _screen.DisposeAsync();
        }
    }

    private static string Text(JsonObject command, string name) =>
        command[name]?.GetValue<string>() ?? throw new InvalidOperationException($"The command needs \"{name}\".");

    private static Answer Said(JsonNode json) => new() { Status = 200, Text = json.ToJsonString(), Headers = new Dictionary<string, string>() };

    private async Task<int> ServeAsync(TextReader input, CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            var command = (JsonObject)JsonNode.Parse(line)!;
            JsonObject reply;
            try
            {
                reply = await DoAsync(command, stopping.Token);
            }
            catch (Exception fault) when (fault is InvalidOperationException or HttpRequestException or HubCallException or TimeoutException)
            {
                reply = new JsonObject { ["failed"] = fault.Message };
            }

            reply["id"] = command["id"]?.DeepClone();
            Write(reply);
        }

        await stopping.CancelAsync();
        await _showing;
        return 0;
    }

    private async Task<JsonObject> DoAsync(JsonObject command, CancellationToken cancellationToken)
    {
        string name = Text(command, "do");
        if (name == "join")
        {
            HubClient screen = _screen = await _join(command, cancellationToken);
            _showing = ShowAsync(screen, cancellationToken);
            return new JsonObject { ["ok"] = true };
        }

        Answer answer = _commands.TryGetValue(name, out var run)
            ? await run(command, cancellationToken)
            : throw new InvalidOperationException("There is no such command.");
        return answer.Status is >= 200 and < 300
            ? new JsonObject { ["ok"] = answer.Json ?? true }
            : new JsonObject { ["refused"] = new JsonObject { ["status"] = answer.Status, ["code"] = answer.Code } };
    }

    private async Task ShowAsync(HubClient screen, CancellationToken cancellationToken)
    {
        try
        {
            await screen.WaitForAsync(
                "the end",
                frame =>
                {
                    if (frame["target"] is not null)
                    {
                        Write(new JsonObject { ["screen"] = frame.DeepClone() });
                    }

                    return false;
                },
                ScreenLife,
                cancellationToken);
        }
        catch (Exception fault) when (fault is OperationCanceledException or TimeoutException)
        {
            // The party ends, or has looked long enough.
        }
    }

    private void Write(JsonObject line)
    {
        lock (_writing)
        {
            _output.WriteLine(line.ToJsonString());
            _output.Flush();
        }
    }
}
