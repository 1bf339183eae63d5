using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>
/// A host in Production that gets bad input. Each test brings its own parties; whatever it sends, nothing may be stored and the host
/// serves on.
/// </summary>
public sealed class BadInputHost : IAsyncLifetime
{
    private RunningHost? _host;

    internal RunningHost Host => _host!;

    public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync(static path => new TestHostOptions
    {
        Folder = path,

        // Nothing is stored by a refusal; what the sweeper does in between would blur that.
        Configure = static options => options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5),
    });

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}

/// <summary>A visitor and the agent of the conversation, with a form that is open and one that is submitted.</summary>
internal sealed class Parties : IDisposable
{
    private Parties(RunningHost host, VisitorClient visitor, AgentClient agent)
    {
        Host = host;
        Visitor = visitor;
        Agent = agent;
    }

    public RunningHost Host { get; }

    public VisitorClient Visitor { get; }

    public AgentClient Agent { get; }

    /// <summary>The secure form of another open request.</summary>
    public FormClient Form { get; private set; } = null!;

    public SubmittedCard Card { get; private set; } = null!;

    public string OpenForm { get; private set; } = "";

    public string Consent { get; private set; } = "";

    public string VisitorPath => $"chat/visitor/conversations/{Visitor.ConversationId}";

    public string AgentPath => $"chat/agent/conversations/{Visitor.ConversationId}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Parties> MeetAsync(RunningHost host)
    {
        var parties = new Parties(host, host.Visitor(), host.Agent());
        parties.Card = await Scenario.SubmitCardAsync(parties.Visitor, parties.Agent);
        parties.OpenForm = await parties.Agent.RequestFormAsync(parties.Visitor.ConversationId, "card-payment", Token);
        string identity = await parties.Agent.RequestFormAsync(parties.Visitor.ConversationId, "identity", Token);
        parties.Form = new FormClient(host.Root, (await parties.Visitor.ActAsync(identity, "token", Token)).Ok()["token"]!.GetValue<string>());
        JsonNode notice = (await parties.Visitor.ViewFormAsync(parties.OpenForm, Token)).Ok()["notice"]!;
        parties.Consent = $$"""{"given":true,"version":"{{notice["version"]}}","language":"{{notice["language"]}}","sha256":"{{notice["sha256"]}}"}""";
        return parties;
    }

    /// <summary>The host serves: a message goes through and is read back.</summary>
    public async Task StillServedAsync()
    {
        string text = $"still here {VisitorClient.NewId()[..6]}";
        (await Agent.SayAsync(Visitor.ConversationId, text, Token)).Ok();
        Assert.Contains(text, (await Visitor.EventsAsync(Token)).Ok()["events"]!.AsArray().Select(static found => found!["text"]?.GetValue<string>()));
    }

    public void Dispose()
    {
        Visitor.Dispose();
        Form.Dispose();
        Agent.Dispose();
    }
}
