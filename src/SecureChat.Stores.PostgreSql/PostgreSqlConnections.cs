using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace SecureChat.Stores.PostgreSql;

/// <summary>Makes the pool of a store: with the settings that promises rest on, whatever server, database or role say.</summary>
internal static class PostgreSqlConnections
{
    private const string WorkingQuery =
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('synchronous_commit'), pg_catalog.current_setting('default_transaction_isolation')";

    /// <param name="connectionString">The host's.</param>
    /// <param name="timeout">For a statement, on both sides.</param>
    /// <param name="maxConnections">Unless the string says how many.</param>
    /// <param name="keepAlive">How often an idle connection is asked whether it still is one; zero for never.</param>
    public static NpgsqlDataSource Open(string connectionString, TimeSpan timeout, int maxConnections, TimeSpan keepAlive = default)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)Math.Ceiling(timeout.TotalSeconds),
            PersistSecurityInfo = false,
            IncludeErrorDetail = false,
            LogParameters = false,

            // Every statement is a transaction of its own and leaves no state behind, so there is nothing to reset.
            NoResetOnClose = true,
            Enlist = false,
            KeepAlive = (int)keepAlive.TotalSeconds,
        };
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        if (!IsGiven(given, "Maximum Pool Size", "MaximumPoolSize", "MaxPoolSize", "Max Pool Size"))
        {
            settings.MaxPoolSize = maxConnections;
        }

        if (!IsGiven(given, "Max Auto Prepare", "MaxAutoPrepare"))
        {
            settings.MaxAutoPrepare = 32;
            settings.AutoPrepareMinUsages = 1;
        }

        if (!IsGiven(given, "Timeout"))
        {
            settings.Timeout = settings.CommandTimeout;
        }

        if (settings.Host!.Contains(',', StringComparison.Ordinal))
        {
            // A standby may be behind: what is read there could show what has been destroyed.
            settings.TargetSessionAttributes = "primary";
        }

        // Sent with the start of the session, so that they are its defaults:
        // - synchronous_commit: "off" or "local" would acknowledge what a crash, or a failover to a standby that waits, undoes;
        // - read committed: one statement that compares and writes needs no more, and must not fail for less;
        // - no parameter in the server's log, where it outlives what was destroyed; no name that a schema in the path could redirect.
        settings.Options = string.Create(
            CultureInfo.InvariantCulture,
            $@"{settings.Options} -c synchronous_commit=on -c default_transaction_isolation=read\ committed -c statement_timeout={(int)timeout.TotalMilliseconds} -c log_parameter_max_length_on_error=0 -c search_path=pg_catalog -c jit=off").Trim();
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(Check, CheckAsync);
        return builder.Build();
    }

    private static bool IsGiven(DbConnectionStringBuilder given, params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (given.ContainsKey(keyword))
            {
                return true;
            }
        }

        return false;
    }

    private static void Check(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(WorkingQuery, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        Check(reader);
    }

    private static async Task CheckAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(WorkingQuery, connection);
        await using (command.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync().ConfigureAwait(false);
                Check(reader);
            }
        }
    }

    /// <summary>Some poolers between host and server drop what a session starts with: then nothing is read or written through them.</summary>
    private static void Check(NpgsqlDataReader reader)
    {
        if (reader.GetBoolean(0))
        {
            // A server that was the primary a moment ago, or will be: waiting may help.
            throw new SecureChatStoreException(PostgreSqlFaults.StoreName, "connect-to-standby", isTransient: true);
        }

        if (reader.GetString(1) != "on" || reader.GetString(2) != "read committed")
        {
            throw new SecureChatStoreException(PostgreSqlFaults.StoreName, "configure", isTransient: false);
        }
    }
}
