using System.Buffers;
using System.Globalization;
using Npgsql;

namespace SecureChat.Stores.PostgreSql;

/// <summary>The schema's layout and its history. PostgreSQL changes schemas in transactions, so a host that dies in between leaves nothing.</summary>
/// <remarks>
/// Kinds share the table <c>record</c> except events, which are many and rarely change: <c>event</c> is cleaned up in its own rhythm and
/// keeps the rest small. Events are not partitioned by day: a unique index cannot span partitions, and that two hosts never write one
/// number of a conversation rests on it.
/// </remarks>
internal static class PostgreSqlSchema
{
    public const string RecordTable = "record";
    public const string EventTable = "event";

    private const int OldestServer = 130000;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Entry N leads from version N to N + 1. Entries are only ever appended. <c>{0}</c> is the schema.</summary>
    private static readonly string[] Migrations =
    [
        Table(RecordTable, "fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_cost_delay = 0")
        + Table(EventTable, "autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000"),
    ];

    public static int Version => Migrations.Length;

    /// <summary>Whether a name can be written into a statement between quotes as it is.</summary>
    public static bool IsName(string? name) =>
        name is { Length: >= 1 and <= 63 }
        && name[0] is >= 'a' and <= 'z'
        && !name.AsSpan().ContainsAnyExcept(NameCharacters)
        && name != "public"
        && name != "information_schema"
        && !name.StartsWith("pg_", StringComparison.Ordinal);

    /// <summary>Creates, migrates or only checks the schema. Safe while other hosts do the same.</summary>
    /// <param name="working">The role that works with the records.</param>
    /// <param name="owner">The role that may change the schema; the same when the host has no other.</param>
    /// <param name="schema">Its checked name.</param>
    /// <param name="slot">Whose records it holds.</param>
    /// <param name="cancellationToken">Ends the waiting for another host.</param>
    public static async ValueTask PrepareAsync(
        NpgsqlDataSource working, NpgsqlDataSource owner, string schema, RecordStoreSlot slot, CancellationToken cancellationToken)
    {
        string role = await CheckServerAsync(working, cancellationToken).ConfigureAwait(false);
        bool isOther = !ReferenceEquals(working, owner);
        NpgsqlConnection connection = await owner.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            // Before anything is written or locked: most starts find what they need, with a role that may do no more than look.
            if (isOther || await CheckAsync(connection, schema, slot, cancellationToken).ConfigureAwait(false) < Version)
            {
                await MigrateAsync(connection, schema, slot, isOther ? role : null, cancellationToken).ConfigureAwait(false);
            }
        }

        await CheckRightsAsync(working, schema, cancellationToken).ConfigureAwait(false);
    }

    private static string Table(string name, string storage) => $$"""
        CREATE TABLE "{0}".{{name}} (
            kind      text COLLATE "C" NOT NULL,
            partition text COLLATE "C" NOT NULL,
            id        text COLLATE "C" NOT NULL,
            version   bigint NOT NULL,
            due       bigint NULL,
            body      bytea  NOT NULL,
            PRIMARY KEY (kind, partition, id)
        ) WITH ({{storage}});
        ALTER TABLE "{0}".{{name}} ALTER COLUMN body SET STORAGE EXTERNAL;
        CREATE INDEX {{name}}_due ON "{0}".{{name}} (kind, due, partition, id) WHERE due IS NOT NULL;

        """;

    /// <returns>The name of the role that works with the records.</returns>
    private static async ValueTask<string> CheckServerAsync(NpgsqlDataSource working, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = working.CreateCommand(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_setting('fsync'), current_setting('full_page_writes'), current_user::text");
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (reader.GetInt32(0) < OldestServer)
                {
                    throw Unusable("the server is older than PostgreSQL 13: update it");
                }

                if (reader.GetString(1) != "UTF8")
                {
                    throw Unusable("the database does not store UTF-8: make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0");
                }

                if (reader.GetString(2) != "on" || reader.GetString(3) != "on")
                {
                    throw Unusable("the server runs with fsync or full_page_writes off and would lose what it acknowledged: switch both on");
                }

                return reader.GetString(4);
            }
        }
    }

    private static async ValueTask MigrateAsync(
        NpgsqlConnection connection, string schema, RecordStoreSlot slot, string? grantee, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            try
            {
                // One host at a time. The lock ends with the transaction, also when the host dies; the statement's time limit bounds the wait.
                await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock(hashtextextended('securechat {schema}', 0))", cancellationToken).ConfigureAwait(false);
                int version = await CheckAsync(connection, schema, slot, cancellationToken).ConfigureAwait(false);
                if (version == 0)
                {
                    await CreateAsync(connection, schema, slot, cancellationToken).ConfigureAwait(false);
                }

                for (int next = version; next < Version; next++)
                {
                    await ExecuteAsync(connection, Migrations[next].Replace("{0}", schema, StringComparison.Ordinal), cancellationToken).ConfigureAwait(false);
                }

                await ExecuteAsync(
                    connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE \"{schema}\".schema_version SET version = {Version} WHERE version < {Version}"), cancellationToken).ConfigureAwait(false);
                if (grantee is not null)
                {
                    string role = Quote(grantee);
                    await ExecuteAsync(
                        connection,
                        $"""
                        GRANT USAGE ON SCHEMA "{schema}" TO {role};
                        GRANT SELECT ON "{schema}".schema_version TO {role};
                        GRANT SELECT, INSERT, UPDATE, DELETE ON "{schema}".{RecordTable}, "{schema}".{EventTable} TO {role};
                        """,
                        cancellationToken).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                throw Unusable(
                    $"the role may not create or migrate the schema {schema}: give OwnerConnectionString a role that may, or have its owner run the host once; docs/postgresql.md has the roles",
                    fault);
            }
        }
    }

    private static async ValueTask CreateAsync(NpgsqlConnection connection, string schema, RecordStoreSlot slot, CancellationToken cancellationToken)
    {
        // CREATE SCHEMA IF NOT EXISTS wants the right to create even where there is nothing to create.
        if (await ScalarAsync<bool>(connection, $"SELECT NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '{schema}')", cancellationToken).ConfigureAwait(false))
        {
            await ExecuteAsync(connection, $"CREATE SCHEMA \"{schema}\"", cancellationToken).ConfigureAwait(false);
        }

        await ExecuteAsync(
            connection,
            $"""
            CREATE TABLE "{schema}".schema_version (slot text NOT NULL, version int NOT NULL);
            INSERT INTO "{schema}".schema_version VALUES ('{SlotName(slot)}', 0);
            """,
            cancellationToken).ConfigureAwait(false);
    }

    /// <returns>The stored version; 0 when there is nothing yet.</returns>
    private static async ValueTask<int> CheckAsync(NpgsqlConnection connection, string schema, RecordStoreSlot slot, CancellationToken cancellationToken)
    {
        string[] tables = await ScalarAsync<string[]>(
            connection,
            $"SELECT coalesce(array_agg(c.relname::text), '{{}}') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'p')",
            cancellationToken).ConfigureAwait(false);
        if (tables.Length == 0)
        {
            return 0;
        }

        if (!tables.Contains("schema_version", StringComparer.Ordinal))
        {
            throw Unusable($"the schema {schema} holds tables of another application: name another schema");
        }

        string stored;
        try
        {
            stored = await ScalarAsync<string>(connection, $"SELECT slot || ' ' || version FROM \"{schema}\".schema_version", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw NoRights(schema, fault);
        }

        string[] parts = stored.Split(' ');
        if (parts[0] != SlotName(slot))
        {
            throw Unusable($"the schema {schema} is that of the other store: Schema and KeysSchema are mixed up");
        }

        int version = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return version <= Version
            ? version
            : throw new SecureChatConfigurationException(
                SecureChatErrors.SchemaNewer, string.Create(CultureInfo.InvariantCulture, $"({PostgreSqlFaults.StoreName}: stored {version}, known {Version})"));
    }

    private static async ValueTask CheckRightsAsync(NpgsqlDataSource working, string schema, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = working.CreateCommand(
            $"""
            SELECT coalesce(bool_and(has_table_privilege(c.oid, right_name)), false) AND has_schema_privilege('{schema}', 'USAGE')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
                 unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS right_name
            WHERE n.nspname = '{schema}' AND c.relname IN ('{RecordTable}', '{EventTable}')
            """);
        await using (command.ConfigureAwait(false))
        {
            if (await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
            {
                throw NoRights(schema, null);
            }
        }
    }

    private static SecureChatConfigurationException NoRights(string schema, Exception? fault) => Unusable(
        $"the role may not read and write the tables of the schema {schema}: GRANT USAGE ON SCHEMA {schema} and SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} to it, or give OwnerConnectionString, and the host grants them",
        fault);

    private static SecureChatConfigurationException Unusable(string why, Exception? fault = null) =>
        new(SecureChatErrors.StoreUnusable, $"({PostgreSqlFaults.StoreName}: {why}.)", fault);

    private static string SlotName(RecordStoreSlot slot) => slot == RecordStoreSlot.Data ? "data" : "keys";

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static async ValueTask ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = Command(connection, sql);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = Command(connection, sql);
        await using (command.ConfigureAwait(false))
        {
            return (T)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Made of this folder's constants and of names that IsName let through, or that are quoted.
        return new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
    }
}
