namespace SecureChat.Architecture.Tests;

/// <summary>The sources around the tests: rules about project files and pages are read where they stand.</summary>
internal static class Repository
{
    /// <summary>Set to 1, tests that compare a generated file with the code write it instead, and fail so that nobody leaves it set.</summary>
    public const string RewriteVariable = "SECURECHAT_REWRITE";

    public static string Root { get; } = Find();

    public static bool Rewrites => Environment.GetEnvironmentVariable(RewriteVariable) == "1";

    public static string Full(string path) => Path.Combine(Root, path);

    /// <summary>A text file with line ends as in the repository.</summary>
    public static string Read(string path) => File.ReadAllText(Full(path)).ReplaceLineEndings("\n");

    /// <summary>Files below a folder, as paths from the root with forward slashes; what a build made is left out.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Full(folder), pattern, SearchOption.AllDirectories)
            .Select(static file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(static file => !file.Split('/').Any(static part => part is "bin" or "obj" or "node_modules"))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Compares a generated text with what is in the repository, or writes it when <see cref="RewriteVariable"/> asks for it.</summary>
    public static void AssertIs(string path, string actual, string expected)
    {
        if (string.Equals(actual, expected, StringComparison.Ordinal))
        {
            return;
        }

        if (Rewrites)
        {
            File.WriteAllText(Full(path), expected);
            Assert.Fail($"{path} was written anew. Look at the difference, unset {RewriteVariable} and run again.");
        }

        string[] was = actual.Split('\n'), now = expected.Split('\n');
        IEnumerable<string> gone = was.Except(now, StringComparer.Ordinal).Select(static line => "- " + line);
        IEnumerable<string> come = now.Except(was, StringComparer.Ordinal).Select(static line => "+ " + line);
        Assert.Fail($"{path} is not what the code says. If the change is meant, run with {RewriteVariable}=1 to write it, and review it.\n"
            + string.Join('\n', gone.Concat(come).Take(60)));
    }

    /// <summary>The part of a page between <c>&lt;!-- generated: name --&gt;</c> and <c>&lt;!-- end --&gt;</c> must be this text.</summary>
    public static void AssertBlock(string path, string name, string expected)
    {
        string page = Read(path), start = $"<!-- generated: {name} -->\n";
        int from = page.IndexOf(start, StringComparison.Ordinal);
        Assert.True(from >= 0, $"{path} has no part \"{start.TrimEnd()}\".");
        from += start.Length;
        int to = page.IndexOf("<!-- end -->", from, StringComparison.Ordinal);
        Assert.True(to >= 0, $"{path}: the part \"{name}\" has no <!-- end -->.");
        AssertIs(path, page, string.Concat(page.AsSpan(0, from), expected, page.AsSpan(to)));
    }

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SecureChat.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The repository is not above the test's folder.");
    }
}
