using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using SecureChat.AspNetCore;
using SecureChat.Masking;

namespace SecureChat.Unit.Tests.Hosting;

public sealed class OptionsTests
{
    private static readonly SecureChatOptionsValidator Validator = new();

    public static TheoryData<string> Bounded => [.. Validator.Ranges.Where(static pair => pair.Value.Contains(" to ", StringComparison.Ordinal) && !pair.Value.EndsWith("characters", StringComparison.Ordinal)).Select(static pair => pair.Key)];

    public static TheoryData<string> Texts => [.. Validator.Ranges.Where(static pair => pair.Value.EndsWith("characters", StringComparison.Ordinal)).Select(static pair => pair.Key)];

    [Fact]
    public void The_defaults_are_valid() => Assert.True(Validator.Validate(new SecureChatOptions()).IsValid);

    [Fact]
    public void Every_option_has_a_range() =>
        Assert.Equal(Documentation.Paths().Select(static path => path.Path).Order(StringComparer.Ordinal), Validator.Ranges.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(null, true)]
    [InlineData("/", true)]
    [InlineData("/signin", true)]
    [InlineData("/account/sign-in.aspx", true)]
    [InlineData("/a%20b", true)]
    [InlineData("", false)]
    [InlineData("signin", false)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("/a//b", false)]
    [InlineData("/signin?x=1", false)]
    [InlineData("/signin#x", false)]
    [InlineData("/sign in", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("/\n", false)]
    [InlineData("/\"><script>", false)]
    [InlineData("/anmeldung-für", false)]
    [InlineData("https://evil.example/", false)]
    [InlineData("javascript:alert(1)", false)]
    public void The_sign_in_page_is_a_path_of_this_application(string? path, bool valid)
    {
        SecureChatOptions options = new();
        options.Agents.SignInPath = path;
        Assert.Equal(valid, Validator.Validate(options).IsValid);
        options.Agents.SignInPath = "/" + new string('a', 199);
        Assert.True(Validator.Validate(options).IsValid);
        options.Agents.SignInPath += "a";
        Assert.False(Validator.Validate(options).IsValid);
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_bounded_option_takes_its_ends_and_refuses_what_lies_beyond(string path)
    {
        string[] ends = Validator.Ranges[path].Split(" to ");
        Type type = Documentation.Paths().Single(option => option.Path == path).Property.PropertyType;
        foreach ((object value, bool valid) in Values(type, ends[0], ends[1]))
        {
            SecureChatOptions options = With(path, value);

            // Another rule ties these two together.
            if (path == "Lifetimes.AuthenticationData")
            {
                options.Lifetimes.UnopenedValue = TimeSpan.FromDays(1);
            }
            else if (path == "Lifetimes.UnopenedValue")
            {
                options.Lifetimes.AuthenticationData = TimeSpan.FromSeconds(30);
            }

            string[] messages = [.. Validator.Validate(options).Errors.Select(static error => error.ErrorMessage)];
            if (valid)
            {
                Assert.Empty(messages);
            }
            else
            {
                string message = Assert.Single(messages);
                Assert.Contains(path, message, StringComparison.Ordinal);
                Assert.Contains(Validator.Ranges[path], message, StringComparison.Ordinal);
                Assert.Contains($"SecureChat:{path.Replace('.', ':')}", message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_option_refuses_blank_control_and_overlong_text(string path)
    {
        int longest = int.Parse(Validator.Ranges[path].Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.True(Validator.Validate(With(path, new string('a', longest))).IsValid);
        foreach (string bad in new[] { string.Empty, "  ", "a\u0000", "a\r\nb", new string('a', longest + 1) })
        {
            Assert.Contains(path, Assert.Single(Validator.Validate(With(path, bad)).Errors).ErrorMessage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void P7_A_security_code_lives_no_longer_than_other_values()
    {
        var options = new SecureChatOptions();
        options.Lifetimes.UnopenedValue = TimeSpan.FromMinutes(2);
        Assert.Contains("Lifetimes.AuthenticationData", Assert.Single(Validator.Validate(options).Errors).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_invalid_options_are_named_together_when_the_host_starts()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.OptionsInvalid, static setup => setup.Options = static options =>
        {
            options.Limits.MessageBytes = 1;
            options.Limits.VisitorMessagesPerSecond = double.NaN;
            options.Lifetimes.FormOpen = TimeSpan.FromDays(2);
            options.AllowedOrigins.Add("https://good.example");
            options.AllowedOrigins.Add("https://*.example.com");
        });
        Assert.Contains("Limits.MessageBytes must be 256 to 65536 (configuration key SecureChat:Limits:MessageBytes).", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Limits.VisitorMessagesPerSecond", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Lifetimes.FormOpen must be 00:01:00 to 1.00:00:00", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("AllowedOrigins.1", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AllowedOrigins.0", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("*.example.com", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_sets_every_kind_of_option()
    {
        var options = new SecureChatOptions();
        Bind(options, new()
        {
            ["SecureChat:applicationid"] = "shop",
            ["SecureChat:AllowedOrigins:0"] = "https://a.example",
            ["SecureChat:AllowedOrigins:1"] = "https://b.example:8443",
            ["SecureChat:Limits:MessageBytes"] = "1000",
            ["SecureChat:Limits:VisitorMessagesPerSecond"] = "0.5",
            ["SecureChat:Lifetimes:FormOpen"] = "00:20:00",
            ["SecureChat:Lifetimes:Transcript"] = "1.00:00:00",
            ["SecureChat:Agents:RequireMfaSignIn"] = "True",
            ["SecureChat:Audit:HeadFile"] = null,
        });
        Assert.Equal("shop", options.ApplicationId);
        Assert.Equal(["https://a.example", "https://b.example:8443"], options.AllowedOrigins);
        Assert.Equal(1000, options.Limits.MessageBytes);
        Assert.Equal(0.5, options.Limits.VisitorMessagesPerSecond);
        Assert.Equal(TimeSpan.FromMinutes(20), options.Lifetimes.FormOpen);
        Assert.Equal(TimeSpan.FromDays(1), options.Lifetimes.Transcript);
        Assert.True(options.Agents.RequireMfaSignIn);
        Assert.Equal(60, options.Lifetimes.ViewingWindow.TotalSeconds);
    }

    [Fact]
    public async Task Unknown_options_refuse_to_start_and_all_key_paths_are_named()
    {
        SecureChatConfigurationException refusal = await TestHost.RefusesAsync(SecureChatErrors.UnknownOption, static setup =>
        {
            setup.Configuration["SecureChat:Limits:MesageBytes"] = "1000";
            setup.Configuration["SecureChat:Unknown:Nested"] = "s3cret-value";
            setup.Configuration["SecureChat:Lifetimes:FormOpen:Minutes"] = "3";
        });
        Assert.Contains("SecureChat:Limits:MesageBytes", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("SecureChat:Unknown", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("SecureChat:Lifetimes:FormOpen:Minutes", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-value", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Lifetimes:UnopenedValue", "5")]
    [InlineData("Lifetimes:UnopenedValue", "24:00:00")]
    [InlineData("Lifetimes:UnopenedValue", "five minutes")]
    [InlineData("Limits:MessageBytes", "1.5")]
    [InlineData("Limits:MessageBytes", "1,000")]
    [InlineData("Limits:MessageBytes", null)]
    [InlineData("Limits:MessageBytes", "99999999999")]
    [InlineData("Limits:VisitorMessagesPerSecond", "0,5")]
    [InlineData("Agents:RequireMfaSignIn", "yes")]
    [InlineData("Limits", "many")]
    [InlineData("AllowedOrigins", "https://a.example")]
    public void A_value_that_does_not_parse_is_refused_by_key_and_not_quoted(string key, string? value)
    {
        SecureChatConfigurationException refusal = Assert.Throws<SecureChatConfigurationException>(
            () => Bind(new SecureChatOptions(), new() { [$"SecureChat:{key}"] = value, ["SecureChat:ApplicationId"] = "x" }));
        Assert.Equal(SecureChatErrors.OptionsInvalid.Code, refusal.Error.Code);
        Assert.Contains($"SecureChat:{key} must be", refusal.Message, StringComparison.Ordinal);
        if (value is { Length: > 3 })
        {
            Assert.DoesNotContain(value, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_section_in_a_real_host_is_bound()
    {
        await using TestHost host = await TestHost.StartAsync(static setup => setup.Configuration["SecureChat:Limits:FormFields"] = "7");
        Assert.Equal(7, ((Microsoft.Extensions.Options.IOptions<SecureChatOptions>)host.App.Services.GetService(typeof(Microsoft.Extensions.Options.IOptions<SecureChatOptions>))!).Value.Limits.FormFields);
    }

    private static void Bind(SecureChatOptions options, Dictionary<string, string?> values) =>
        new StrictConfiguration(new ConfigurationBuilder().AddInMemoryCollection(values).Build().GetSection("SecureChat")).Configure(options);

    private static SecureChatOptions With(string path, object value)
    {
        var options = new SecureChatOptions();
        object target = options;
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
        {
            target = target.GetType().GetProperty(name)!.GetValue(target)!;
        }

        target.GetType().GetProperty(names[^1])!.SetValue(target, value);
        return options;
    }

    private static IEnumerable<(object Value, bool Valid)> Values(Type type, string low, string high)
    {
        if (type == typeof(int))
        {
            int minimum = int.Parse(low, CultureInfo.InvariantCulture), maximum = int.Parse(high, CultureInfo.InvariantCulture);
            return [(minimum, true), (maximum, true), (minimum - 1, false), (maximum + 1, false), (int.MinValue, false), (int.MaxValue, false)];
        }

        if (type == typeof(double))
        {
            double minimum = double.Parse(low, CultureInfo.InvariantCulture), maximum = double.Parse(high, CultureInfo.InvariantCulture);
            return [(minimum, true), (maximum, true), (Math.BitDecrement(minimum), false), (Math.BitIncrement(maximum), false), (double.NaN, false), (double.PositiveInfinity, false)];
        }

        Assert.Equal(typeof(TimeSpan), type);
        TimeSpan shortest = TimeSpan.Parse(low, CultureInfo.InvariantCulture), longest = TimeSpan.Parse(high, CultureInfo.InvariantCulture);
        return [(shortest, true), (longest, true), (shortest - TimeSpan.FromTicks(1), false), (longest + TimeSpan.FromTicks(1), false), (TimeSpan.MinValue, false), (TimeSpan.MaxValue, false)];
    }
}

/// <summary>The options by reflection, and the documents of the repository.</summary>
internal static class Documentation
{
    public static IEnumerable<(string Path, PropertyInfo Property, object? Default)> Paths() => Paths(new SecureChatOptions(), string.Empty);

    public static string[] Rows(string file, string header)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Root(), "docs", file));
        int at = Array.IndexOf(lines, header);
        Assert.True(at >= 0, $"docs/{file} has no table \"{header}\".");
        return [.. lines.Skip(at + 2).TakeWhile(static line => line.StartsWith('|'))];
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SecureChat.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The repository is not above the test's folder.");
    }

    private static IEnumerable<(string Path, PropertyInfo Property, object? Default)> Paths(object options, string prefix)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties())
        {
            object? value = property.GetValue(options);
            if (value is not null && value is not string && value is not IEnumerable && value is not MaskingEngineOptions && value.GetType().IsClass)
            {
                foreach ((string, PropertyInfo, object?) nested in Paths(value, $"{prefix}{property.Name}."))
                {
                    yield return nested;
                }
            }
            else
            {
                yield return (prefix + property.Name, property, value);
            }
        }
    }
}
