using Microsoft.Data.Sqlite;

namespace SecureChat.Stores;

/// <summary>Maps the engine's faults. The message names the operation only: no path, key or body.</summary>
internal static class SqliteFaults
{
    public const string StoreName = "sqlite";

    private const int Busy = 5;
    private const int Locked = 6;
    private const int InputOutput = 10;
    private const int Full = 13;

    public static bool IsBusy(Exception fault) => fault is SqliteException { SqliteErrorCode: Busy or Locked };

    public static Exception Map(string operation, Exception fault) => fault switch
    {
        SecureChatException => fault,
        OperationCanceledException => fault,
        SqliteException engine => new SecureChatStoreException(
            StoreName, operation, engine.SqliteErrorCode is Busy or Locked or InputOutput or Full, fault),
        _ => new SecureChatStoreException(StoreName, operation, isTransient: false, fault),
    };

    public static SecureChatStoreException Overloaded(string operation) => new(StoreName, operation, isTransient: true);
}
