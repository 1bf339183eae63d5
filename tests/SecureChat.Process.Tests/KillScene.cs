using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

/// <summary>One conversation around one kill: its parties, who find the host again wherever it was started, and what must hold in the end.</summary>
internal sealed class KillScene(KillBench bench, int number) : IDisposable
{
    // Longer than a viewing window, an orphan's and a teller's grace, and the patience with which an end is taken over.
    public static readonly TimeSpan EveryGrace = TimeSpan.FromSeconds(90);

    // Longer than any value and any open form live.
    public static readonly TimeSpan EveryLife = TimeSpan.FromMinutes(32);

    private readonly List<IDisposable> _parties = [];
    private readonly string _agentId = $"ada-{number}";
    private VisitorClient? _known;

    public string ConversationId => _known!.ConversationId;

    public string RequestId { get; private set; } = "";

    public string Cvc { get; } = Seed.For("cvc", number).Next(100, 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The browser that steps up and reveals.</summary>
    public ClaimingBrowser Browser { get; } = new();

    public SubmittedCard Submitted { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public VisitorClient Visitor => Keep(bench.Host.Visitor(_known!));

    public AgentClient Agent => Keep(bench.Host.Agent(_agentId));

    public async Task StartAsync()
    {
        _known = Keep(new VisitorClient(bench.Host.Root));
        await _known.StartAsync(Token);
        (await Agent.AssignAsync(ConversationId, Token)).Ok();
    }

    public async Task RequestAsync()
    {
        await StartAsync();
        RequestId = await Agent.RequestFormAsync(ConversationId, "card-payment", Token);
    }

    public Task<Answer> SubmitAsync(string submissionId, string? cvc = null) => Visitor.SubmitAsync(RequestId, Scenario.CardFields(cvc ?? Cvc), Token, submissionId);

    public async Task SubmittedAsync()
    {
        await RequestAsync();
        Accept(await SubmitAsync(VisitorClient.NewId()));
    }

    /// <summary>Remembers what a submission was answered with.</summary>
    public void Accept(Answer answer) => Submitted = new SubmittedCard(ConversationId, RequestId, Scenario.Ids(answer.Ok()));

    /// <summary>Remembers the values of a submission whose answer was lost.</summary>
    public async Task FindSubmittedAsync() => Submitted = new SubmittedCard(ConversationId, RequestId, await Agent.ValueIdsAsync(ConversationId, RequestId, Token));

    public async Task SteppedUpAsync()
    {
        await SubmittedAsync();
        await StepUpAsync();
    }

    public Task StepUpAsync() => Agent.StepUpAsync(Submitted, Browser);

    public async Task RevealedAsync()
    {
        await SteppedUpAsync();
        (await RevealAsync()).Ok();
    }

    public Task<Answer> RevealAsync() => Agent.RevealAsync(Submitted, Browser);

    public Task<Answer> AcknowledgeAsync() => Agent.AcknowledgeAsync(ConversationId, RequestId, Browser, Token);

    public Dictionary<string, string> Open(Answer reveal) => AgentClient.Open(reveal.Ok(), ConversationId, RequestId, Browser);

    /// <summary>Another browser of the same agent, with a second factor of its own.</summary>
    public async Task<Answer> RevealElsewhereAsync()
    {
        using var other = new ClaimingBrowser();
        await Agent.StepUpAsync(Submitted, other);
        return await Agent.RevealAsync(Submitted, other);
    }

    public async Task<JsonNode> CardAsync() => (await Agent.CardAsync(ConversationId, RequestId, Token)).Ok();

    public async Task<string[]> StatesAsync() => [.. (await CardAsync())["values"]!.AsArray().Select(static value => value!["state"]!.GetValue<string>())];

    public async Task<JsonNode[]> ConsentsAsync() =>
        [.. (await Keep(bench.Host.PrivacyOfficer()).GetAsync($"chat/agent/privacy/conversations/{ConversationId}/consents", Token)).Ok()["consents"]!.AsArray().Select(static consent => consent!)];

    /// <summary>Facts of this conversation in the audit log.</summary>
    public async Task<List<AuditLine>> AuditAsync() =>
        [.. (await bench.Host.ReadAuditAsync()).Where(line => line.Conversation == ConversationId)];

    /// <summary>What must hold of the conversation when the sweeper has been there: nothing half told, half destroyed or orphaned.</summary>
    public async Task<List<string>> FaultsAsync(int keysLeft)
    {
        Transcript transcript = await Transcript.ReadAsync(Visitor);
        var faults = new List<string>(transcript.Faults());
        faults.AddRange(StoredRecords.Unfinished(bench.Folder, ConversationId));
        int keys = StoredRecords.ReleaseKeys(bench.Folder, ConversationId);
        if (keys != keysLeft)
        {
            faults.Add($"{keys} release keys are left instead of {keysLeft}");
        }

        string verified = await bench.Host.VerifyAuditAsync();
        if (!verified.StartsWith("OK", StringComparison.Ordinal))
        {
            faults.Add(verified);
        }

        return faults;
    }

    /// <summary>Every value is destroyed for this reason, and everybody is told once.</summary>
    public async Task AssertDeletedAsync(params string[] reasons)
    {
        Assert.Empty(await FaultsAsync(keysLeft: 0));
        JsonNode card = await CardAsync();
        Assert.All(card["values"]!.AsArray(), value => Assert.Contains(value!["reason"]?.GetValue<string>(), reasons));
        Assert.True((await Transcript.ReadAsync(Visitor)).SaysDeleted(RequestId), "The transcript does not say \"deleted\".");
        List<AuditLine> audit = await AuditAsync();
        Assert.Contains(audit, static line => line.Action == AuditAction.ValuesDestroyed);
    }

    /// <summary>The form can be asked for again: its place in the conversation is free.</summary>
    public async Task AssertPlaceIsFreeAsync() =>
        Assert.NotEqual(RequestId, await Agent.RequestFormAsync(ConversationId, "card-payment", Token));

    public void Dispose()
    {
        Browser.Dispose();
        _parties.ForEach(static party => party.Dispose());
    }

    private T Keep<T>(T party)
        where T : IDisposable
    {
        _parties.Add(party);
        return party;
    }
}
