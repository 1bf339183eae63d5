using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SecureChat.Stores;

/// <summary>Opens connections that keep what SQLite forgets per connection: secure_delete is off by default on every one.</summary>
internal static class SqliteConnections
{
    // Closing any descriptor of a file drops this process's POSIX locks on it, which breaks SQLite's locking for connections that are
    // already open. So a file is only ever opened by us when we create it, and creation is exclusive in the process.
    private static readonly Lock Creation = new();

    public static void CreateFile(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        lock (Creation)
        {
            if (File.Exists(path))
            {
                return;
            }

            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                // SQLite gives its -wal and -shm files the mode of the database.
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            try
            {
                new FileStream(path, options).Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was first.
            }
        }
    }

    /// <summary>Opens without settings that would change the file, so that a newer schema is refused untouched.</summary>
    public static SqliteConnection Open(string path, TimeSpan busyTimeout)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            // A pooled connection would outlive the store and hold its files open.
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(busyTimeout.TotalSeconds)),
        }.ConnectionString);
        try
        {
            connection.Open();
            SetBusyTimeout(connection, busyTimeout);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Settings of a working connection; those that promises rest on are read back.</summary>
    public static void Configure(SqliteConnection connection, bool readOnly)
    {
        Execute(connection, "PRAGMA temp_store = MEMORY");
        Execute(connection, "PRAGMA mmap_size = 0");
        Execute(connection, "PRAGMA synchronous = FULL");
        Execute(connection, "PRAGMA cache_size = -4096");

        // As many bytes of log as with pages of the usual 4 KiB; ours are a quarter, and a checkpoint waits for the disk twice.
        Execute(connection, "PRAGMA wal_autocheckpoint = 4000");
        Execute(connection, "PRAGMA secure_delete = ON");
        if (Read(connection, "PRAGMA secure_delete") != 1 || Read(connection, "PRAGMA synchronous") != 2)
        {
            throw new SecureChatStoreException(SqliteFaults.StoreName, "configure", isTransient: false);
        }

        if (readOnly)
        {
            Execute(connection, "PRAGMA query_only = ON");
        }
    }

    public static void SetBusyTimeout(SqliteConnection connection, TimeSpan timeout) =>
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(int)timeout.TotalMilliseconds}"));

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    public static long Read(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = Command(connection, sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text comes from this folder's constants; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
