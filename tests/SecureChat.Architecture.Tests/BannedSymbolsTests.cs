using System.Reflection;

namespace SecureChat.Architecture.Tests;

/// <summary>Banned members: the list must be read by every package's build, and a line with a typing error would ban nothing.</summary>
public sealed class BannedSymbolsTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>What must stay banned: clocks and waiting that a test cannot move, guessable randomness, blocking, writing past the log.</summary>
    private static readonly string[] Required =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTime.Today", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow",
        "T:System.Random", "M:System.Guid.NewGuid", "T:System.Console", "P:System.Threading.Tasks.Task`1.Result", "M:System.Threading.Tasks.Task.Wait",
        "M:System.Threading.Thread.Sleep(System.Int32)", "M:System.Threading.Tasks.Task.Delay(System.Int32)", "T:System.Security.Cryptography.MD5", "T:System.Security.Cryptography.SHA1",
    ];

    private static (string Id, string Reason)[] Lines =>
        [.. Repository.Read("eng/BannedSymbols.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(';', 2)).Select(static parts => (parts[0], parts.Length > 1 ? parts[1] : ""))];

    [Fact]
    public void The_list_bans_what_the_rules_of_the_house_ban_with_a_reason_each_and_every_package_reads_it()
    {
        Assert.All(Required, static id => Assert.Contains(Lines, line => line.Id == id));
        Assert.All(Lines, static line => Assert.True(line.Reason.Length >= 5, $"{line.Id} has no reason."));
        string library = Repository.Read("eng/Library.props");
        Assert.Contains("BannedSymbols.txt", library, StringComparison.Ordinal);
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", library, StringComparison.Ordinal);
        string editor = Repository.Read(".editorconfig");
        Assert.Contains("dotnet_diagnostic.CA1305.severity = error", editor, StringComparison.Ordinal);
        Assert.DoesNotContain("RS0030", editor, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_line_names_something_that_exists()
    {
        Assert.All(Lines, static line => Assert.True(Resolve(line.Id).Any(), $"{line.Id} names nothing, so it bans nothing."));
        Assert.Empty(Resolve("P:System.DateTime.Nov"));
        Assert.Empty(Resolve("M:System.Threading.Thread.Sleep(System.String)"));
        Assert.Empty(Resolve("T:System.Randomness"));
    }

    [Fact]
    public void No_compiled_package_calls_a_banned_member_past_the_analyzer()
    {
        var calls = CallGraph.Of(Product.Assemblies);
        var found = new List<string>();
        foreach ((string id, _) in Lines)
        {
            found.AddRange(Resolve(id).SelectMany(method => calls.CallersOf(method)).Distinct(StringComparer.Ordinal).Select(caller => $"{id} by {caller}"));
        }

        // Commands answer on standard output, and a developer finds the sign-in link there: not in a log, which others may read.
        Assert.Equal(
            ["T:System.Console by CommandProgress", "T:System.Console by DevelopmentSignInPrinter", "T:System.Console by SecureChatHostExtensions"], found.Order(StringComparer.Ordinal));
    }

    /// <summary>The methods behind a documentation id: all of a type, both accessors of a property.</summary>
    private static IEnumerable<MethodBase> Resolve(string id)
    {
        string name = id[2..].Split('(')[0];
        if (id[0] == 'T')
        {
            return Find(name) is { } type ? type.GetMembers(Any).OfType<MethodBase>().Where(static method => method.IsPublic || method.IsFamily) : [];
        }

        int dot = name.LastIndexOf('.');
        if (Find(name[..dot]) is not { } owner)
        {
            return [];
        }

        return id[0] == 'P'
            ? owner.GetProperties(Any).Where(property => property.Name == name[(dot + 1)..]).SelectMany(static property => property.GetAccessors())
            : owner.GetMethods(Any).Where(method => method.Name == name[(dot + 1)..]
                && $"({string.Join(',', method.GetParameters().Select(static parameter => parameter.ParameterType.FullName))})" == (id.Contains('(', StringComparison.Ordinal) ? id[id.IndexOf('(', StringComparison.Ordinal)..] : "()"));
    }

    private static Type? Find(string name) => new[] { typeof(object).Assembly, typeof(Console).Assembly, typeof(System.Security.Cryptography.SHA256).Assembly }
        .Select(assembly => assembly.GetType(name)).FirstOrDefault(static type => type is not null);
}
