namespace SecureChat.Stores.PostgreSql;

/// <summary>Where the PostgreSQL store keeps its records, and how long it waits. Read once, when the stores are made.</summary>
public sealed class PostgreSqlStoreOptions
{
    private string? _keysConnectionString;

    /// <summary>
    /// Connection string of the data store (events, forms, consent, audit), in Npgsql's form. The role needs to read and write its
    /// schema's tables and nothing else, when <see cref="OwnerConnectionString"/> is given. Required, no default.
    /// </summary>
    public string ConnectionString { get; set; } = string.Empty;

    /// <summary>
    /// Connection string of the key store. A server of its own, with backups that are kept for days, is best: with an old copy of
    /// the keys an old copy of the data can be opened. Default: that of the data.
    /// </summary>
    public string KeysConnectionString
    {
        get => _keysConnectionString ?? ConnectionString;
        set => _keysConnectionString = value;
    }

    /// <summary>Schema of the data store, 1 to 63 characters of <c>a-z 0-9 _</c>. Default <c>securechat</c>.</summary>
    public string Schema { get; set; } = "securechat";

    /// <summary>Schema of the key store; another than <see cref="Schema"/> when both are in one database. Default <c>securechat_keys</c>.</summary>
    public string KeysSchema { get; set; } = "securechat_keys";

    /// <summary>
    /// Connection string of a role that may create schemas and tables in the database of the data, used at start only: to create or
    /// migrate the schema and to grant the role of <see cref="ConnectionString"/> what it needs. Default: none, the role of
    /// <see cref="ConnectionString"/> does it, or finds it done.
    /// </summary>
    public string? OwnerConnectionString { get; set; }

    /// <summary>As <see cref="OwnerConnectionString"/>, for the database of the keys. Default: that of the data, when both have one connection string.</summary>
    public string? KeysOwnerConnectionString { get; set; }

    /// <summary>
    /// How long one statement may take, on this side and on the server, before it fails as transient. Default 5 seconds; 1 to 30
    /// seconds. Keep it below <c>SecureChatOptions.Storage.OperationTimeout</c>.
    /// </summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Connections that each of the two stores may open, unless the connection string sets <c>Maximum Pool Size</c> itself. Default
    /// 20; 2 to 500. The server must allow twice as many for each host.
    /// </summary>
    public int MaxConnections { get; set; } = 20;

    /// <summary>
    /// Whether connections to other machines may go unencrypted or to a server that is not verified. Default <see langword="false"/>:
    /// a connection string without <c>SSL Mode=VerifyFull</c> or <c>VerifyCA</c> is refused unless its host is this machine.
    /// </summary>
    public bool AllowUnverifiedServer { get; set; }

    /// <summary>Names only the type: connection strings hold passwords.</summary>
    public override string ToString() => nameof(PostgreSqlStoreOptions);
}
