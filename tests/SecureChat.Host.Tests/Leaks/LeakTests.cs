using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;
using SecureChat.Masking;

namespace SecureChat.Host.Tests;

/// <summary>
/// A card number, an SSN, a password and fifty security codes go down every path of a host that logs all it can, and stand nowhere
/// afterwards: no file, no log, no telemetry, no frame, no answer (P1, E41, E43). Then each guarantee is switched off, and the same
/// hunt finds them.
/// </summary>
public sealed class LeakTests
{
    [Theory]
    [InlineData(50, true)]
    [InlineData(5, false)]
    public async Task Nothing_that_was_planted_stands_in_any_file_log_frame_or_answer_E43(int codes, bool logsRequestsFirst)
    {
        var planted = new Planted(codes);
        await using LeakHost host = await LeakHost.StartAsync(planted, logsRequestsFirst: logsRequestsFirst);
        var scenario = new LeakScenario(host, planted);
        await scenario.PlayAsync();
        Evidence evidence = await host.CollectAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{planted}: {scenario.Requests} calls, {host.Logs.Count} log texts, {host.Telemetry.Count} telemetry texts, {evidence.Places} places with {evidence.Bytes:N0} bytes");

        // The parties read the phrase; nothing else may hold it.
        var phrase = new Dictionary<string, string[]> { ["phrase"] = [planted.Phrase] };
        string[] wrong =
        [
            .. scenario.Surprises,
            .. evidence.Find(planted.Secrets),
            .. evidence.FindCodes(planted.Codes),
            .. evidence.Find(phrase, static place => !place.StartsWith("answers", StringComparison.Ordinal) && !place.StartsWith("frames", StringComparison.Ordinal)),
        ];
        Assert.True(wrong.Length == 0, $"{planted}: {wrong.Length} findings\n{string.Join('\n', wrong.Take(60))}");

        // What was hunted is what went through: the claiming browsers read it.
        Assert.Subset(
            scenario.Opened.ToHashSet(StringComparer.Ordinal),
            new HashSet<string>([planted.Card, planted.Password, .. planted.Codes.Where(static (_, index) => index % 5 < 2)], StringComparer.Ordinal));
        Assert.Contains(planted.SocialSecurityNumber, scenario.Opened);
        Assert.NotEmpty(evidence.Find(phrase));
        Assert.True(host.Logs.Count > 1000 && host.Telemetry.Count > 20, $"{host.Logs.Count} log texts, {host.Telemetry.Count} telemetry texts");
    }

    [Fact]
    public async Task Saboteur_without_masking_the_hunt_finds_what_was_typed_in_frames_and_answers()
    {
        (Planted planted, Evidence evidence) = await SabotageAsync(static chat => Replace(chat, new NoMasker()));
        Assert.Contains(evidence.Find(planted.Secrets), static hit => hit.StartsWith("frames to ada: card", StringComparison.Ordinal));
        Assert.Contains(evidence.Find(planted.Secrets), static hit => hit.StartsWith("answers to the visitor: SSN", StringComparison.Ordinal));
        Assert.Contains(evidence.FindCodes(planted.Codes), static hit => hit.StartsWith("frames to", StringComparison.Ordinal));
        Assert.Contains(evidence.FindCodes(planted.Codes), static hit => hit.StartsWith("answers to", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saboteur_without_encryption_the_hunt_finds_what_was_submitted_in_files_and_columns()
    {
        (Planted planted, Evidence evidence) = await SabotageAsync(static chat => chat.UseVault<PlainVault>());
        IReadOnlyList<string> hits = evidence.Find(planted.Secrets);
        Assert.Contains(hits, static hit => hit.StartsWith("file chat.db", StringComparison.Ordinal) && hit.Contains("card", StringComparison.Ordinal));
        Assert.Contains(hits, static hit => hit.StartsWith("file chat.db", StringComparison.Ordinal) && hit.Contains("password", StringComparison.Ordinal));
        Assert.Contains(evidence.FindCodes(planted.Codes), static hit => hit.StartsWith("column chat.db", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("message", "log")]
    [InlineData("state", "log")]
    [InlineData("scope", "log")]
    [InlineData("exception", "log")]
    [InlineData("activity", "telemetry")]
    [InlineData("baggage", "telemetry")]
    [InlineData("measurement", "telemetry")]
    public async Task Saboteur_a_masker_that_tells_is_found_in_logs_and_telemetry(string way, string place)
    {
        (Planted planted, Evidence evidence) = await SabotageAsync(chat => chat.Services.Replace(
            ServiceDescriptor.Singleton<IMasker>(services => new TellingMasker(way, services.GetRequiredService<ILoggerFactory>().CreateLogger("Careless")))));
        Assert.Contains(evidence.Find(planted.Secrets), hit => hit.StartsWith($"{place}: card", StringComparison.Ordinal));
        Assert.Contains(evidence.FindCodes(planted.Codes), hit => hit.StartsWith($"{place}:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saboteur_a_host_that_quotes_bodies_in_its_refusals_is_found_in_answers()
    {
        (Planted planted, Evidence evidence) = await SabotageAsync(null, static app => app.Use(static async (context, next) =>
        {
            if (context.Request.ContentType?.StartsWith("text/", StringComparison.Ordinal) == true)
            {
                using var body = new StreamReader(context.Request.Body);
                string text = await body.ReadToEndAsync(context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                await context.Response.WriteAsync($"Not accepted: {text}", context.RequestAborted);
                return;
            }

            await next();
        }));
        Assert.Contains(evidence.Find(planted.Secrets), static hit => hit.StartsWith("answers to the visitor: card", StringComparison.Ordinal));
    }

    private static async Task<(Planted Planted, Evidence Evidence)> SabotageAsync(Action<ISecureChatBuilder>? after, Action<WebApplication>? pipeline = null)
    {
        var planted = new Planted(codes: 4);
        await using LeakHost host = await LeakHost.StartAsync(planted, after, pipeline);
        await new LeakScenario(host, planted).PlayAsync();
        return (planted, await host.CollectAsync());
    }

    private static void Replace(ISecureChatBuilder chat, IMasker masker) => chat.Services.Replace(ServiceDescriptor.Singleton(masker));

    /// <summary>Masking switched off.</summary>
    private sealed class NoMasker : IMasker
    {
        public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(new MaskResult { Text = request.Text });
    }

    /// <summary>Masks well, and tells what it saw.</summary>
    private sealed class TellingMasker(string way, ILogger logger) : IMasker
    {
        private static readonly ActivitySource Source = new("SecureChat.Careless");
        private static readonly Meter Meter = new("SecureChat.Careless");
        private static readonly Counter<long> Seen = Meter.CreateCounter<long>("seen");

        private readonly EngineMasker _inner = new();

        public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken)
        {
            #pragma warning disable CA1848, CA1873, CA2254 // How careless code logs.
            switch (way)
            {
                case "message":
                    logger.LogTrace($"masking {request.Text}");
                    break;
                case "state":
                    logger.Log(LogLevel.Debug, 1, new Dictionary<string, object?> { ["text"] = request.Text }, null, static (_, _) => "masking");
                    break;
                case "scope":
                    using (logger.BeginScope(new Dictionary<string, object?> { ["text"] = request.Text }))
                    {
                        logger.LogTrace("masking");
                    }

                    break;
                case "exception":
                    logger.LogWarning(new InvalidOperationException("outer", new FormatException(request.Text)), "masking");
                    break;
                case "measurement":
                    Seen.Add(1, new KeyValuePair<string, object?>("text", request.Text));
                    break;
                default:
                    using (Activity? activity = Source.StartActivity("mask"))
                    {
                        _ = way == "activity" ? activity?.SetTag("text", request.Text) : activity?.SetBaggage("text", request.Text);
                    }

                    break;
            }
            #pragma warning restore CA1848, CA1873, CA2254

            return _inner.MaskAsync(request, cancellationToken);
        }
    }

    /// <summary>Encryption switched off: seals as the product does, and keeps the value beside it.</summary>
    private sealed class PlainVault(IServiceProvider services) : IVault
    {
        private readonly RecordVault _inner = ActivatorUtilities.CreateInstance<RecordVault>(services);
        private readonly IRecordStore _store = services.GetRequiredKeyedService<IRecordStore>(RecordStoreSlot.Data);

        public async ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken)
        {
            foreach (SealField field in request.Fields)
            {
                await _store.InsertAsync(
                    new StoreRecord
                    {
                        Key = new RecordKey { Kind = "plain", Partition = request.RequestId, Id = field.FieldKey },
                        Body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { value = System.Text.Encoding.UTF8.GetString(field.Value.Span) }),
                    },
                    cancellationToken);
            }

            return await _inner.SealAsync(request, cancellationToken);
        }

        public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => _inner.ClaimAsync(request, cancellationToken);

        public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) => _inner.ReleaseAsync(request, cancellationToken);

        public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => _inner.AcknowledgeAsync(request, cancellationToken);

        public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) => _inner.DestroyAsync(request, cancellationToken);

        public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
            _inner.DescribeAsync(conversationId, requestId, cancellationToken);
    }
}
