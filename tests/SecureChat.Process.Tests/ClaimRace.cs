using System.Text.Json.Nodes;
using SecureChat.Driver;
using SecureChat.Host.Tests;
using SecureChat.TestHost;

namespace SecureChat.ProcessTests;

/// <summary>
/// Rounds of fifty browsers that claim the same values at once, half of them through each host. Every browser has a claim, a key, a
/// session and a step-up of its own; all are the assigned agent's, because nobody else may claim. Browsers are kept over the rounds.
/// </summary>
internal sealed class ClaimRace : IDisposable
{
    public const int PerHost = 25;
    public const int Browsers = 2 * PerHost;

    // Enough to keep both hosts busy, and far below the attempts that a step-up allows at once.
    private const int StepUpsAtOnce = 4;

    private readonly TwoHosts _hosts;
    private readonly AgentClient[] _agents;

    public ClaimRace(TwoHosts hosts)
    {
        _hosts = hosts;
        _agents = [.. Enumerable.Range(0, Browsers).Select(number => new AgentClient(hosts[number].Root))];
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One race. Gives the request that was raced for and what went wrong.</summary>
    public async Task<(string RequestId, List<string> Faults)> RunAsync(int round)
    {
        Random random = Seed.For("race", round);
        for (int i = 0; i < Browsers; i++)
        {
            // An agent of its own for each round: limits per agent are not what is raced here.
            _agents[i].SignIn(CookieSignIn.Cookie($"ada-{round}", $"session-{i}", "Agent"));
        }

        using var visitor = new VisitorClient(_hosts[random.Next(2)].Root);
        string cvc = random.Next(100, 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        SubmittedCard card = await Scenario.SubmitCardAsync(visitor, _agents[random.Next(Browsers)], cvc);

        // Mostly the card number alone; now and then everything, the security code included.
        string[] wanted = round % 5 == 0 ? card.ValueIds : [card.ValueIds[0]];
        ClaimingBrowser[] browsers = [.. Enumerable.Range(0, Browsers).Select(static _ => new ClaimingBrowser())];
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Browsers),
                new ParallelOptions { MaxDegreeOfParallelism = StepUpsAtOnce, CancellationToken = Token },
                async (i, _) => await _agents[i].StepUpAsync(card, browsers[i]));

            int[] order = [.. Enumerable.Range(0, Browsers)];
            random.Shuffle(order);
            var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<Answer>[] claims = new Task<Answer>[Browsers];
            foreach (int i in order)
            {
                claims[i] = ClaimAsync(i);
            }

            start.SetResult();
            Answer[] answers = await Task.WhenAll(claims);
            return (card.RequestId, [.. Check(answers, browsers, card, wanted.Length, cvc).Select(fault => $"round {round}: {fault}")]);

            async Task<Answer> ClaimAsync(int i)
            {
                await start.Task;
                return await _agents[i].RevealAsync(card.ConversationId, card.RequestId, browsers[i], wanted, Token);
            }
        }
        finally
        {
            foreach (ClaimingBrowser browser in browsers)
            {
                browser.Dispose();
            }
        }
    }

    /// <summary>The audit of all rounds: an intent and one granted outcome for each, and a denial for every other browser (P4).</summary>
    public static IEnumerable<string> CheckAudit(IReadOnlyList<AuditLine> audit, IReadOnlyCollection<string> requests)
    {
        ILookup<string?, AuditLine> byRequest = audit.ToLookup(static line => line.Request);
        foreach (string request in requests)
        {
            AuditLine[] outcomes = [.. byRequest[request].Where(static line => line.Action == AuditAction.RevealOutcome)];
            AuditLine[] granted = [.. outcomes.Where(static line => line.Outcome == AuditOutcome.Succeeded)];
            int denied = outcomes.Count(static line => line.Outcome == AuditOutcome.Denied);
            if (granted.Length != 1 || denied != Browsers - 1)
            {
                yield return $"request {request}: {granted.Length} granted and {denied} denied in the audit";
            }
            else if (!byRequest[request].Any(line => line.Action == AuditAction.RevealIntent && line.Sequence < granted[0].Sequence))
            {
                yield return $"request {request}: no intent before the outcome";
            }
        }
    }

    public void Dispose()
    {
        foreach (AgentClient agent in _agents)
        {
            agent.Dispose();
        }
    }

    private static IEnumerable<string> Check(Answer[] answers, ClaimingBrowser[] browsers, SubmittedCard card, int wanted, string cvc)
    {
        int released = 0;
        for (int i = 0; i < Browsers; i++)
        {
            if (answers[i].Status == 200)
            {
                Dictionary<string, string> values = AgentClient.Open(answers[i].Json!, card.ConversationId, card.RequestId, browsers[i]);
                if (values.Count != wanted || values["pan"] != Scenario.Card || (wanted == 3 && values["cvc"] != cvc))
                {
                    yield return $"the winner got {values.Count} values, or wrong ones";
                }

                released++;
            }
            else if (answers[i] is not { Status: 409, Code: "SC3003" or "SC3005" } refused)
            {
                yield return $"browser {i} got {answers[i].Status} {answers[i].Text}";
            }
            else if (refused.Json is not JsonObject problem
                || problem["openedByRole"]?.GetValue<string>() != "agent"
                || !DateTimeOffset.TryParse(problem["openedAt"]?.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture, out _))
            {
                yield return $"browser {i} is not told who opened it, and when: {refused.Text}";
            }
        }

        if (released != 1)
        {
            yield return $"{released} browsers decrypted the value";
        }

        if (answers.Where(static answer => answer.Status == 409).Select(static answer => answer.Json!["openedAt"]?.GetValue<string>()).Distinct().Count() > 1)
        {
            yield return "the refused were told different times";
        }
    }
}
