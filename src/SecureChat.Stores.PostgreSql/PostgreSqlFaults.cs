using Npgsql;

namespace SecureChat.Stores.PostgreSql;

/// <summary>Maps the engine's faults. The message names the operation only: no host, role, key or body.</summary>
internal static class PostgreSqlFaults
{
    public const string StoreName = "postgresql";

    public static Exception Map(string operation, Exception fault) => fault switch
    {
        SecureChatException => fault,
        OperationCanceledException => fault,
        ObjectDisposedException => fault,
        NpgsqlException engine => new SecureChatStoreException(StoreName, operation, IsTransient(engine), fault),
        TimeoutException => new SecureChatStoreException(StoreName, operation, isTransient: true, fault),
        _ => new SecureChatStoreException(StoreName, operation, isTransient: false, fault),
    };

    /// <summary>
    /// Whether the connection is lost, or its server no longer takes writes: the others of the pool are then no better, and are given up
    /// with it instead of failing one request each.
    /// </summary>
    public static bool IsConnectionLost(Exception fault) => fault switch
    {
        PostgresException answer => answer.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ReadOnlySqlTransaction
            || answer.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException { InnerException: TimeoutException } => false,
        NpgsqlException => true,
        _ => false,
    };

    private static bool IsTransient(NpgsqlException fault) => fault is not PostgresException answer
        || answer.IsTransient
        || answer.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable
        || IsConnectionLost(answer);
}
