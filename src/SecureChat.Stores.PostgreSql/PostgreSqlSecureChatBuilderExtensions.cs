using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SecureChat.Stores.PostgreSql;

namespace SecureChat;

/// <summary>PostgreSQL as the record store: the engine for several hosts.</summary>
public static class PostgreSqlSecureChatBuilderExtensions
{
    /// <summary>
    /// Keeps data in the schema <c>securechat</c> and keys in the schema <c>securechat_keys</c> of one PostgreSQL database (13 or
    /// newer), which are created and migrated at start. Replaces earlier choices of a store. Any number of hosts may share them.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">Where the database is, in Npgsql's form.</param>
    /// <param name="configure">Sets the other options, for example a server of its own for the keys; validated at start.</param>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty.</exception>
    /// <example><code>builder.Services.AddSecureChat().UsePostgreSql(builder.Configuration.GetConnectionString("SecureChat")!);</code></example>
    public static ISecureChatBuilder UsePostgreSql(this ISecureChatBuilder builder, string connectionString, Action<PostgreSqlStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        builder.Services.AddOptions<PostgreSqlStoreOptions>()
            .Configure(options =>
            {
                options.ConnectionString = connectionString;
                configure?.Invoke(options);
            })
            .ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlStoreOptions>, PostgreSqlStoreOptionsValidator>());
        return builder
            .UseRecordStore(static (services, slot) =>
                new PostgreSqlRecordStore(services.GetRequiredService<IOptions<PostgreSqlStoreOptions>>().Value, slot))
            .UseConversationFeed(static services => new PostgreSqlConversationFeed(services.GetRequiredService<IOptions<PostgreSqlStoreOptions>>().Value));
    }
}
