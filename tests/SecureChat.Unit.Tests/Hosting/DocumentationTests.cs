using System.Collections;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Hosting;

public sealed class DocumentationTests
{
    [Fact]
    public void The_table_of_options_equals_the_code_in_key_default_and_range()
    {
        IReadOnlyDictionary<string, string> ranges = new SecureChatOptionsValidator().Ranges;
        string[] expected = [.. Documentation.Paths().Select(option =>
        {
            string standard = option.Path == nameof(SecureChatOptions.ApplicationId)
                ? "the host's application name"
                : option.Default is SecureChat.Masking.MaskingEngineOptions
                ? "every kind of every country, masked"
                : option.Default is IList list
                    ? list.Count == 0 ? "none" : string.Join(", ", list.Cast<object>())
                    : SecureChatOptionsValidator.Format(option.Default);
            return $"| `{option.Path.Replace('.', ':')}` | {standard} | {ranges[option.Path]} |";
        })];
        string[] rows = Documentation.Rows("configuration.md", "| Key | Default | Range | Meaning |");
        string[] actual = [.. rows.Select(static row => row[..(row.TrimEnd(' ', '|').LastIndexOf(" | ", StringComparison.Ordinal) + 2)])];
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        Assert.All(rows, static row => Assert.True(row.Split(" | ")[3].TrimEnd(' ', '|').Length > 10));
    }

    [Fact]
    public void The_table_of_errors_equals_the_code()
    {
        string[] expected = [.. SecureChatErrors.All.Select(static error =>
            $"| {error.Code} | {(error.Status == 0 ? "start" : SecureChatOptionsValidator.Format(error.Status))} | {error.Title} | {error.NextStep} |")];
        string[] actual = [.. Documentation.Rows("errors.md", "| Code | Status | What is wrong | Next step |")
            .Select(static row => row.Replace("\\<", "<", StringComparison.Ordinal).Replace("\\|", "|", StringComparison.Ordinal))];
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Error_codes_are_unique_and_of_the_documented_form()
    {
        Assert.All(SecureChatErrors.All, static error => Assert.Matches("^SC[1-6][0-9]{3}$", error.Code));
        Assert.Equal(SecureChatErrors.All.Count, SecureChatErrors.All.Select(static error => error.Code).Distinct(StringComparer.Ordinal).Count());
    }
}
