using System.Reflection;

namespace SecureChat.Architecture.Tests;

/// <summary>What a package shows changes only on purpose: the change stands in a file beside its project, and in the review.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Packages => [.. Product.Packages.Select(static package => package.Folder)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void What_a_package_shows_is_what_its_PublicAPI_file_says(string folder)
    {
        string file = $"{folder}/PublicAPI.txt";
        Assembly assembly = Product.Packages.Single(package => package.Folder == folder).Assembly;
        Repository.AssertIs(file, File.Exists(Repository.Full(file)) ? Repository.Read(file) : "", PublicApi.Print(assembly));
    }

    [Fact]
    public void Every_packed_project_has_such_a_file()
    {
        Assert.Equal(
            Product.Projects.Where(static project => project is { IsPacked: true, IsTool: false }).Select(static project => project.Folder).Order(StringComparer.Ordinal),
            Product.Packages.Select(static package => package.Folder).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_printer_sees_what_changes_for_a_user()
    {
        string print = PublicApi.Print(typeof(PublicApiTests).Assembly);
        foreach (string line in new[]
        {
            "sealed class SecureChat.Architecture.Tests.Saboteurs.Shown : System.IDisposable",
            "    required string Text { get; init; }",
            "    System.Collections.Generic.IReadOnlyList<string?>? Names { get; set; }",
            "    const int Limit = 3",
            "    void Dispose()",
            "    static System.Threading.Tasks.ValueTask<T?> Find<T>(ref int at, params string[] names) where T : class, new()",
            "    Saboteurs.Shown(bool isSet = true)",
        })
        {
            Assert.Contains(line + "\n", print, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("Hidden", print, StringComparison.Ordinal);
    }
}
