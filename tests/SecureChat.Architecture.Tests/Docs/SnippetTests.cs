namespace SecureChat.Architecture.Tests.Docs;

/// <summary>Every piece of C# that a reader may paste compiles.</summary>
public sealed class SnippetTests
{
    private static IReadOnlyList<string> Pages { get; } = [.. Repository.Files("docs", "*.md"), "README.md", "CHANGELOG.md", "SECURITY.md"];

    [Fact]
    public void Every_block_of_code_in_the_pages_compiles()
    {
        Snippet[] snippets = [.. Pages.SelectMany(Snippet.InPage)];
        string[] errors = [.. snippets.AsParallel().AsOrdered().SelectMany(static snippet => snippet.Errors())];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
        TestContext.Current.TestOutputHelper?.WriteLine($"n = {snippets.Length} blocks");
        Assert.True(snippets.Length >= 8, $"Only {snippets.Length} blocks were found.");
    }

    [Fact]
    public void Every_example_in_the_docstrings_compiles()
    {
        Snippet[] snippets = [.. Product.Packages.SelectMany(static package => Snippet.InDocstrings(package.Assembly))];
        string[] errors = [.. snippets.AsParallel().AsOrdered().SelectMany(static snippet => snippet.Errors())];
        Assert.True(errors.Length == 0, string.Join('\n', errors));
        TestContext.Current.TestOutputHelper?.WriteLine($"n = {snippets.Length} examples");
        Assert.True(snippets.Length >= 8, $"Only {snippets.Length} examples were found.");
    }

    [Theory]
    [InlineData("builder.Services.AddSecureChat().UseSqlight(\"x\");", "UseSqlight")]
    [InlineData("public sealed class Form : ISecureForm { public string Key => \"x\"; }", "Define")]
    [InlineData("builder.Services.AddSecureChat(o => o.Limits.MessageBites = 1);", "MessageBites")]
    [InlineData("app.UseSecureChat()", "; expected")]
    public void The_check_sees_a_call_that_does_not_exist(string code, string said) =>
        Assert.Contains(new Snippet { Place = "here", Code = code }.Errors(), error => error.Contains(said, StringComparison.Ordinal));
}
