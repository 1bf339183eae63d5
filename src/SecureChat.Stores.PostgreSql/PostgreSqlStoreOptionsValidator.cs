using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;

namespace SecureChat.Stores.PostgreSql;

/// <summary>Refuses at start what would only fail, share records or travel in clear later. Messages name options, never their content.</summary>
internal sealed class PostgreSqlStoreOptionsValidator : IValidateOptions<PostgreSqlStoreOptions>
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, PostgreSqlStoreOptions options)
    {
        var failures = new List<string>();
        NpgsqlConnectionStringBuilder? data = Parse(nameof(options.ConnectionString), options.ConnectionString);
        NpgsqlConnectionStringBuilder? keys = Parse(nameof(options.KeysConnectionString), options.KeysConnectionString);
        if (options.OwnerConnectionString is not null)
        {
            Parse(nameof(options.OwnerConnectionString), options.OwnerConnectionString);
        }

        if (options.KeysOwnerConnectionString is not null)
        {
            Parse(nameof(options.KeysOwnerConnectionString), options.KeysOwnerConnectionString);
        }

        RefuseSchema(nameof(options.Schema), options.Schema);
        RefuseSchema(nameof(options.KeysSchema), options.KeysSchema);
        if (data is not null
            && keys is not null
            && string.Equals(options.Schema, options.KeysSchema, StringComparison.Ordinal)
            && (data.Host, data.Port, data.Database) == (keys.Host, keys.Port, keys.Database))
        {
            Refuse("KeysSchema must be another schema than Schema: ciphertext and keys live apart.");
        }

        if (options.CommandTimeout < ShortestTimeout || options.CommandTimeout > LongestTimeout)
        {
            Refuse("CommandTimeout must be 1 to 30 seconds.");
        }

        if (options.MaxConnections is < 2 or > 500)
        {
            Refuse("MaxConnections must be 2 to 500.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        NpgsqlConnectionStringBuilder? Parse(string option, string value)
        {
            NpgsqlConnectionStringBuilder parsed;
            try
            {
                parsed = new NpgsqlConnectionStringBuilder(value);
            }
            catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
            {
                // The fault quotes the string, and the string holds a password.
                Refuse($"{option} is not a connection string of Npgsql: \"Host=...;Database=...;Username=...\".");
                return null;
            }

            if (string.IsNullOrWhiteSpace(parsed.Host) || string.IsNullOrWhiteSpace(parsed.Database))
            {
                Refuse($"{option} must name Host and Database: UsePostgreSql(\"Host=db.example;Database=chat;Username=securechat_app\").");
                return null;
            }

            if (!options.AllowUnverifiedServer && parsed.SslMode is not (SslMode.VerifyCA or SslMode.VerifyFull) && !IsThisMachine(parsed.Host))
            {
                Refuse($"{option} connects to another machine without verifying it: add \"SSL Mode=VerifyFull\" (and \"Root Certificate=...\" for an authority of your own), or set AllowUnverifiedServer.");
            }

            return parsed;
        }

        void RefuseSchema(string option, string schema)
        {
            if (!PostgreSqlSchema.IsName(schema))
            {
                Refuse($"{option} must have 1 to 63 characters of a-z, 0-9 and _, start with a letter, and be neither public nor one of PostgreSQL's own (pg_...).");
            }
        }

        void Refuse(string what) => failures.Add($"{SecureChatErrors.OptionsInvalid.Code}: PostgreSqlStoreOptions.{what}");
    }

    // A path is the folder of a socket on this machine; several hosts stand in one list.
    private static bool IsThisMachine(string hosts) => Array.TrueForAll(
        hosts.Split(',', StringSplitOptions.TrimEntries),
        static host => host.StartsWith('/')
            || host.StartsWith('@')
            || string.Equals(WithoutPort(host), "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(WithoutPort(host), out IPAddress? address) && IPAddress.IsLoopback(address)));

    private static string WithoutPort(string host)
    {
        int colon = host.LastIndexOf(':');
        return colon > 0 && host.IndexOf(':', StringComparison.Ordinal) == colon ? host[..colon] : host;
    }
}
