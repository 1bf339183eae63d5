using Microsoft.Extensions.Options;
using Npgsql;
using SecureChat.Stores.PostgreSql;
using SecureChat.TestHost;

namespace SecureChat.Stores.Tests.PostgreSql;

/// <summary>What a host is refused with at start, and what its roles need.</summary>
public sealed class PostgreSqlStartTests(PostgreSqlServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_so()
    {
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        options.ConnectionString = "Host=127.0.0.1;Port=1;Database=nothing;Username=nobody;Password=very-secret";
        string message = await RefusedAsync(options);
        Assert.Contains("nobody answers there", message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_named_so() =>
        Assert.Contains("CREATE DATABASE", await RefusedAsync(await server.OptionsAsync("missing")), StringComparison.Ordinal);

    [Fact]
    public async Task A_role_that_is_not_let_in_is_named_so()
    {
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        options.ConnectionString = (await server.ClusterAsync()).ConnectionString(role: "stranger");
        Assert.Contains("does not let the role in", await RefusedAsync(options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_store_utf8_is_refused()
    {
        string database = await (await server.ClusterAsync()).CreateDatabaseAsync("ENCODING 'SQL_ASCII' TEMPLATE template0");
        Assert.Contains("ENCODING 'UTF8'", await RefusedAsync(await server.OptionsAsync(database)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_another_application_is_left_as_it_is()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await cluster.ExecuteAsync($"CREATE SCHEMA {options.Schema}; CREATE TABLE {options.Schema}.customers (id int)");
        Assert.Contains("another application", await RefusedAsync(options), StringComparison.Ordinal);
        Assert.Equal(1L, await cluster.ExecuteAsync($"SELECT count(*) FROM pg_tables WHERE schemaname = '{options.Schema}'"));
    }

    [Fact]
    public async Task A_schema_of_the_other_slot_is_refused()
    {
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await using (var keys = new PostgreSqlRecordStore(options, RecordStoreSlot.Keys))
        {
            await keys.PrepareAsync(Token);
        }

        options.Schema = options.KeysSchema;
        Assert.Contains("mixed up", await RefusedAsync(options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_as_it_is()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await using (var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data))
        {
            await store.PrepareAsync(Token);
        }

        await cluster.ExecuteAsync($"UPDATE {options.Schema}.schema_version SET version = 99");
        Assert.StartsWith("SC1009", await RefusedAsync(options), StringComparison.Ordinal);
        Assert.Equal(99, await cluster.ExecuteAsync($"SELECT version FROM {options.Schema}.schema_version"));
    }

    [Fact]
    public async Task A_role_that_may_not_create_the_schema_is_told_what_to_do()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await cluster.ExecuteAsync($"CREATE ROLE app_{options.Schema} LOGIN");
        options.ConnectionString = cluster.ConnectionString(role: $"app_{options.Schema}");
        Assert.Contains("give OwnerConnectionString a role that may", await RefusedAsync(options), StringComparison.Ordinal);
        Assert.Equal(0L, await cluster.ExecuteAsync($"SELECT count(*) FROM pg_namespace WHERE nspname = '{options.Schema}'"));
    }

    [Fact]
    public async Task The_owner_prepares_and_the_working_role_reads_and_writes_records_and_nothing_else()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        string role = "Odd \"role\" " + options.Schema;
        await cluster.ExecuteAsync($"CREATE ROLE \"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\" LOGIN");
        options.OwnerConnectionString = options.ConnectionString;
        options.ConnectionString = cluster.ConnectionString(role: role);
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            await using var store = new PostgreSqlRecordStore(options, slot);
            await store.PrepareAsync(Token);
            var key = new RecordKey { Kind = "conversation-event", Partition = "p", Id = "a" };
            Assert.True(await store.InsertAsync(new StoreRecord { Key = key, Body = new byte[] { 1 } }, Token));
            Assert.True(await store.ReplaceAsync(new StoreRecord { Key = key, Version = 1, Body = new byte[] { 2 } }, Token));
            Assert.True(await store.DeleteAsync(key, 2, Token));
        }

        // Without the owner's string, as most hosts of many would run.
        options.OwnerConnectionString = null;
        await using var later = new PostgreSqlRecordStore(options, RecordStoreSlot.Data);
        await later.PrepareAsync(Token);
        foreach (string statement in (string[])[
            $"DROP TABLE {options.Schema}.record", $"TRUNCATE {options.Schema}.record", $"CREATE TABLE {options.Schema}.mine (id int)",
            $"UPDATE {options.Schema}.schema_version SET version = 0", $"ALTER TABLE {options.Schema}.record DISABLE TRIGGER ALL"])
        {
            await using var connection = new NpgsqlConnection(options.ConnectionString);
            await connection.OpenAsync(Token);
            await using var command = new NpgsqlCommand(statement, connection);
            PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Token));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task Rights_that_are_missing_on_a_prepared_schema_are_named()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        PostgreSqlStoreOptions options = await server.OptionsAsync();
        await using (var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data))
        {
            await store.PrepareAsync(Token);
        }

        string role = $"half_{options.Schema}";
        await cluster.ExecuteAsync($"CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {options.Schema} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {options.Schema} TO {role}");
        options.ConnectionString = cluster.ConnectionString(role: role);
        Assert.Contains("GRANT USAGE", await RefusedAsync(options), StringComparison.Ordinal);
        await cluster.ExecuteAsync($"GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {options.Schema} TO {role}");
        await using var now = new PostgreSqlRecordStore(options, RecordStoreSlot.Data);
        await now.PrepareAsync(Token);
    }

    [Fact]
    public async Task Hosts_that_start_together_make_one_schema()
    {
        const int Rounds = 12, Hosts = 6;
        for (int round = 0; round < Rounds; round++)
        {
            PostgreSqlStoreOptions options = await server.OptionsAsync();
            PostgreSqlRecordStore[] hosts = [.. Enumerable.Range(0, Hosts).Select(_ => new PostgreSqlRecordStore(options, RecordStoreSlot.Data))];
            await Task.WhenAll(hosts.Select(host => Task.Run(async () => await host.PrepareAsync(Token))));
            var key = new RecordKey { Kind = "kind", Partition = "p", Id = "a" };
            bool[] inserted = await Task.WhenAll(hosts.Select(host => host.InsertAsync(new StoreRecord { Key = key, Body = Array.Empty<byte>() }, Token).AsTask()));
            Assert.Single(inserted, true);
            foreach (PostgreSqlRecordStore host in hosts)
            {
                await host.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task What_promises_rest_on_holds_whatever_the_database_and_its_role_are_set_to()
    {
        PostgreSqlCluster cluster = await server.ClusterAsync();
        string database = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteAsync(
            $"ALTER DATABASE {database} SET synchronous_commit = off; ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'; ALTER DATABASE {database} SET log_parameter_max_length_on_error = -1; ALTER DATABASE {database} SET search_path = evil, pg_catalog");
        PostgreSqlStoreOptions options = await server.OptionsAsync(database);
        await using NpgsqlDataSource source = PostgreSqlConnections.Open(options.ConnectionString, options.CommandTimeout, options.MaxConnections);
        foreach ((string setting, string expected) in new[]
            { ("synchronous_commit", "on"), ("default_transaction_isolation", "read committed"), ("transaction_isolation", "read committed"), ("log_parameter_max_length_on_error", "0"), ("search_path", "pg_catalog"), ("statement_timeout", "5s") })
        {
            await using NpgsqlCommand command = source.CreateCommand($"SHOW {setting}");
            Assert.Equal(expected, await command.ExecuteScalarAsync(Token));
        }
    }

    [Theory]
    [InlineData("", "must name Host and Database")]
    [InlineData("Host=localhost", "must name Host and Database")]
    [InlineData("Hots=localhost;Password=very-secret", "is not a connection string")]
    [InlineData("Host=db.example;Database=chat;Password=very-secret", "SSL Mode=VerifyFull")]
    [InlineData("Host=db.example;Database=chat;SSL Mode=Require;Password=very-secret", "SSL Mode=VerifyFull")]
    [InlineData("Host=localhost,db.example;Database=chat;Password=very-secret", "SSL Mode=VerifyFull")]
    [InlineData("Host=10.0.0.7;Database=chat", "SSL Mode=VerifyFull")]
    public void A_connection_string_that_would_fail_or_travel_in_clear_is_refused_without_being_quoted(string connectionString, string expected)
    {
        string failure = Assert.Single(Validate(new PostgreSqlStoreOptions { ConnectionString = connectionString, KeysConnectionString = "Host=localhost;Database=keys" }));
        Assert.StartsWith("SC1001: PostgreSqlStoreOptions.ConnectionString", failure, StringComparison.Ordinal);
        Assert.Contains(expected, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=localhost;Database=chat")]
    [InlineData("Host=127.0.0.1;Database=chat")]
    [InlineData("Host=[::1]:5432;Database=chat")]
    [InlineData("Host=::1;Database=chat")]
    [InlineData("Host=localhost:5433,/var/run/postgresql;Database=chat")]
    [InlineData("Host=db.example;Database=chat;SSL Mode=VerifyFull")]
    public void A_connection_string_that_is_safe_passes(string connectionString) =>
        Assert.Empty(Validate(new PostgreSqlStoreOptions { ConnectionString = connectionString }));

    [Fact]
    public void Other_options_are_refused_by_name()
    {
        var options = new PostgreSqlStoreOptions
        {
            ConnectionString = "Host=localhost;Database=chat",
            Schema = "securechat_keys",
            CommandTimeout = TimeSpan.FromMinutes(1),
            MaxConnections = 1,
        };
        Assert.Equal(
            ["KeysSchema must be another", "CommandTimeout must be 1 to 30", "MaxConnections must be 2 to 500"],
            Validate(options).Select(static failure => string.Join(' ', failure.Split(' ')[1..]).Replace("PostgreSqlStoreOptions.", "", StringComparison.Ordinal)).Zip([26, 30, 31], static (failure, length) => failure[..length]));
        options.KeysConnectionString = "Host=localhost;Database=keys";
        Assert.DoesNotContain(Validate(options), static failure => failure.Contains("KeysSchema", StringComparison.Ordinal));
        foreach (string schema in (string[])["", "public", "pg_temp", "Upper", "1st", "a-b", "a\"b", new string('a', 64)])
        {
            options.Schema = schema;
            Assert.Contains(Validate(options), static failure => failure.Contains("PostgreSqlStoreOptions.Schema must", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Validate(PostgreSqlStoreOptions options) => new PostgreSqlStoreOptionsValidator().Validate(null, options).Failures ?? [];

    private static async Task<string> RefusedAsync(PostgreSqlStoreOptions options)
    {
        await using var store = new PostgreSqlRecordStore(options, RecordStoreSlot.Data);
        return (await Assert.ThrowsAsync<SecureChatConfigurationException>(async () => await store.PrepareAsync(Token))).Message;
    }
}
