using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>The audit commands of the host's command runner. They write to the given writer and answer the exit code.</summary>
internal static class AuditCommands
{
    public const int Intact = 0;

    public const int Broken = 1;

    /// <summary>Could not find out: the store or the head file could not be read.</summary>
    public const int Unknown = 2;

    /// <summary>
    /// Verifies the log in the data store. Without <paramref name="headFile"/> the configured head file is used when it is there.
    /// </summary>
    public static async ValueTask<int> VerifyAsync(IServiceProvider services, TextWriter output, string? headFile, CancellationToken cancellationToken)
    {
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        string? configured = services.GetRequiredService<IOptions<SecureChatOptions>>().Value.Audit.HeadFile;
        string? path = headFile ?? (File.Exists(configured) ? configured : null);
        try
        {
            IReadOnlyList<AuditHead> heads = path is null ? [] : await AuditHeadFile.ReadAsync(path, time, cancellationToken);
            AuditVerification result = await AuditVerifier.VerifyAsync(
                services.GetRequiredService<SecureChatStores>().Data, heads, progress: null, cancellationToken);
            await output.WriteLineAsync(Describe(result));
            await output.WriteLineAsync(path is null
                ? "No head file: a cut tail or a log written anew as a whole would not be seen. Set SecureChatOptions.Audit.HeadFile, or pass --head FILE."
                : string.Create(CultureInfo.InvariantCulture, $"Compared with {heads.Count} exported heads."));
            return result.IsIntact ? Intact : Broken;
        }
        catch (Exception fault) when (fault is SecureChatException or IOException or UnauthorizedAccessException or FormatException)
        {
            string why = fault is SecureChatException or FormatException ? fault.Message : $"The head file could not be read ({fault.GetType().Name}).";
            await output.WriteLineAsync($"UNKNOWN: {why}");
            return Unknown;
        }
    }

    private static string Describe(AuditVerification result) => result.Broken is { } broken
        ? string.Create(CultureInfo.InvariantCulture, $"BROKEN at entry {broken.Sequence}: {broken.Why}")
        : string.Create(CultureInfo.InvariantCulture, $"OK: {result.Count} entries, head {result.HeadHash}");
}
