using System.Reflection;
using SecureChat.AspNetCore;

namespace SecureChat.Architecture.Tests;

/// <summary>What a client can call on the hub, and what the hub calls on a client.</summary>
internal static class HubApi
{
    public static MethodInfo[] Methods { get; } =
    [
        .. typeof(ChatHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(static method => method.GetBaseDefinition() == method)
            .OrderBy(static method => method.Name, StringComparer.Ordinal),
    ];

    public static string[] Frames { get; } =
        [.. typeof(FeedMethods).GetFields().Select(static field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal)];
}
