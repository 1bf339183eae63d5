using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace SecureChat.Architecture.Tests;

/// <summary>Every log event of the product, from the attributes the generator reads.</summary>
internal sealed class LogEvent
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public required LogLevel Level { get; init; }

    public required string Message { get; init; }

    public required MethodInfo Method { get; init; }

    public static IReadOnlyList<LogEvent> All { get; } = [.. Product.Assemblies.SelectMany(Of).OrderBy(static log => log.Id)];

    public static IEnumerable<LogEvent> Of(Assembly assembly) => assembly.GetTypes().SelectMany(Of);

    public static IEnumerable<LogEvent> Of(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(static method => (Method: method, Attribute: method.GetCustomAttribute<LoggerMessageAttribute>()))
            .Where(static pair => pair.Attribute is not null)
            .Select(static pair => new LogEvent
            {
                Id = pair.Attribute!.EventId,
                Name = pair.Attribute.EventName ?? "",
                Level = pair.Attribute.Level,
                Message = pair.Attribute.Message,
                Method = pair.Method,
            });

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} {Name}");
}
