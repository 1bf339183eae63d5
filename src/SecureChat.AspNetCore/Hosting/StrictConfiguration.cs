using System.Globalization;
using System.Reflection;
using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>
/// Binds a section to the options and refuses what it does not know. The framework's binder skips unknown keys, and reads
/// "5" as five days; both would silently widen a limit. Messages name keys, never values: a section can hold secrets.
/// </summary>
internal sealed class StrictConfiguration(IConfigurationSection section) : IConfigureOptions<SecureChatOptions>
{
    /// <summary>The section's name when nothing is there: a name with a slip of the pen has no options, and no error either.</summary>
    public string? MissingSection => section.Exists() ? null : section.Path;

    public void Configure(SecureChatOptions options)
    {
        var unknown = new List<string>();
        var malformed = new List<string>();
        Bind(section, options, unknown, malformed);
        if (unknown.Count > 0)
        {
            // Both at once: who mends one and starts again should not find the next.
            throw new SecureChatConfigurationException(SecureChatErrors.UnknownOption, $"({string.Join(", ", unknown)})" + string.Concat(malformed.Select(static one => " " + one)));
        }

        if (malformed.Count > 0)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.OptionsInvalid, string.Join(" ", malformed));
        }
    }

    private static void Bind(IConfigurationSection from, object target, List<string> unknown, List<string> malformed)
    {
        if (!string.IsNullOrEmpty(from.Value))
        {
            malformed.Add($"{from.Path} must be a section with options in it.");
            return;
        }

        PropertyInfo[] properties = target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (IConfigurationSection child in from.GetChildren())
        {
            PropertyInfo? property = Array.Find(properties, candidate => string.Equals(candidate.Name, child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                unknown.Add(child.Path);
            }
            else if (property.PropertyType == typeof(IList<string>))
            {
                BindList(child, (IList<string>)property.GetValue(target)!, unknown, malformed);
            }
            else if (property.PropertyType == typeof(MaskingEngineOptions))
            {
                BindMasking(child, target, property, malformed);
            }
            else if (property.CanWrite)
            {
                BindValue(child, target, property, unknown, malformed);
            }
            else
            {
                Bind(child, property.GetValue(target)!, unknown, malformed);
            }
        }
    }

    private static void BindMasking(IConfigurationSection from, object target, PropertyInfo property, List<string> malformed)
    {
        try
        {
            property.SetValue(target, MaskingEngineOptions.Parse(ConfigurationJson.Of(from)));
        }
        catch (FormatException fault)
        {
            malformed.Add($"{from.Path}: {fault.Message}");
        }
    }

    private static void BindList(IConfigurationSection from, IList<string> list, List<string> unknown, List<string> malformed)
    {
        if (!string.IsNullOrEmpty(from.Value))
        {
            malformed.Add($"{from.Path} must be a list.");
            return;
        }

        foreach (IConfigurationSection item in from.GetChildren())
        {
            unknown.AddRange(item.GetChildren().Select(static nested => nested.Path));

            // A list that is bound twice (two calls, one section) stays as it is.
            if (item.Value is { } value && !list.Contains(value))
            {
                list.Add(value);
            }
        }
    }

    private static void BindValue(IConfigurationSection from, object target, PropertyInfo property, List<string> unknown, List<string> malformed)
    {
        IConfigurationSection[] nested = [.. from.GetChildren()];
        if (nested.Length > 0)
        {
            unknown.AddRange(nested.Select(static child => child.Path));
            return;
        }

        Type type = property.PropertyType;
        if (type == typeof(string))
        {
            property.SetValue(target, from.Value);
        }
        else if (type == typeof(int) && int.TryParse(from.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int whole))
        {
            property.SetValue(target, whole);
        }
        else if (type == typeof(double) && double.TryParse(from.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
        {
            property.SetValue(target, number);
        }
        else if (type == typeof(bool) && bool.TryParse(from.Value, out bool flag))
        {
            property.SetValue(target, flag);
        }
        else if (type == typeof(TimeSpan) && from.Value?.Contains(':', StringComparison.Ordinal) == true
            && TimeSpan.TryParseExact(from.Value, "c", CultureInfo.InvariantCulture, out TimeSpan span))
        {
            property.SetValue(target, span);
        }
        else
        {
            malformed.Add($"{from.Path} must be {Describe(type)}.");
        }
    }

    private static string Describe(Type type) =>
        type == typeof(int) ? "a whole number, for example 10"
        : type == typeof(double) ? "a number with a decimal point, for example 0.5"
        : type == typeof(bool) ? "true or false"
        : "a time as hh:mm:ss, for example 00:15:00, or with days 1.00:00:00";
}
