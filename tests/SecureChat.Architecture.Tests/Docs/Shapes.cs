using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SecureChat.AspNetCore;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>Prints what travels: bodies, answers and frames as the serializer sees them, with the summaries of their sources.</summary>
internal sealed partial class Shapes
{
    private static readonly Dictionary<string, XElement> Summaries = new[] { Product.Abstractions, Product.Masking, Product.AspNetCore }
        .SelectMany(static assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        .Where(static member => member.Element("summary") is not null)
        .ToDictionary(static member => member.Attribute("name")!.Value, static member => member.Element("summary")!, StringComparer.Ordinal);

    private readonly SortedDictionary<string, (Type Type, bool IsSent)> _types = new(StringComparer.Ordinal);

    /// <summary>What a client sends; members it need not state are marked.</summary>
    public void AddSent(Type type) => Add(type, isSent: true);

    public void AddReceived(Type type) => Add(type, isSent: false);

    public string Print()
    {
        var text = new StringBuilder();
        foreach ((string name, (Type type, bool isSent)) in _types)
        {
            text.Append("\n### ").Append(name).Append("\n\n").Append(Summary("T", type.FullName!)).Append('\n');
            if (type.IsEnum)
            {
                text.Append('\n').Append(string.Join(", ", Enum.GetNames(type).Select(static member => $"`{Camel(member)}`"))).Append('\n');
                continue;
            }

            JsonPropertyInfo[] members = [.. Members(type)];
            text.Append(members.Length > 0 ? "\n| member | type | |\n|---|---|---|\n" : "\nNo members.\n");

            foreach (JsonPropertyInfo member in members)
            {
                var property = (PropertyInfo)member.AttributeProvider!;
                bool isOptional = isSent ? !member.IsRequired : new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
                text.Append("| `").Append(member.Name).Append("` | ").Append(NameOf(property.PropertyType)).Append(isOptional ? ", optional" : "")
                    .Append(" | ").Append(Summary("P", $"{property.DeclaringType!.FullName}.{property.Name}")).Append(" |\n");
            }
        }

        return text.ToString();
    }

    private void Add(Type type, bool isSent)
    {
        type = Element(type);
        if (type.Assembly != Product.Abstractions && type.Assembly != Product.Masking && type.Assembly != Product.AspNetCore)
        {
            return;
        }

        if (type == typeof(MaskedText) || type == typeof(Answers) || !_types.TryAdd(type.Name, (type, isSent)) || type.IsEnum)
        {
            return;
        }

        foreach (JsonPropertyInfo member in Members(type))
        {
            Add(((PropertyInfo)member.AttributeProvider!).PropertyType, isSent);
        }
    }

    private static IEnumerable<JsonPropertyInfo> Members(Type type) =>
        SecureChatJson.Options.GetTypeInfo(type).Properties.Where(static member => member.AttributeProvider is PropertyInfo && (member.Get is not null || member.Set is not null));

    private static Type Element(Type type) =>
        Nullable.GetUnderlyingType(type) is { } underlying ? underlying
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? Element(type.GetGenericArguments()[0])
        : type;

    private static string NameOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(MaskedText) ? "string"
            : type == typeof(bool) ? "boolean"
            : type == typeof(double) ? "number"
            : type == typeof(int) || type == typeof(long) ? "integer"
            : type == typeof(DateTimeOffset) ? "time"
            : type == typeof(TimeSpan) ? "duration"
            : type == typeof(Answers) ? "object of strings"
            : type == typeof(object) ? "see the call"
            : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? $"array of {NameOf(type.GetGenericArguments()[0])}"
            : $"[{type.Name}](#{type.Name.ToLowerInvariant()})";
    }

    private static string Summary(string kind, string name) => Summaries.TryGetValue($"{kind}:{name.Replace('+', '.')}", out XElement? summary)
        ? References().Replace(Spaces().Replace(string.Concat(summary.Nodes().Select(Inline)), " "), "").Trim().Replace("|", "\\|", StringComparison.Ordinal)
        : "";

    private static string Inline(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement element when element.Attribute("langword") is { } word => $"`{word.Value}`",
        XElement element when element.Attribute("name") is { } name => $"`{name.Value}`",
        XElement element when element.Attribute("cref") is { } target => $"`{Referenced(target.Value)}`",
        XElement element => element.Value,
        _ => "",
    };

    // Members travel in camel case, constants as what they hold, types are called by their names.
    private static string Referenced(string target)
    {
        string path = target[2..].Split('(')[0], name = path[(path.LastIndexOf('.') + 1)..];
        return target[0] switch
        {
            'P' => Camel(name),
            'F' when Product.AspNetCore.GetType(path[..path.LastIndexOf('.')])?.GetField(name)?.GetRawConstantValue() is string constant => constant,
            'F' => Camel(name),
            _ => name,
        };
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    // Numbers of promises and edge cases, for those who read the code.
    [GeneratedRegex(@" \([PE][0-9]+(, [PE][0-9]+)*\)")]
    private static partial Regex References();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
