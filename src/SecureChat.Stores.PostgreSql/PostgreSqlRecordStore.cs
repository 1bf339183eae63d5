using System.Data;
using System.Security.Cryptography;
using Npgsql;
using NpgsqlTypes;

namespace SecureChat.Stores.PostgreSql;

/// <summary>
/// The record store on one schema of a PostgreSQL database. Every call is one statement, which is a transaction of its own on the
/// primary, acknowledged when it is on disk there (and on the standbys that the server waits for). A write whose outcome is unknown is
/// reported as a fault and never repeated; a read that lost its connection is asked once more.
/// </summary>
internal sealed class PostgreSqlRecordStore : IRecordStore, IAsyncDisposable, IDisposable
{
    private const string EventKind = "conversation-event";

    private readonly NpgsqlDataSource _source;
    private readonly string? _ownerConnectionString;
    private readonly string _schema;
    private readonly RecordStoreSlot _slot;
    private readonly PostgreSqlStatements _records;
    private readonly PostgreSqlStatements _events;
    private readonly Func<string, bool> _isEvent;
    private volatile bool _isPrepared;

    public PostgreSqlRecordStore(PostgreSqlStoreOptions options, RecordStoreSlot slot)
        : this(options, slot, static kind => string.Equals(kind, EventKind, StringComparison.Ordinal))
    {
    }

    /// <param name="options">Where and how.</param>
    /// <param name="slot">Which of the two stores.</param>
    /// <param name="isEvent">Which kinds lie in the table of events; tests put theirs there.</param>
    public PostgreSqlRecordStore(PostgreSqlStoreOptions options, RecordStoreSlot slot, Func<string, bool> isEvent)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool isData = slot == RecordStoreSlot.Data;
        _slot = slot;
        _isEvent = isEvent;
        _schema = isData ? options.Schema : options.KeysSchema;
        if (!PostgreSqlSchema.IsName(_schema))
        {
            throw new ArgumentException("The name of the schema was not validated.", nameof(options));
        }

        _records = new PostgreSqlStatements(_schema, PostgreSqlSchema.RecordTable);
        _events = new PostgreSqlStatements(_schema, PostgreSqlSchema.EventTable);
        _ownerConnectionString = isData
            ? options.OwnerConnectionString
            : options.KeysOwnerConnectionString
                ?? (string.Equals(options.KeysConnectionString, options.ConnectionString, StringComparison.Ordinal) ? options.OwnerConnectionString : null);
        Timeout = options.CommandTimeout;
        _source = PostgreSqlConnections.Open(isData ? options.ConnectionString : options.KeysConnectionString, Timeout, options.MaxConnections);
    }

    public RecordStoreDescription Description { get; } =
        new() { Name = PostgreSqlFaults.StoreName, IsDurable = true, IsShared = true, KeepsDeletedBytes = true };

    private TimeSpan Timeout { get; }

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlDataSource? owner = _ownerConnectionString is null ? null : PostgreSqlConnections.Open(_ownerConnectionString, Timeout, maxConnections: 2);
            try
            {
                await PostgreSqlSchema.PrepareAsync(_source, owner ?? _source, _schema, _slot, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (owner is not null)
                {
                    await owner.DisposeAsync().ConfigureAwait(false);
                }
            }

            _isPrepared = true;
        }
        catch (NpgsqlException fault) when (WhyUnreachable(fault) is { } why)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.StoreUnusable, $"({PostgreSqlFaults.StoreName}: {why}.)", fault);
        }
        catch (Exception fault)
        {
            throw PostgreSqlFaults.Map("prepare", fault);
        }
    }

    public async ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        return await WriteAsync("insert", Of(record.Key.Kind).Insert, record.Key, record, version: null, cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(record);
        return await WriteAsync("replace", Of(record.Key.Kind).Replace, record.Key, record, record.Version, cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        return await WriteAsync("delete", Of(key.Kind).Delete, key, record: null, version, cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(kind, partition);
        NpgsqlCommand command = Command(Of(kind).DeletePartition, cancellationToken);
        await using (command.ConfigureAwait(false))
        {
            Add(command, kind);
            Add(command, partition);
            return await ExecuteAsync("delete-partition", command, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(key);
        IReadOnlyList<StoreRecord> found = await ReadAsync(
            "get",
            Of(key.Kind).Get,
            command =>
            {
                Add(command, key.Kind);
                Add(command, key.Partition);
                Add(command, key.Id);
            },
            _ => key,
            cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        return ReadAsync(
            "list",
            Of(query.Kind).List,
            command =>
            {
                Add(command, query.Kind);
                Add(command, query.Partition);
                Add(command, query.AfterId ?? string.Empty);
                Add(command, query.Limit);
            },
            reader => new RecordKey { Kind = query.Kind, Partition = query.Partition, Id = reader.GetString(3) },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken)
    {
        RecordRules.ThrowIfInvalid(query);
        return ReadAsync(
            "list-due",
            Of(query.Kind).ListDue,
            command =>
            {
                Add(command, query.Kind);
                Add(command, query.Before.ToUnixTimeMilliseconds());

                // Names are never empty, so the first page starts behind a place that is before them all.
                Add(command, query.After?.DueAt?.ToUnixTimeMilliseconds() ?? long.MinValue);
                Add(command, query.After?.Key.Partition ?? string.Empty);
                Add(command, query.After?.Key.Id ?? string.Empty);
                Add(command, query.Limit);
            },
            reader => new RecordKey { Kind = query.Kind, Partition = reader.GetString(4), Id = reader.GetString(3) },
            cancellationToken);
    }

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken)
    {
        // PostgreSQL overwrites freed space when it needs it, and its log when it comes round; no statement hurries either along.
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ScrubResult.Complete);
    }

    public async ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            NpgsqlCommand command = _source.CreateCommand("SELECT clock_timestamp()");
            await using (command.ConfigureAwait(false))
            {
                return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!);
            }
        }
        catch (Exception fault)
        {
            throw Fault("get-time", fault, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    public void Dispose() => _source.Dispose();

    private static void Add(NpgsqlCommand command, string value) =>
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });

    private static void Add(NpgsqlCommand command, long value) =>
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint });

    /// <summary>What a stranger can mend, said at start. <see langword="null"/> for everything that may pass by itself.</summary>
    private static string? WhyUnreachable(NpgsqlException fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            "the server does not let the role in: check Username and Password, and pg_hba.conf",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            "the database does not exist: CREATE DATABASE it, or correct Database in the connection string",
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } =>
            "the server has no connection left: raise its max_connections, or lower MaxConnections",
        PostgresException => null,
        { InnerException: System.Net.Sockets.SocketException } => "nobody answers there: check Host and Port, and that the server runs",
        { InnerException: System.Security.Authentication.AuthenticationException } =>
            "the server's certificate was not accepted: name its authority with \"Root Certificate=...\", and the host by the name in the certificate",
        _ => null,
    };

    private PostgreSqlStatements Of(string kind) => _isEvent(kind) ? _events : _records;

    private async ValueTask<int> WriteAsync(
        string operation, string sql, RecordKey key, StoreRecord? record, long? version, CancellationToken cancellationToken)
    {
        NpgsqlCommand command = Command(sql, cancellationToken);

        // A copy: a caller that stopped waiting may zero its own while this is still on its way.
        byte[]? body = record?.Body.ToArray();
        try
        {
            await using (command.ConfigureAwait(false))
            {
                Add(command, key.Kind);
                Add(command, key.Partition);
                Add(command, key.Id);
                if (record is not null)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = record.DueAt?.ToUnixTimeMilliseconds() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body!, NpgsqlDbType = NpgsqlDbType.Bytea });
                }

                if (version is { } expected)
                {
                    Add(command, expected);
                }

                return await ExecuteAsync(operation, command, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private async ValueTask<int> ExecuteAsync(string operation, NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            throw Fault(operation, fault, cancellationToken);
        }
    }

    private async ValueTask<IReadOnlyList<StoreRecord>> ReadAsync(
        string operation, string sql, Action<NpgsqlCommand> bind, Func<NpgsqlDataReader, RecordKey> key, CancellationToken cancellationToken)
    {
        for (bool isRepeat = false; ; isRepeat = true)
        {
            NpgsqlCommand command = Command(sql, cancellationToken);
            try
            {
                await using (command.ConfigureAwait(false))
                {
                    bind(command);
                    return await ReadAsync(command, key, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception fault)
            {
                Exception mapped = Fault(operation, fault, cancellationToken);

                // The server was restarted, or a pooler closed what was idle: a read changes nothing, so it is asked again.
                if (isRepeat || !PostgreSqlFaults.IsConnectionLost(fault))
                {
                    throw mapped;
                }
            }
        }
    }

    private static async ValueTask<IReadOnlyList<StoreRecord>> ReadAsync(
        NpgsqlCommand command, Func<NpgsqlDataReader, RecordKey> key, CancellationToken cancellationToken)
    {
        NpgsqlDataReader reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var records = new List<StoreRecord>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                records.Add(new StoreRecord
                {
                    Key = key(reader),
                    Version = reader.GetInt64(0),
                    DueAt = reader.IsDBNull(1) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
                    Body = reader.GetFieldValue<byte[]>(2),
                });
            }

            return records;
        }
    }

    private NpgsqlCommand Command(string sql, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_isPrepared)
        {
            throw new InvalidOperationException("PrepareAsync comes before every other call.");
        }

#pragma warning disable CA2100 // The texts are this folder's; values travel as parameters.
        return _source.CreateCommand(sql);
#pragma warning restore CA2100
    }

    private Exception Fault(string operation, Exception fault, CancellationToken cancellationToken)
    {
        if (PostgreSqlFaults.IsConnectionLost(fault))
        {
            _source.Clear();
        }

        return fault is OperationCanceledException && !cancellationToken.IsCancellationRequested
            ? PostgreSqlFaults.Map(operation, new TimeoutException())
            : PostgreSqlFaults.Map(operation, fault);
    }
}
