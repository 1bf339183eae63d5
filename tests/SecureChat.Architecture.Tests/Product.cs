using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using SecureChat.AI;
using SecureChat.AspNetCore;
using SecureChat.Conformance;
using SecureChat.Masking;
using SecureChat.Stores;
using SecureChat.Stores.PostgreSql;
using SecureChat.Testing;

namespace SecureChat.Architecture.Tests;

/// <summary>What is built and shipped: assemblies and project files.</summary>
internal static class Product
{
    public static Assembly Abstractions { get; } = typeof(IVault).Assembly;

    public static Assembly Masking { get; } = typeof(MaskingEngine).Assembly;

    public static Assembly AI { get; } = typeof(MaskingChatClient).Assembly;

    public static Assembly AspNetCore { get; } = typeof(SecureChatOptions).Assembly;

    public static Assembly Stores { get; } = typeof(SqliteStoreOptions).Assembly;

    public static Assembly PostgreSql { get; } = typeof(PostgreSqlStoreOptions).Assembly;

    public static Assembly AwsKms { get; } = typeof(AwsKmsSecureChatBuilderExtensions).Assembly;

    public static Assembly Kit { get; } = typeof(RecordStoreConformanceTests).Assembly;

    /// <summary>What runs in a host.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } = [Abstractions, Masking, AI, AspNetCore, Stores, PostgreSql, AwsKms];

    /// <summary>What is packed for others to build on, with the folder of its project. A tool is a program: nobody calls into it.</summary>
    public static IReadOnlyList<(string Folder, Assembly Assembly)> Packages { get; } =
        [.. Assemblies.Append(Kit).Append(typeof(FakeTimeProvider).Assembly).Select(static assembly => (FolderOf(assembly), assembly))];

    public static IReadOnlyList<Project> Projects { get; } =
        [.. new[] { "src", "tests", "samples" }.SelectMany(static folder => Repository.Files(folder, "*.csproj")).Select(static file => new Project(file))];

    /// <summary>Types somebody wrote, nested ones included.</summary>
    public static IEnumerable<Type> Written(Assembly assembly) => assembly.GetTypes().Where(static type =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute))
        && !type.Name.Contains('<', StringComparison.Ordinal)
        && !IsMadeInside(type)
        && type.Namespace is not ("Microsoft.CodeAnalysis" or "System.Runtime.CompilerServices" or "System.Text.RegularExpressions.Generated"));

    /// <summary>The type without its namespace, nested ones with a dot: <c>Problems.ProblemResult</c>.</summary>
    public static string NameOf(Type type)
    {
        string name = type.IsGenericType ? type.Name.Split('`')[0] : type.Name;
        return type.DeclaringType is { } outer ? $"{NameOf(outer)}.{name}" : name;
    }

    private static bool IsMadeInside(Type type) =>
        type.DeclaringType is { } outer && (outer.Name.Contains('<', StringComparison.Ordinal) || IsMadeInside(outer));

    private static string FolderOf(Assembly assembly)
    {
        string name = assembly.GetName().Name!;
        return Directory.Exists(Repository.Full($"src/{name}")) ? $"src/{name}" : $"tests/{name}";
    }
}

/// <summary>A project file: what it says it needs, before the compiler drops what is not used.</summary>
internal sealed class Project
{
    public Project(string file)
    {
        Path = file;
        Name = System.IO.Path.GetFileNameWithoutExtension(file);
        Folder = System.IO.Path.GetDirectoryName(file)!.Replace('\\', '/');
        XElement[] elements = [.. XDocument.Load(Repository.Full(file)).Descendants()];
        Projects = [.. Includes(elements, "ProjectReference").Select(static path => System.IO.Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];
        Packages = [.. Includes(elements, "PackageReference")];
        Friends = [.. Includes(elements, "InternalsVisibleTo")];
        IsPacked = elements.LastOrDefault(static element => element.Name.LocalName == "IsPackable")?.Value is { } stated
            ? stated == "true"
            : Folder.StartsWith("src/", StringComparison.Ordinal);
        IsTool = elements.Any(static element => element.Name.LocalName == "PackAsTool");
    }

    public string Path { get; }

    public string Name { get; }

    public string Folder { get; }

    public IReadOnlyList<string> Projects { get; }

    public IReadOnlyList<string> Packages { get; }

    public IReadOnlyList<string> Friends { get; }

    public bool IsPacked { get; }

    public bool IsTool { get; }

    public override string ToString() => Name;

    private static IEnumerable<string> Includes(IEnumerable<XElement> elements, string name) =>
        elements.Where(element => element.Name.LocalName == name).Select(static element => element.Attribute("Include")!.Value).Order(StringComparer.Ordinal);
}
