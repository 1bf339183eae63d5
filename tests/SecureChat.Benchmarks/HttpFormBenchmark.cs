using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Benchmarks;

/// <summary>
/// The same job as pages do it, over HTTP: request, submit, step-up, reveal, acknowledge. The baseline is a minimal API that for each
/// of these requests writes as many rows, and truncates its log as often, as the product does.
/// </summary>
internal static class HttpFormBenchmark
{
    private static readonly string[] Steps = ["request", "submit", "step-up", "reveal", "acknowledge"];

    public static async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        using var folder = new BenchFolder();
        (int Rows, int Truncations)[] counts = await CountAsync();
        await using WebApplication app = Build(folder.File("host"), trace: null);
        await app.StartAsync();
        await using WebApplication bare = BareHost.Build(folder.File("bare.db"));
        await bare.StartAsync();
        using var parties = Parties.Of(app);
        using var client = new ChatClient(new Uri(bare.Urls.First()));
        string body = new('x', 700);
        Pair pair = await Pair.MeasureAsync(
            async () =>
            {
                long start = Stopwatch.GetTimestamp();
                foreach ((int rows, int truncations) in counts)
                {
                    (await client.PostAsync(Row.Text($"write?rows={rows}&truncations={truncations}"), body, CancellationToken.None)).Ok();
                }

                return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            },
            () => parties.RunAsync(static () => { }, static () => { }),
            warmUps: scale.IsQuick ? 1 : 150,
            samples: scale.IsQuick ? 3 : 101);
        await app.StopAsync();
        await bare.StopAsync();
        return
        [
            new Row
            {
                Name = "request + submit + step-up + reveal + acknowledge over HTTP, SQLite",
                Samples = pair.Samples,
                Baseline = Row.Text($"a minimal API, {counts.Length} requests, {counts.Sum(static count => count.Rows)} rows, {counts.Sum(static count => count.Truncations)} truncations: {pair.BaselineTime}"),
                Subject = pair.SubjectTime,
                Ratio = pair.Times,
            },
        ];
    }

    private static async Task<(int Rows, int Truncations)[]> CountAsync()
    {
        using var folder = new BenchFolder();
        var trace = new StoreTrace();
        await using WebApplication app = Build(folder.File("traced"), trace);
        await app.StartAsync();
        using var parties = Parties.Of(app);
        await parties.RunAsync(static () => { }, static () => { });
        trace.IsRecording = true;
        var counts = new List<(int, int)>();
        await parties.RunAsync(() => trace.Take(), () =>
        {
            IReadOnlyList<StoreStep> steps = trace.Take();
            counts.Add((
                steps.Count(static step => step.Call is StoreCall.Insert or StoreCall.Replace or StoreCall.Delete),
                steps.Count(static step => step.Call is StoreCall.Scrub)));
        });
        await app.StopAsync();
        return counts.Count == Steps.Length ? [.. counts] : throw new InvalidOperationException("Not every step was counted.");
    }

    private static WebApplication Build(string folder, StoreTrace? trace) => TestApp.Build(new TestHostOptions
    {
        Folder = folder,
        WrapStore = trace is null ? null : (slot, store) => trace.Wrap(slot, store),
        Configure = static options =>
        {
            options.Audit.JsonLinesFolder = null;
            options.Audit.HeadFile = null;
            options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
        },
    });

    /// <summary>An agent, and a new visitor for every round.</summary>
    private sealed class Parties(Uri root, AgentClient agent) : IDisposable
    {
        public static Parties Of(WebApplication app)
        {
            var root = new Uri(app.Urls.First());
            var agent = new AgentClient(root);
            agent.SignIn(CookieSignIn.Cookie("ann", "s1", "Agent"));
            return new Parties(root, agent);
        }

        /// <summary>Nanoseconds of the five requests; what pages compute for themselves is between them and not counted.</summary>
        public async Task<double> RunAsync(Action beforeSteps, Action afterStep)
        {
            CancellationToken none = CancellationToken.None;
            using var visitor = new VisitorClient(root);
            await visitor.StartAsync(none);
            string conversation = visitor.ConversationId;
            (await agent.AssignAsync(conversation, none)).Ok();
            using var browser = new ClaimingBrowser();
            double time = 0;
            beforeSteps();

            JsonNode asked = await StepAsync(() => agent.PostAsync($"chat/agent/conversations/{conversation}/forms", new { formKey = "card-payment" }, none));
            string request = asked["requestId"]!.GetValue<string>();
            JsonNode notice = (await visitor.ViewFormAsync(request, none)).Ok()["notice"]!;
            var submission = new
            {
                submissionId = VisitorClient.NewId(),
                consent = new
                {
                    given = true,
                    version = notice["version"]!.GetValue<string>(),
                    language = notice["language"]!.GetValue<string>(),
                    sha256 = notice["sha256"]!.GetValue<string>(),
                },
                fields = new { pan = "4242 4242 4242 4242", exp = "12/29", cvc = "123" },
            };
            JsonNode card = await StepAsync(() => visitor.PostAsync($"chat/visitor/conversations/{conversation}/forms/{request}/submit", submission, none));
            string[] values = [.. card["values"]!.AsArray().Select(static value => value!["valueId"]!.GetValue<string>())];
            await StepAsync(() => agent.StepUpAsync(conversation, request, browser, "code-" + browser.ClaimId, none));
            JsonNode reveal = await StepAsync(() => agent.RevealAsync(conversation, request, browser, values, none));
            if (AgentClient.Open(reveal, conversation, request, browser)["cvc"] != "123")
            {
                throw new InvalidOperationException("The browser did not see what was submitted.");
            }

            await StepAsync(() => agent.AcknowledgeAsync(conversation, request, browser, none));
            return time;

            async Task<JsonNode> StepAsync(Func<Task<Answer>> send)
            {
                long start = Stopwatch.GetTimestamp();
                Answer answer = await send();
                time += Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                afterStep();
                return answer.Ok();
            }
        }

        public void Dispose() => agent.Dispose();
    }
}
