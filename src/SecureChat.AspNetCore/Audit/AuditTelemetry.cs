using System.Diagnostics.Metrics;

namespace SecureChat.AspNetCore;

/// <summary>Logs and metrics of the audit area. Faults are logged by type: a vendor's exception text is not ours to vouch for.</summary>
internal static partial class AuditTelemetry
{
    private static readonly Meter Meter = new(SecureChatDiagnostics.MeterName);

    private static readonly Counter<long> Appended =
        Meter.CreateCounter<long>("securechat.audit.entry.appended", "{entry}", "Entries appended to the audit log.");

    private static readonly Counter<long> AppendFailed =
        Meter.CreateCounter<long>("securechat.audit.append.failed", "{entry}", "Entries that the audit log did not take; their actions were refused.");

    private static readonly Counter<long> SinkFailed =
        Meter.CreateCounter<long>("securechat.audit.sink.failed", "{entry}", "Entries that a sink did not take.");

    public static void EntriesAppended(int count) => Appended.Add(count);

    public static void EntriesRefused(int count) => AppendFailed.Add(count);

    public static void EntriesMissed(string sink, bool required, int count) =>
        SinkFailed.Add(count, new KeyValuePair<string, object?>("sink", sink), new KeyValuePair<string, object?>("required", required));

    [LoggerMessage(EventId = 1400, EventName = "AuditAppendFailed", Level = LogLevel.Error,
        Message = "The audit log did not take {Count} entries ({Fault}); their actions are refused.")]
    public static partial void AppendRefused(ILogger logger, int count, string fault);

    [LoggerMessage(EventId = 1401, EventName = "AuditRequiredSinkFailed", Level = LogLevel.Error,
        Message = "The required audit sink {Sink} did not take {Count} entries ({Fault}); their actions are refused.")]
    public static partial void RequiredSinkFailed(ILogger logger, string sink, int count, string fault);

    [LoggerMessage(EventId = 1402, EventName = "AuditSinkFailed", Level = LogLevel.Warning,
        Message = "The audit sink {Sink} missed {Count} entries ({Fault}); the log has them.")]
    public static partial void BestEffortSinkFailed(ILogger logger, string sink, int count, string fault);

    [LoggerMessage(EventId = 1403, EventName = "AuditLogBroken", Level = LogLevel.Critical,
        Message = "The audit log does not verify at entry {Sequence}: {Why}. Nothing is appended to it. Run `audit verify`.")]
    public static partial void LogBroken(ILogger logger, long sequence, string why);

    [LoggerMessage(EventId = 1404, EventName = "AuditHeadExportFailed", Level = LogLevel.Error,
        Message = "The head of the audit log could not be exported ({Fault}).")]
    public static partial void HeadExportFailed(ILogger logger, string fault);

    [LoggerMessage(EventId = 1405, EventName = "AuditHeadMismatch", Level = LogLevel.Critical,
        Message = "The audit log does not contain the head that was exported at entry {Sequence}: it was cut, rewritten, or another store is in use. No head is exported. Run `audit verify`.")]
    public static partial void HeadMismatch(ILogger logger, long sequence);
}
