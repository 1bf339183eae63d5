namespace SecureChat.AspNetCore;

/// <summary>Log messages of hosting: 1090 to 1099.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1090, LogLevel.Warning, "SecureChat keeps slot {Slot} in the {Store} store, which forgets everything when the process ends. Add a store package (dotnet add package SecureChat.Stores) and call AddSecureChat().UseSqlite(\"data/securechat.db\"), or another Use... store.", EventName = "StoreNotDurable")]
    public static partial void StoreNotDurable(ILogger logger, RecordStoreSlot slot, string store);

    [LoggerMessage(1091, LogLevel.Warning, "The clock of the store in slot {Slot} differs from the host's by {Skew}. Synchronise the clocks (NTP): more than a minute refuses to start.", EventName = "ClockSkew")]
    public static partial void ClockSkew(ILogger logger, RecordStoreSlot slot, TimeSpan skew);

    [LoggerMessage(1093, LogLevel.Information, "The {Store} store of slot {Slot} keeps what was deleted in its own files until it reuses the space. Give its backups and its log a short life; docs/threat-model.md says what that leaves to whom.", EventName = "StoreKeepsDeletedBytes")]
    public static partial void StoreKeepsDeletedBytes(ILogger logger, string store, RecordStoreSlot slot);

    [LoggerMessage(1094, LogLevel.Warning, "The configuration section {Section} that AddSecureChat was given is not there: every option has its default. Check its name.", EventName = "SectionMissing")]
    public static partial void SectionMissing(ILogger logger, string section);

    [LoggerMessage(1092, LogLevel.Error, "The command failed with {FaultType}.", EventName = "CommandFailed")]
    public static partial void CommandFailed(ILogger logger, string faultType);
}
