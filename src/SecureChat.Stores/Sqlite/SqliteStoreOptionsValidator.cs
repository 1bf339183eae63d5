using Microsoft.Extensions.Options;

namespace SecureChat.Stores;

/// <summary>Refuses at start what would only fail, or silently share a file, later.</summary>
internal sealed class SqliteStoreOptionsValidator : IValidateOptions<SqliteStoreOptions>
{
    private static readonly TimeSpan ShortestBusyTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBusyTimeout = TimeSpan.FromSeconds(30);

    public ValidateOptionsResult Validate(string? name, SqliteStoreOptions options)
    {
        var failures = new List<string>();
        if (!IsFilePath(options.DataPath))
        {
            Refuse("DataPath must name a file: UseSqlite(\"data/securechat.db\").");
        }
        else if (!IsFilePath(options.KeysPath))
        {
            Refuse("KeysPath must name a file, or be left out.");
        }
        else if (string.Equals(Path.GetFullPath(options.DataPath), Path.GetFullPath(options.KeysPath), StringComparison.OrdinalIgnoreCase))
        {
            Refuse("KeysPath must be another file than DataPath: ciphertext and keys live apart.");
        }

        if (options.BusyTimeout < ShortestBusyTimeout || options.BusyTimeout > LongestBusyTimeout)
        {
            Refuse("BusyTimeout must be 100 milliseconds to 30 seconds.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Refuse(string what) => failures.Add($"{SecureChatErrors.OptionsInvalid.Code}: SqliteStoreOptions.{what}");
    }

    // ":memory:" and "file:" are SQLite's own forms; a store in memory would forget keys that ciphertext still needs.
    private static bool IsFilePath(string? path) =>
        !string.IsNullOrWhiteSpace(path)
        && !path.StartsWith(':')
        && !path.StartsWith("file:", StringComparison.OrdinalIgnoreCase)
        && !path.Contains('\0', StringComparison.Ordinal)
        && Path.GetFileName(path).Length > 0;
}
