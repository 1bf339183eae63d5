namespace SecureChat.AspNetCore;

/// <summary>Names under which SecureChat measures. What it measures stands in docs/telemetry.md.</summary>
public static class SecureChatDiagnostics
{
    /// <summary>Name of the meter, for <c>AddMeter(...)</c> of OpenTelemetry or for <c>dotnet-counters monitor --counters</c>.</summary>
    public const string MeterName = "SecureChat";
}
