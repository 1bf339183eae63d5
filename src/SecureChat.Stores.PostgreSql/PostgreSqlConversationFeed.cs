using System.Buffers;
using Npgsql;
using NpgsqlTypes;

namespace SecureChat.Stores.PostgreSql;

/// <summary>
/// Hints over <c>LISTEN</c> and <c>NOTIFY</c>, on the channel that is named as the schema. A <c>NOTIFY</c> takes a lock of the whole database
/// when it commits, so hints go in batches, and never with a write of a record. Any role of the database may listen and notify: a hint
/// holds random ids only, and makes whoever hears it read.
/// </summary>
internal sealed class PostgreSqlConversationFeed : IConversationFeed, IAsyncDisposable, IDisposable
{
    private const int MostConnections = 3;

    // A server that is gone without a word is missed after this.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    private static readonly SearchValues<char> IdCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly NpgsqlDataSource _source;
    private readonly string _channel;

    public PostgreSqlConversationFeed(PostgreSqlStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!PostgreSqlSchema.IsName(options.Schema))
        {
            throw new ArgumentException("The name of the schema was not validated.", nameof(options));
        }

        _channel = options.Schema;
        _source = PostgreSqlConnections.Open(options.ConnectionString, options.CommandTimeout, MostConnections, KeepAlive);
    }

    public async ValueTask AnnounceAsync(IReadOnlyList<ConversationHint> hints, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hints);
        ArgumentOutOfRangeException.ThrowIfZero(hints.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hints.Count, IConversationFeed.MaxBatch);
        if (!hints.All(static hint => IsId(hint.ConversationId)))
        {
            throw new ArgumentException("An id has 1 to 64 characters of A-Z a-z 0-9 - _.", nameof(hints));
        }

        // At most 100 times 65 bytes, of the 8,000 that PostgreSQL takes.
        NpgsqlCommand command = _source.CreateCommand("SELECT pg_notify($1, $2)");
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _channel, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = string.Join('\n', hints.Select(static hint => hint.ConversationId)), NpgsqlDbType = NpgsqlDbType.Text });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask ListenAsync(Action listening, Action<ConversationHint> heard, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(listening);
        ArgumentNullException.ThrowIfNull(heard);
        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, notification) =>
            {
                foreach (string id in notification.Payload.Split('\n'))
                {
                    // What somebody else wrote into the channel is no hint.
                    if (IsId(id))
                    {
                        heard(new ConversationHint { ConversationId = id });
                    }
                }
            };
            try
            {
                await ExecuteAsync(connection, $"LISTEN \"{_channel}\"", cancellationToken).ConfigureAwait(false);
                listening();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                // Nothing resets a connection that goes back: the next one who takes it would go on listening.
                NpgsqlConnection.ClearPool(connection);
            }
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    public void Dispose() => _source.Dispose();

    private static bool IsId(string id) => id.Length is >= 1 and <= ConversationHint.MaxIdLength && !id.AsSpan().ContainsAnyExcept(IdCharacters);

    private static async ValueTask ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The name of the channel was checked.
        var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
