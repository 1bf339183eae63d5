using SecureChat.AspNetCore;

namespace SecureChat.TestHost;

/// <summary>What a test's host looks like. The default is a host in Production on SQLite in a folder.</summary>
public sealed class TestHostOptions
{
    public required string Folder { get; init; }

    public string Environment { get; init; } = "Production";

    public string PathBase { get; init; } = "";

    /// <summary>Where <c>MapSecureChat()</c> puts its endpoints.</summary>
    public string Prefix { get; init; } = "/chat";

    public Action<SecureChatOptions>? Configure { get; init; }

    /// <summary>Runs before <c>AddSecureChat()</c>.</summary>
    public Action<IServiceCollection>? Before { get; init; }

    /// <summary>Runs after <c>AddSecureChat()</c> and its store.</summary>
    public Action<ISecureChatBuilder>? After { get; init; }

    /// <summary>Runs on the pipeline before <c>UseSecureChat()</c>.</summary>
    public Action<WebApplication>? Pipeline { get; init; }

    /// <summary>Runs on the pipeline behind <c>UseSecureChat()</c>.</summary>
    public Action<WebApplication>? Behind { get; init; }

    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Wraps the store of a slot, for faults and kill points.</summary>
    public Func<RecordStoreSlot, IRecordStore, IRecordStore>? WrapStore { get; init; }

    /// <summary>A database on PostgreSQL instead of the files of SQLite.</summary>
    public string? PostgreSql { get; init; }

    /// <summary>Fills the store slots otherwise than by SQLite in <see cref="Folder"/> or by <see cref="PostgreSql"/>.</summary>
    public Func<RecordStoreSlot, IRecordStore>? Store { get; init; }

    /// <summary>Leaves the store slots to <see cref="Before"/> and <see cref="After"/>.</summary>
    public bool NamesNoStore { get; init; }

    public TimeProvider? Time { get; init; }
}
