using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Vendor;

/// <summary>What must hold when something under the product fails, and that it is all well again afterwards.</summary>
internal static class FaultChecks
{
    private static readonly Dictionary<string, int> Documented = SecureChatErrors.All.ToDictionary(error => error.Code, error => error.Status);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A documented code with its documented status, which is 503: a fault is never "not found", and nothing is in the answer.</summary>
    public static void AssertRefused(Answer answer, string because, string? code = null)
    {
        Assert.True(answer.Code is not null && Documented.TryGetValue(answer.Code, out int status) && status == 503 && answer.Status == 503, $"{because}: {answer.Status} {answer.Text}");
        Assert.True(code is null || answer.Code == code, $"{because}: {code} was expected, {answer.Text}");
        Assert.False(Party.HasEnvelope(answer), $"{because}: there is an envelope in a refusal");
        Assert.DoesNotContain(Faults.Canary, answer.Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// After a fault: the same step with the same ids succeeds, the job goes on to its end, and the end is as if nothing had
    /// happened; except that a security code whose one delivery was lost is not delivered again (P7).
    /// </summary>
    public static async Task AssertRecoversAsync(FaultyHost host, Party party, JobStep step, Answer first, string because)
    {
        JsonNode done = first.Status is 200 && step is not JobStep.Close ? first.Ok() : await party.SucceedAsync(step);
        switch (step)
        {
            case JobStep.VisitorMessage or JobStep.AgentMessage:
                await AssertOneMessageAsync(party, done, because);
                return;
            case JobStep.Withdraw or JobStep.Cancel or JobStep.Close:
                await AssertNobodySeesAsync(host, party, because);
                return;
            case JobStep.Decline:
                Assert.Equal("declined", done["state"]!.GetValue<string>());
                return;
            case JobStep.RequestForm:
                await party.SucceedAsync(JobStep.Open);
                goto case JobStep.Open;
            case JobStep.Open:
                await party.SucceedAsync(JobStep.Submit);
                break;
            case JobStep.Submit:
                await AssertConsentOnRecordAsync(host, party, because);
                break;
        }

        if (step is not (JobStep.RevealAgain or JobStep.Acknowledge))
        {
            JsonNode reveal = step is JobStep.Reveal ? done : await RevealAsync(party);
            Dictionary<string, string> values = party.Open(reveal);
            Assert.Equal((Scenario.Card, Scenario.Expiry), (values["pan"], values["exp"]));
            bool mayHaveLostCode = step is JobStep.Reveal && first.Status != 200;
            Assert.True(values.TryGetValue("cvc", out string? code) ? code == "737" : mayHaveLostCode, $"{because}: the security code is {code ?? "missing"}");
        }

        Assert.Equal(0, await party.CountOtherViewersAsync(host));
        await party.SucceedAsync(JobStep.Acknowledge);
        await AssertDeletedAsync(party, because);
    }

    /// <summary>The hunt: nothing in clear in files, log and answers, nor any text of the fault.</summary>
    public static async Task AssertNothingInClearAsync(FaultyHost host) =>
        Assert.Empty(await host.HuntAsync(Scenario.Card, Party.Typed, Faults.Canary));

    /// <summary>P5: whatever failed on the way, no submission stands without the evidence of its consent.</summary>
    private static async Task AssertConsentOnRecordAsync(FaultyHost host, Party party, string because)
    {
        AgentClient auditor = host.Agent("audrey", "s9", "Auditor");
        long after = 0;
        while (true)
        {
            JsonArray entries = (await RetryAsync(() => auditor.GetAsync($"chat/agent/audit/entries?after={after}", Token))).Ok()["entries"]!.AsArray();
            foreach (JsonNode canonical in entries.Select(static entry => JsonNode.Parse(entry!["canonical"]!.GetValue<string>())!))
            {
                if (canonical["action"]!.GetValue<int>() == (int)AuditAction.ConsentGiven && canonical["request"]?.GetValue<string>() == party.RequestId)
                {
                    return;
                }
            }

            Assert.True(entries.Count > 0, $"{because}: the consent is not on record");
            after = entries[^1]!["sequence"]!.GetValue<long>();
        }
    }

    private static async Task<JsonNode> RevealAsync(Party party)
    {
        await party.SucceedAsync(JobStep.StepUp);
        return await party.SucceedAsync(JobStep.Reveal);
    }

    private static async Task AssertOneMessageAsync(Party party, JsonNode sent, string because)
    {
        JsonArray events = (await RetryAsync(() => party.Agent.EventsAsync(party.ConversationId, Token))).Ok()["events"]!.AsArray();
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(static e => e!["sequence"]!.GetValue<int>()));
        JsonNode?[] messages = [.. events.Where(static e => e!["text"] is not null)];
        Assert.True(messages.Length == 1, $"{because}: {messages.Length} messages in the transcript");
        Assert.Equal(sent["sequence"]!.GetValue<int>(), messages[0]!["sequence"]!.GetValue<int>());
        Assert.DoesNotContain("5555", messages[0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task AssertNobodySeesAsync(FaultyHost host, Party party, string because)
    {
        Answer reveal = await RetryAsync(async () =>
        {
            await party.SucceedAsync(JobStep.StepUp);
            return await party.TryAsync(JobStep.Reveal);
        });
        Assert.True(reveal.Status == 410 && !Party.HasEnvelope(reveal), $"{because}: a reveal afterwards is answered {reveal.Status} {reveal.Text}");
        Assert.Equal(0, await party.CountOtherViewersAsync(host));
        await AssertDeletedAsync(party, because);
    }

    private static async Task AssertDeletedAsync(Party party, string because)
    {
        Answer card = await RetryAsync(() => party.Agent.CardAsync(party.ConversationId, party.RequestId, Token));
        Assert.All(card.Ok()["values"]!.AsArray(), value => Assert.True(value!["deletedAt"] is not null, $"{because}: a value is not deleted: {value.ToJsonString()}"));
    }

    /// <summary>Short time limits refuse honest calls on a busy machine.</summary>
    private static async Task<Answer> RetryAsync(Func<Task<Answer>> call)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Answer answer = await call();
            if (answer.Status is not (503 or 429) || TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
            {
                return answer;
            }

            await Party.BeforeRetryAsync(answer);
        }
    }
}
