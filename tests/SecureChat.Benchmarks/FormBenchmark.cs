using System.Diagnostics;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Stores;
using SecureChat.TestHost;

namespace SecureChat.Benchmarks;

/// <summary>
/// A form with a card number, an expiry and a security code, from the submission to "seen", beside the same calls of the store made by
/// hand.
/// </summary>
internal static class FormBenchmark
{
    private const double Budget = 1.5;

    public static async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        using var folder = new BenchFolder();
        (IReadOnlyList<StoreStep> before, IReadOnlyList<StoreStep> steps) = await TraceAsync();
        await using WebApplication app = Build(folder.File("host"), trace: null);
        await app.StartAsync();
        using var hand = new HandStore(folder);
        Pair pair = await Pair.MeasureAsync(
            () =>
            {
                foreach ((StoreStep step, byte[] body) in hand.Rename(before, isNewRound: true))
                {
                    hand.Do(step, body);
                }

                IReadOnlyList<(StoreStep Step, byte[] Body)> round = hand.Rename(steps, isNewRound: false);
                long start = Stopwatch.GetTimestamp();
                foreach ((StoreStep step, byte[] body) in round)
                {
                    hand.Do(step, body);
                }

                return Task.FromResult(Stopwatch.GetElapsedTime(start).TotalNanoseconds);
            },
            async () =>
            {
                Job job = await Job.PrepareAsync(app.Services);
                long start = Stopwatch.GetTimestamp();
                await job.RunAsync();
                return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            },
            warmUps: scale.IsQuick ? 1 : 400,
            samples: scale.IsQuick ? 3 : 101);
        await app.StopAsync();
        int reads = steps.Count(static step => step.Call is StoreCall.Get or StoreCall.List);
        int scrubs = steps.Count(static step => step.Call is StoreCall.Scrub);
        return
        [
            new Row
            {
                Name = "submit + step-up + claim + release + acknowledge, SQLite",
                Samples = pair.Samples,
                Baseline = Row.Text($"the same {reads} reads, {steps.Count - reads - scrubs} writes and {scrubs} truncations by hand: {pair.BaselineTime}"),
                Subject = pair.SubjectTime,
                Ratio = pair.Times,
                Budget = Row.Text($"<= {Budget}x"),
                IsOk = pair.Ratio <= Budget,
            },
        ];
    }

    private static async Task<(IReadOnlyList<StoreStep> Before, IReadOnlyList<StoreStep> Steps)> TraceAsync()
    {
        using var folder = new BenchFolder();
        var trace = new StoreTrace();
        await using WebApplication app = Build(folder.File("traced"), trace);
        await app.StartAsync();

        // The first job also makes what is made once, for example the keys of pseudonyms.
        await (await Job.PrepareAsync(app.Services)).RunAsync();
        trace.IsRecording = true;
        Job job = await Job.PrepareAsync(app.Services);
        IReadOnlyList<StoreStep> before = trace.Take();
        await job.RunAsync();
        IReadOnlyList<StoreStep> steps = trace.Take();
        await app.StopAsync();
        return (before, steps);
    }

    private static WebApplication Build(string folder, StoreTrace? trace) => TestApp.Build(new TestHostOptions
    {
        Folder = folder,
        WrapStore = trace is null ? null : (slot, store) => trace.Wrap(slot, store),
        Configure = static options =>
        {
            options.Audit.JsonLinesFolder = null;
            options.Audit.HeadFile = null;

            // Not in the middle of a measurement.
            options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);
        },
    });

    /// <summary>One form of one conversation, at the point where the visitor submits.</summary>
    private sealed class Job(IServiceProvider services, Agent agent, string conversationId, string requestId, string claimId, ShownConsent consent)
    {
        public static async Task<Job> PrepareAsync(IServiceProvider services)
        {
            string id = "agent-" + SecureChatId.New();
            var agent = new Agent { Id = id, SessionId = id, DisplayName = "Ann", IsAgent = true };
            Conversations conversations = services.GetRequiredService<Conversations>();
            string conversationId = (await conversations.StartAsync(principal: null, type: null, address: null, CancellationToken.None)).Value!.Conversation.Id;
            await conversations.AssignAsync(agent, conversationId, toAgentId: null, toAgentName: null, CancellationToken.None);
            string requestId = Value(await services.GetRequiredService<FormService>().RequestAsync(
                conversationId, "card-payment", ParticipantRole.Agent, agent.Id, CancellationToken.None)).RequestId!;
            string claimId = "claim-" + SecureChatId.New();
            PrivacyNotice notice = services.GetRequiredService<NoticeCatalog>().Current("payments-v1", ["en"])!;
            return new Job(
                services,
                agent,
                conversationId,
                requestId,
                claimId,
                new ShownConsent { Given = true, Version = notice.Version, Language = notice.Language, Sha256 = notice.Sha256 });
        }

        public async Task RunAsync()
        {
            FormService forms = services.GetRequiredService<FormService>();
            RevealService reveals = services.GetRequiredService<RevealService>();
            byte[] fields = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["pan"] = "4242 4242 4242 4242", ["exp"] = "12/29", ["cvc"] = "123" });
            if (!Answers.TryParse(fields, out Answers? answers))
            {
                throw new InvalidOperationException("The answers are not read.");
            }

            using var submission = new FormSubmission { SubmissionId = "submission-" + SecureChatId.New(), Consent = consent, Fields = answers };
            FormCard card = Value(await forms.SubmitAsync(conversationId, requestId, submission, CancellationToken.None));
            string[] valueIds = [.. card.Values.Select(static value => value.ValueId)];
            Value(await services.GetRequiredService<StepUpService>().VerifyAsync(
                agent, new ClaimsPrincipal(), conversationId, requestId, claimId, valueIds, "code-" + claimId, CancellationToken.None));
            using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
            var reveal = new RevealCommand
            {
                ClaimId = claimId,
                ValueIds = valueIds,
                PublicKey = System.Buffers.Text.Base64Url.EncodeToString([4, .. point.X!, .. point.Y!]),
                Reason = "Charge the order",
            };
            Value(await reveals.RevealAsync(agent, conversationId, requestId, reveal, CancellationToken.None));
            Value(await reveals.AcknowledgeAsync(agent, conversationId, requestId, claimId, CancellationToken.None));
        }

        private static T Value<T>(Outcome<T> outcome)
            where T : class => outcome.Value ?? throw new InvalidOperationException($"Refused: {outcome.Error}");
    }
}
