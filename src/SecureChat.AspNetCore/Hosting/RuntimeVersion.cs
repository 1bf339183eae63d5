using System.Reflection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace SecureChat.AspNetCore;

/// <summary>The version of the ASP.NET Core that runs.</summary>
internal interface IRuntimeVersion
{
    /// <summary>The version, or <see langword="null"/> when it cannot be told.</summary>
    Version? AspNetCore { get; }
}

/// <summary>Asks the assembly that had the hole, not the .NET runtime: the two can differ in a self-contained host.</summary>
internal sealed class RuntimeVersion : IRuntimeVersion
{
    /// <summary>The first version without CVE-2026-40372.</summary>
    public static readonly Version FirstSafe = new(10, 0, 7);

    public Version? AspNetCore { get; } = Parse(
        typeof(KeyManagementOptions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    internal static Version? Parse(string? informational) =>
        Version.TryParse(informational?.Split('-', '+')[0], out Version? version) ? version : null;
}
