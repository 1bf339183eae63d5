using System.Diagnostics.Metrics;
using System.Text.Json;
using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>
/// Options on trial: looks at each message as well, and counts what they would do with it. Whatever goes wrong here, the message is none
/// of its business. Thread-safe.
/// </summary>
internal sealed partial class MaskingTrial
{
    private static readonly Meter Meter = new(SecureChatDiagnostics.MeterName);

    private static readonly Counter<long> Found =
        Meter.CreateCounter<long>("securechat.masking.trial", "{value}", "Values that the masking options on trial would act on, by kind, action and role.");

    private readonly MaskingEngine? _engine;
    private readonly ILogger<MaskingTrial> _logger;

    public MaskingTrial(IOptions<SecureChatOptions> options, ILogger<MaskingTrial> logger)
    {
        _engine = options.Value.Masking.Trial is { } trial ? ChatMasking.Make(trial, "Masking.Trial") : null;
        _logger = logger;
    }

    public void Count(MaskRequest request)
    {
        if (_engine is null)
        {
            return;
        }

        try
        {
            foreach (SensitiveSpan span in _engine.Find(request.Text, MaskContext.FromRecent(request.Recent, request.Sender)))
            {
                Found.Add(
                    1,
                    new KeyValuePair<string, object?>("kind", span.Kind),
                    new KeyValuePair<string, object?>("action", JsonNamingPolicy.CamelCase.ConvertName(span.Action.ToString())),
                    new KeyValuePair<string, object?>("role", JsonNamingPolicy.CamelCase.ConvertName(request.Sender.ToString())));
            }
        }
        catch (Exception fault)
        {
            LogTrialFailed(_logger, (fault as SecureChatException)?.Error.Code ?? fault.GetType().Name);
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "The masking options on trial failed with {Fault}; messages go their way", EventName = "MaskingTrialFailed")]
    private static partial void LogTrialFailed(ILogger logger, string fault);
}
