using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Vendor;

/// <summary>The steps of the main job, in their order.</summary>
public enum JobStep
{
    Start,
    Assign,
    VisitorMessage,
    AgentMessage,
    RequestForm,
    Open,
    Submit,
    StepUp,
    Reveal,
    RevealAgain,
    Acknowledge,

    /// <summary>Not on the way to the end: other ends of a form or conversation.</summary>
    Withdraw,
    Cancel,
    Decline,
    Close,
}

/// <summary>One visitor and one agent who can do each step again with the same ids.</summary>
internal sealed class Party : IDisposable
{
    public const string Typed = "5555555555554444";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly VisitorClient _visitor;
    private readonly string _visitorMessage = VisitorClient.NewId();
    private readonly string _agentMessage = VisitorClient.NewId();
    private readonly string _submission = VisitorClient.NewId();
    private JsonNode? _notice;

    public Party(FaultyHost host)
    {
        _visitor = host.Visitor();
        AgentId = $"agent-{VisitorClient.NewId()}";
        Agent = host.Agent(AgentId);
        Other = host.Agent(AgentId, "s2");
    }

    public string AgentId { get; }

    public VisitorClient Visitor => _visitor;

    public AgentClient Agent { get; }

    /// <summary>The same agent, signed in on another machine.</summary>
    public AgentClient Other { get; }

    public ClaimingBrowser Browser { get; } = new();

    public string ConversationId => _visitor.ConversationId;

    public string RequestId { get; private set; } = "";

    public string[] ValueIds { get; private set; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Forms => $"chat/visitor/conversations/{ConversationId}/forms/{RequestId}";

    public static JobStep[] Before(JobStep step) => step switch
    {
        JobStep.Start => [],
        JobStep.Assign => [JobStep.Start],
        JobStep.VisitorMessage or JobStep.AgentMessage or JobStep.RequestForm => [JobStep.Start, JobStep.Assign],
        JobStep.Open or JobStep.Submit or JobStep.Decline => [JobStep.Start, JobStep.Assign, JobStep.RequestForm],
        JobStep.StepUp or JobStep.Withdraw or JobStep.Cancel or JobStep.Close => [JobStep.Start, JobStep.Assign, JobStep.RequestForm, JobStep.Submit],
        JobStep.Reveal => [.. Before(JobStep.StepUp), JobStep.StepUp],
        _ => [.. Before(JobStep.Reveal), JobStep.Reveal],
    };

    /// <summary>Does what comes before a step. Nothing is armed then, so a refusal is a busy machine's and is tried again.</summary>
    public async Task ComeToAsync(JobStep step)
    {
        foreach (JobStep earlier in Before(step))
        {
            await SucceedAsync(earlier);
        }

        if (step is JobStep.Submit)
        {
            await ReadNoticeAsync();
        }
    }

    /// <summary>One try of a step, with the ids of the tries before.</summary>
    public async Task<Answer> TryAsync(JobStep step)
    {
        Answer answer = step switch
        {
            JobStep.Start => await StartAsync(),
            JobStep.Assign => await Agent.AssignAsync(ConversationId, Token),
            JobStep.VisitorMessage => await _visitor.PostAsync($"chat/visitor/conversations/{ConversationId}/messages", new { clientId = _visitorMessage, text = $"it is {Typed} ok" }, Token),
            JobStep.AgentMessage => await Agent.PostAsync($"chat/agent/conversations/{ConversationId}/messages", new { clientId = _agentMessage, text = $"is it {Typed} then?" }, Token),
            JobStep.RequestForm => await Agent.PostAsync($"chat/agent/conversations/{ConversationId}/forms", new { formKey = "card-payment" }, Token),
            JobStep.Open => await _visitor.PostAsync($"{Forms}/open", new { }, Token),
            JobStep.Submit => await SubmitAsync(),
            JobStep.StepUp => await Agent.StepUpAsync(ConversationId, RequestId, Browser, $"code-{VisitorClient.NewId()}", Token, ValueIds),
            JobStep.Reveal or JobStep.RevealAgain => await Agent.RevealAsync(ConversationId, RequestId, Browser, ValueIds, Token),
            JobStep.Acknowledge => await Agent.AcknowledgeAsync(ConversationId, RequestId, Browser, Token),
            JobStep.Withdraw => await _visitor.PostAsync($"{Forms}/withdraw", new { }, Token),
            JobStep.Cancel => await Agent.ActAsync(ConversationId, RequestId, "cancel", new { }, Token),
            JobStep.Decline => await _visitor.PostAsync($"{Forms}/decline", new { }, Token),
            JobStep.Close => await _visitor.CloseAsync(Token),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        if (answer.Status == 200 && step is JobStep.RequestForm)
        {
            RequestId = answer.Ok()["requestId"]!.GetValue<string>();
        }
        else if (answer.Status == 200 && step is JobStep.Submit)
        {
            ValueIds = Scenario.Ids(answer.Ok());
        }

        return answer;
    }

    /// <summary>
    /// One try that meets the armed fault. Short time limits refuse honest calls on a busy machine before the step gets that far; then
    /// it is tried again.
    /// </summary>
    public async Task<Answer> TryIntoAsync(Faults faults, JobStep step)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Answer answer = await TryAsync(step);
            if (faults.Hits > 0 || answer.Status is not (503 or 429) || TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                return answer;
            }

            await BeforeRetryAsync(answer);
        }
    }

    /// <summary>Does a step until it is done: again after a refusal that says "try again", with a new second factor where one is asked for.</summary>
    public async Task<JsonNode> SucceedAsync(JobStep step)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Answer answer = await TryAsync(step);
            if (answer.Status is >= 200 and < 300)
            {
                return answer.Ok();
            }

            if (answer.Code == "SC6013" && step is JobStep.Reveal)
            {
                await SucceedAsync(JobStep.StepUp);
            }
            else if (answer.Status is not (503 or 429) || TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException($"{step} does not succeed although nothing is wrong any more: {answer.Status} {answer.Text}");
            }
            else
            {
                await BeforeRetryAsync(answer);
            }
        }
    }

    /// <summary>Opens a reveal's envelopes in the claiming browser.</summary>
    public Dictionary<string, string> Open(JsonNode reveal) => AgentClient.Open(reveal, ConversationId, RequestId, Browser);

    /// <summary>Another browser of the same agent, and another agent who got the conversation, try to see what this one sees. Answers how many did.</summary>
    public async Task<int> CountOtherViewersAsync(FaultyHost host)
    {
        int seen = 0;
        using var browser = new ClaimingBrowser();
        Answer stepUp = await Other.StepUpAsync(ConversationId, RequestId, browser, $"code-{VisitorClient.NewId()}", Token, ValueIds);
        Answer reveal = await Other.RevealAsync(ConversationId, RequestId, browser, ValueIds, Token);
        seen += reveal.Status == 200 || HasEnvelope(reveal) ? 1 : 0;
        Assert.True(stepUp.Status is 200 or 503, stepUp.Text);
        return seen;
    }

    public async Task ReadNoticeAsync()
    {
        long start = TimeProvider.System.GetTimestamp();
        while (_notice is null)
        {
            Answer view = await _visitor.ViewFormAsync(RequestId, Token);
            _notice = view.Status == 503 && TimeProvider.System.GetElapsedTime(start) < Patience ? null : view.Ok()["notice"]!;
        }
    }

    /// <summary>Waits as a well-behaved client does before it tries again.</summary>
    public static Task BeforeRetryAsync(Answer answer) =>
        Task.Delay(TimeSpan.FromSeconds(answer.Status == 429 ? 1 : 0.05), TimeProvider.System, Token);

    public static bool HasEnvelope(Answer answer) =>
        answer.Text.Contains("ciphertext", StringComparison.OrdinalIgnoreCase) || answer.Text.Contains("encapsulatedKey", StringComparison.OrdinalIgnoreCase);

    public void Dispose() => Browser.Dispose();

    private async Task<Answer> StartAsync()
    {
        Answer answer = await _visitor.PostAsync("chat/visitor/conversations", new { }, Token);
        if (answer.Status is >= 200 and < 300)
        {
            _visitor.Use(answer.Ok()["conversation"]!["id"]!.GetValue<string>(), answer.Ok()["token"]!.GetValue<string>());
        }

        return answer;
    }

    private async Task<Answer> SubmitAsync()
    {
        await ReadNoticeAsync();
        return await _visitor.PostAsync(
            $"{Forms}/submit",
            new
            {
                submissionId = _submission,
                consent = new
                {
                    given = true,
                    version = _notice!["version"]!.GetValue<string>(),
                    language = _notice["language"]!.GetValue<string>(),
                    sha256 = _notice["sha256"]!.GetValue<string>(),
                },
                fields = Scenario.CardFields(),
            },
            Token);
    }
}
