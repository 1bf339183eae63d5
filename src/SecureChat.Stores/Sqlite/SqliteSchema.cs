using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SecureChat.Stores;

/// <summary>The file's layout and its history.</summary>
/// <remarks>
/// <para><b>Why there is a <c>pad</c>.</b> <c>secure_delete</c> zeroes what is freed, but when SQLite balances its tree it moves cells
/// to other pages and leaves their old bytes in the gap of the page they left: no later delete finds those copies. Measured: about one
/// in a thousand replaced or deleted bodies stayed readable after a truncating checkpoint. Overflow pages never move and are zeroed
/// when they are freed. So the columns before the body are padded until no byte of the body fits into the cell itself, and every body
/// lies in overflow pages from its first byte. The small page keeps the cost of that low.</para>
/// <para>Names are compared by BINARY collation, which is the order of UTF-8 bytes that the contract asks for.</para>
/// </remarks>
internal static class SqliteSchema
{
    public const int PageSize = 1024;

    // "SCd1" and "SCk1": a data file given as key file, or the other way round, refuses to start.
    private const int DataApplicationId = 0x53436431;
    private const int KeysApplicationId = 0x53436B31;

    /// <summary>Entry N leads from version N to N + 1. Entries are only ever appended.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE record (
            kind      TEXT    NOT NULL COLLATE BINARY,
            partition TEXT    NOT NULL COLLATE BINARY,
            id        TEXT    NOT NULL COLLATE BINARY,
            version   INTEGER NOT NULL,
            due       INTEGER NULL,
            pad       BLOB    NOT NULL,
            body      BLOB    NOT NULL,
            PRIMARY KEY (kind, partition, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX record_due ON record (kind, due) WHERE due IS NOT NULL;
        """,
    ];

    public static int Version => Migrations.Length;

    /// <summary>Creates or migrates the file. Safe while other processes do the same.</summary>
    public static void Prepare(SqliteConnection connection, RecordStoreSlot slot)
    {
        // Before anything is written: a newer file is left as it is. In one read transaction, because the three readings must be of one
        // state: another host may create the file between two of them, and half of each looks like a foreign database.
        SqliteConnections.Execute(connection, "BEGIN");
        Check(connection, slot);
        SqliteConnections.Execute(connection, "COMMIT");

        SqliteConnections.Execute(connection, $"PRAGMA page_size = {PageSize.ToString(CultureInfo.InvariantCulture)}");
        using (SqliteCommand journal = SqliteConnections.Command(connection, "PRAGMA journal_mode = WAL"))
        {
            if (journal.ExecuteScalar() is not "wal")
            {
                throw new SecureChatStoreException(SqliteFaults.StoreName, "prepare", isTransient: false);
            }
        }

        SqliteConnections.Configure(connection, readOnly: false);

        // One transaction, which a fault leaves open: the caller closes the connection, and that rolls it back.
        SqliteConnections.Execute(connection, "BEGIN IMMEDIATE");

        // Again under the lock: another host may have migrated in between.
        for (long version = Check(connection, slot); version < Version; version++)
        {
            SqliteConnections.Execute(connection, Migrations[version]);
        }

        SqliteConnections.Execute(connection, $"PRAGMA application_id = {ApplicationId(slot).ToString(CultureInfo.InvariantCulture)}");
        SqliteConnections.Execute(connection, $"PRAGMA user_version = {Version.ToString(CultureInfo.InvariantCulture)}");
        SqliteConnections.Execute(connection, "COMMIT");
    }

    /// <summary>The most bytes of a row that SQLite keeps in the cell itself (index pages, see the file format, 1.6).</summary>
    public static int LargestLocalPayload(SqliteConnection connection) =>
        (((int)SqliteConnections.Read(connection, "PRAGMA page_size") - 12) * 64 / 255) - 23;

    private static int ApplicationId(RecordStoreSlot slot) => slot == RecordStoreSlot.Data ? DataApplicationId : KeysApplicationId;

    private static long Check(SqliteConnection connection, RecordStoreSlot slot)
    {
        long version = SqliteConnections.Read(connection, "PRAGMA user_version");
        long application = SqliteConnections.Read(connection, "PRAGMA application_id");
        bool isNew = application == 0 && version == 0 && SqliteConnections.Read(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId(slot))
        {
            throw new SecureChatConfigurationException(
                SecureChatErrors.OptionsInvalid,
                $"The file named for the {(slot == RecordStoreSlot.Data ? "data" : "key")} store is something else: another database, or the other store's file.");
        }

        return version <= Version
            ? version
            : throw new SecureChatConfigurationException(SecureChatErrors.SchemaNewer, $"(sqlite: stored {version.ToString(CultureInfo.InvariantCulture)}, known {Version.ToString(CultureInfo.InvariantCulture)})");
    }
}
