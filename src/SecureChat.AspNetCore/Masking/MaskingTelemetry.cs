using System.Diagnostics.Metrics;

namespace SecureChat.AspNetCore;

/// <summary>Logs (1110 to 1119) and metrics of masking outside of the chat. Faults are logged by type: their text may quote what was masked.</summary>
internal static partial class MaskingTelemetry
{
    /// <summary>Places where something is masked: values of the tag <c>place</c>.</summary>
    public const string Request = "request", Response = "response", Hub = "hub", Log = "log";

    private static readonly Meter Meter = new(SecureChatDiagnostics.MeterName);

    private static readonly Counter<long> SpansFound =
        Meter.CreateCounter<long>("securechat.masking.span.found", "{span}", "Sensitive values masked in a host's own endpoints, hubs and logs.");

    private static readonly Counter<long> MaskingFailed =
        Meter.CreateCounter<long>("securechat.masking.check.failed", "{check}", "Bodies, hub calls and log messages that could not be checked and were refused or withheld.");

    public static void Found(IReadOnlyList<SensitiveSpan> spans, string? place)
    {
        for (int i = 0; place is not null && i < spans.Count; i++)
        {
            SpansFound.Add(1, new KeyValuePair<string, object?>("kind", spans[i].Kind), new KeyValuePair<string, object?>("place", place));
        }
    }

    public static void Failed(string place) => MaskingFailed.Add(1, new KeyValuePair<string, object?>("place", place));

    [LoggerMessage(1110, LogLevel.Error, "The body of a request could not be checked for sensitive data ({Fault}) and was refused.", EventName = "RequestMaskingFailed")]
    public static partial void RequestFailed(ILogger logger, string fault);

    [LoggerMessage(1111, LogLevel.Error, "An answer could not be checked for sensitive data ({Fault}) and was withheld.", EventName = "ResponseMaskingFailed")]
    public static partial void ResponseFailed(ILogger logger, string fault);

    [LoggerMessage(1112, LogLevel.Error, "The arguments of hub call {Method} could not be checked for sensitive data ({Fault}); the call was refused.", EventName = "HubMaskingFailed")]
    public static partial void HubFailed(ILogger logger, string method, string fault);
}
