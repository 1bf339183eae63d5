using System.Globalization;
using System.Runtime.CompilerServices;
using FluentValidation;
using FluentValidation.Results;

namespace SecureChat.AspNetCore;

/// <summary>
/// Every range of the options. The same ranges stand in docs/configuration.md; a test keeps them equal. The ranges are one rule that
/// walks a table: a rule of its own for each of the fifty options is an expression to compile for each, which was a tenth of what the
/// product adds to the start of a host.
/// </summary>
internal sealed class SecureChatOptionsValidator : AbstractValidator<SecureChatOptions>
{
    private const string Parameter = "o => o.";

    private readonly Dictionary<string, string> _ranges = new(StringComparer.Ordinal);
    private readonly List<(Func<SecureChatOptions, bool> IsValid, string Path, string Message)> _checks = [];

    public SecureChatOptionsValidator()
    {
        Text(o => o.ApplicationId, optional: true, 100);
        string origins = Range("AllowedOrigins", "https://host[:port], or http:// with a loopback host; no path, no wildcard");

        Between(o => o.Limits.MessageBytes, 256, 65_536);
        Between(o => o.Limits.FormBytes, 1_024, 1_048_576);
        Between(o => o.Limits.FormFields, 1, 100);
        Between(o => o.Limits.FormExtensions, 0, 10);
        Between(o => o.Limits.VisitorMessageBurst, 1, 1_000);
        Between(o => o.Limits.VisitorMessagesPerSecond, 0.1, 100d);
        Between(o => o.Limits.ConversationMessagesPerSecond, 1d, 1_000d);
        Between(o => o.Limits.ConversationsPerAddressPerMinute, 1, 10_000);
        Between(o => o.Limits.VisitorWritesPerAddressPerSecond, 1d, 100_000d);
        Between(o => o.Limits.HostWritesPerSecond, 1d, 100_000d);
        Between(o => o.Limits.ClaimsPerAgentPerMinute, 1, 1_000);
        Between(o => o.Limits.HistoryPage, 1, 1_000);

        Between(o => o.Lifetimes.FormOpen, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
        Between(o => o.Lifetimes.UnopenedValue, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        Between(o => o.Lifetimes.AuthenticationData, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));
        Between(o => o.Lifetimes.KeptValue, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
        Between(o => o.Lifetimes.ViewingWindow, TimeSpan.FromSeconds(10), SecureChatLifetimes.LongestViewingWindow);
        Between(o => o.Lifetimes.IdleConversation, TimeSpan.FromMinutes(5), TimeSpan.FromDays(30));
        Between(o => o.Lifetimes.Transcript, TimeSpan.Zero, TimeSpan.FromDays(3650));
        Between(o => o.Lifetimes.SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Between(o => o.Lifetimes.OverdueUnhealthy, TimeSpan.FromSeconds(10), TimeSpan.FromDays(1));

        Text(o => o.Agents.AgentPolicy, optional: false, 200);
        Text(o => o.Agents.SupervisorPolicy, optional: false, 200);
        Text(o => o.Agents.PrivacyOfficerPolicy, optional: false, 200);
        Text(o => o.Agents.AuditorPolicy, optional: false, 200);
        Range("Agents.RequireMfaSignIn", "true or false");
        Text(o => o.Agents.AgentIdClaim, optional: false, 200);
        Check(static o => o.Agents.SignInPath is not { } path || IsLocalPath(path), "Agents.SignInPath", Range("Agents.SignInPath", "a path of this application, at most 200 characters: begins with one /, without ? and #"));
        Between(o => o.Agents.StepUpFreshness, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(60));
        Between(o => o.Agents.StepUpAttempts, 1, 20);
        Between(o => o.Agents.StepUpAttemptWindow, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
        Between(o => o.Agents.StepUpFailuresPerDay, 5, 1_000);
        Between(o => o.Agents.StepUpTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        Range("Masking.Engine", "kinds, locales, rules, patterns as docs/masking.md has them, without isDryRun");
        Range("Masking.Trial", "the same");
        Between(o => o.Masking.Timeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30));
        Between(o => o.Masking.RecentMessages, 0, 50);

        Between(o => o.Storage.OperationTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Between(o => o.Storage.KeyProviderTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Between(o => o.Storage.KeyLifetime, TimeSpan.FromMinutes(2), TimeSpan.FromDays(1));
        Between(o => o.Storage.VendorTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        Text(o => o.Audit.JsonLinesFolder, optional: true, 1_000);
        Text(o => o.Audit.HeadFile, optional: true, 1_000);
        Between(o => o.Audit.HeadInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
        Between(o => o.Audit.SinkTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(60));

        // One message per mistake: out of range is said above. P7: the shortest life belongs to card security codes, whatever the other lifetimes are.
        Check(
            static o => o.Lifetimes.UnopenedValue < TimeSpan.FromMinutes(1) || o.Lifetimes.AuthenticationData > TimeSpan.FromMinutes(15) || o.Lifetimes.AuthenticationData <= o.Lifetimes.UnopenedValue,
            "Lifetimes.AuthenticationData",
            "at most Lifetimes.UnopenedValue: a security code lives no longer than other values");

        RuleFor(static o => o).Custom((options, context) =>
        {
            for (int i = 0; i < options.AllowedOrigins.Count; i++)
            {
                if (!OriginRules.TryNormalise(options.AllowedOrigins[i], out _))
                {
                    string path = $"AllowedOrigins.{Format(i)}";
                    context.AddFailure(new ValidationFailure(path, Message(path, origins)));
                }
            }

            foreach ((Func<SecureChatOptions, bool> isValid, string path, string message) in _checks)
            {
                if (!isValid(options))
                {
                    context.AddFailure(new ValidationFailure(path, message));
                }
            }
        });
    }

    /// <summary>Ranges in words, by option path.</summary>
    public IReadOnlyDictionary<string, string> Ranges => _ranges;

    public static string Format(object? value) => value switch
    {
        null => "none",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    /// <summary>Nothing that a browser could take for another server: //host, /\host and what it resolves to them.</summary>
    private static bool IsLocalPath(string path) =>
        path.Length is >= 1 and <= 200 && path[0] == '/' && !path.Contains("//", StringComparison.Ordinal)
        && path.All(static c => char.IsAsciiLetterOrDigit(c) || "/-._~!$&'()*+,;=:@%".Contains(c, StringComparison.Ordinal));

    private void Between<T>(Func<SecureChatOptions, T> option, T minimum, T maximum, [CallerArgumentExpression(nameof(option))] string path = "")
        where T : struct, IComparable<T>
    {
        path = PathOf(path);
        Check(o => option(o).CompareTo(minimum) >= 0 && option(o).CompareTo(maximum) <= 0, path, Range(path, $"{Format(minimum)} to {Format(maximum)}"));
    }

    private void Text(Func<SecureChatOptions, string?> option, bool optional, int longest, [CallerArgumentExpression(nameof(option))] string path = "")
    {
        path = PathOf(path);
        Check(
            o => option(o) is { } text ? text.Length <= longest && !string.IsNullOrWhiteSpace(text) && !text.Any(char.IsControl) : optional,
            path,
            Range(path, $"1 to {Format(longest)} characters"));
    }

    private void Check(Func<SecureChatOptions, bool> isValid, string path, string range) => _checks.Add((isValid, path, Message(path, range)));

    private string Range(string path, string range)
    {
        _ranges.Add(path, range);
        return range;
    }

    private static string Message(string path, string range) =>
        $"{path} must be {range} (configuration key SecureChat:{path.Replace('.', ':')}).";

    private static string PathOf(string option) =>
        option.StartsWith(Parameter, StringComparison.Ordinal)
            ? option[Parameter.Length..]
            : throw new ArgumentException($"An option is written {Parameter}Group.Name.", nameof(option));
}
