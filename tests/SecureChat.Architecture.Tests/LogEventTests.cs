using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace SecureChat.Architecture.Tests;

/// <summary>Log events: an operator filters by id, so an id means one thing, and what is logged cannot hold a value.</summary>
public sealed partial class LogEventTests
{
    /// <summary>Which hundreds belong to which folder; docs/telemetry.md says the same to operators.</summary>
    private static readonly Dictionary<string, int[]> Hundreds = new(StringComparer.Ordinal)
    {
        ["Hosting"] = [1000],
        ["Chat"] = [1000, 1500],
        ["Masking"] = [1100],
        ["Vault"] = [1200],
        ["Forms"] = [1300],
        ["Consent"] = [1300],
        ["Audit"] = [1400],
        ["Web"] = [1500],
        ["Agents"] = [1600],
        ["Retention"] = [1700],
    };

    [Fact]
    public void Ids_and_names_of_log_events_are_unique_and_none_is_left_out()
    {
        Assert.True(LogEvent.All.Count > 30, $"Only {LogEvent.All.Count} events were found.");
        Assert.All(LogEvent.All, static log => Assert.Matches("^[A-Z][A-Za-z]{5,60}$", log.Name));
        Assert.Equal(LogEvent.All.Count, LogEvent.All.Select(static log => log.Id).Distinct().Count());
        Assert.Equal(LogEvent.All.Count, LogEvent.All.Select(static log => log.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Ids_are_in_the_hundred_of_their_folder()
    {
        (string File, int Id)[] written = [.. Product.Projects.Where(static project => project.Folder.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(static project => Repository.Files(project.Folder, "*.cs"))
            .SelectMany(static file => Attributes().Matches(Repository.Read(file)).Select(match => (file, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))))];
        Assert.Equal(LogEvent.All.Select(static log => log.Id), written.Select(static pair => pair.Id).Order());
        Assert.All(written, static pair =>
        {
            string folder = pair.File.Split('/')[2];
            Assert.True(Hundreds.TryGetValue(folder, out int[]? hundreds) && hundreds.Contains(pair.Id / 100 * 100), $"{pair.File}: {pair.Id} is not in the range of {folder}.");
        });
    }

    [Fact]
    public void E43_A_log_event_takes_names_numbers_and_enums_and_never_an_exception_or_an_object()
    {
        Assert.All(LogEvent.All.SelectMany(static log => log.Method.GetParameters().Select(parameter => (log, parameter))), static pair =>
        {
            Type type = pair.parameter.ParameterType;
            Assert.True(
                type.IsAssignableTo(typeof(ILogger)) || type.IsEnum || type == typeof(string) || type == typeof(int) || type == typeof(long) || type == typeof(TimeSpan),
                $"{pair.log}: {pair.parameter.Name} is {type}.");
            Assert.DoesNotContain(pair.parameter.Name, ["text", "value", "token", "body", "reason", "answer", "secret", "message", "name", "agentId", "subject"], StringComparer.OrdinalIgnoreCase);
        });
    }

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId = )?([0-9]+)")]
    private static partial Regex Attributes();
}
