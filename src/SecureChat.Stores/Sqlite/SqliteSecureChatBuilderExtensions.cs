using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SecureChat.Stores;

namespace SecureChat;

/// <summary>SQLite as the record store: the embedded default, for one machine.</summary>
public static class SqliteSecureChatBuilderExtensions
{
    /// <summary>
    /// Keeps data in the file <paramref name="dataPath"/> and keys in a second file beside it (<c>x.db</c> and <c>x.keys.db</c>).
    /// Replaces earlier choices of a store. Safe for several processes on one machine; not for a network file system.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="dataPath">File of the data store; its folder is made when it is missing.</param>
    /// <exception cref="ArgumentException"><paramref name="dataPath"/> is empty.</exception>
    /// <example><code>builder.Services.AddSecureChat().UseSqlite("data/securechat.db");</code></example>
    public static ISecureChatBuilder UseSqlite(this ISecureChatBuilder builder, string dataPath)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(dataPath);
        return builder.UseSqlite(options => options.DataPath = dataPath);
    }

    /// <summary>As <see cref="UseSqlite(ISecureChatBuilder, string)"/>, with every option. The options are validated at start.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Sets the options; calls add up, the last word wins.</param>
    public static ISecureChatBuilder UseSqlite(this ISecureChatBuilder builder, Action<SqliteStoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<SqliteStoreOptions>().Configure(configure).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStoreOptions>, SqliteStoreOptionsValidator>());
        builder.Services.TryAddSingleton(TimeProvider.System);
        return builder.UseRecordStore(static (services, slot) =>
        {
            SqliteStoreOptions options = services.GetRequiredService<IOptions<SqliteStoreOptions>>().Value;
            return new SqliteRecordStore(
                slot == RecordStoreSlot.Data ? options.DataPath : options.KeysPath,
                slot,
                options.BusyTimeout,
                services.GetRequiredService<TimeProvider>());
        });
    }
}
