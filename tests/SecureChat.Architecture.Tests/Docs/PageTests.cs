using System.Text.RegularExpressions;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>Pages keep to what is there: links lead somewhere, the first page shows the sample, names of things exist.</summary>
public sealed partial class PageTests
{
    private static IReadOnlyList<string> Pages { get; } = [.. Repository.Files("docs", "*.md"), "README.md", "CHANGELOG.md", "SECURITY.md"];

    [Fact]
    public void Every_link_inside_the_repository_leads_to_a_file_and_a_heading()
    {
        int links = 0;
        foreach (string page in Pages)
        {
            foreach (Match match in Links().Matches(WithoutCode(Repository.Read(page))))
            {
                string target = match.Groups[1].Value;
                if (target.Contains("://", StringComparison.Ordinal))
                {
                    continue;
                }

                links++;
                string[] parts = target.Split('#');
                string file = parts[0].Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, parts[0]))).Replace('\\', '/');
                Assert.True(File.Exists(Repository.Full(file)) || Directory.Exists(Repository.Full(file)), $"{page} links to {target}.");
                if (parts.Length > 1)
                {
                    Assert.True(Anchors(file).Contains(parts[1], StringComparer.Ordinal), $"{page} links to {target}, and {file} has no such heading.");
                }
            }
        }

        Assert.True(links > 40, $"Only {links} links were found.");
    }

    [Fact]
    public void The_first_page_shows_the_sample_as_it_is_and_fits_on_a_few_screens()
    {
        string readme = Repository.Read("README.md");
        Assert.True(readme.Split('\n').Length < 150);
        Match block = Sample().Match(readme);
        Assert.True(block.Success, "README.md shows no sample.");
        Queue<string> sample = new(Repository.Read(block.Groups[1].Value).Split('\n').Select(static line => line.Trim()));
        foreach (string line in block.Groups[2].Value.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0))
        {
            while (sample.Count > 0 && sample.Peek() != line)
            {
                sample.Dequeue();
            }

            Assert.True(sample.Count > 0, $"{block.Groups[1].Value} has no line \"{line}\", or has it elsewhere.");
        }
    }

    [Theory]
    [InlineData("dotnet run --project samples/MinimalHost", "samples/MinimalHost/MinimalHost.csproj")]
    [InlineData("./eng/test.sh", "eng/test.sh")]
    [InlineData("./eng/main-job.sh", "eng/main-job.sh")]
    public void The_commands_of_the_first_page_exist(string command, string file)
    {
        Assert.Contains($"$ {command}\n", Repository.Read("README.md"), StringComparison.Ordinal);
        Assert.True(File.Exists(Repository.Full(file)));
    }

    [Fact]
    public void Every_error_code_event_and_option_that_a_page_names_exists()
    {
        HashSet<string> codes = [.. SecureChatErrors.All.Select(static error => error.Code)];
        HashSet<string> options = [.. Repository.Read("docs/configuration.md").Split('\n').Select(static line => Option().Match(line)).Where(static match => match.Success).Select(static match => match.Groups[1].Value.Replace(':', '.'))];
        foreach (string page in Pages)
        {
            string text = Repository.Read(page);
            Assert.All(Codes().Matches(text).Select(static match => match.Value), code => Assert.True(codes.Contains(code), $"{page} names {code}."));
            Assert.All(
                Options().Matches(text).Select(static match => match.Groups[1].Value.Replace(':', '.')),
                option => Assert.True(options.Contains(option), $"{page} names the option {option}."));
        }
    }

    [Fact]
    public void The_table_of_packages_is_the_list_of_packed_projects()
    {
        string[] named = [.. Packages().Matches(Repository.Read("README.md")).Select(static match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
        Assert.Equal(Product.Projects.Where(static project => project.IsPacked).Select(static project => project.Name).Order(StringComparer.Ordinal), named);
    }

    private static IEnumerable<string> Anchors(string file) => Headings().Matches(WithoutCode(Repository.Read(file)))
        .Select(static match => NoAnchor().Replace(match.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string WithoutCode(string text) => Fences().Replace(text, "");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"^#{1,4} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"<!-- sample: (\S+) -->\n```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"SC[1-6][0-9]{3}\b")]
    private static partial Regex Codes();

    [GeneratedRegex(@"^\| `([A-Z][A-Za-z]+(?::[A-Za-z]+)?)` \|")]
    private static partial Regex Option();

    [GeneratedRegex(@"`((?:Limits|Lifetimes|Agents|Masking|Storage|Audit)[.:][A-Z][A-Za-z]+)`")]
    private static partial Regex Options();

    [GeneratedRegex(@"^\| `(SecureChat\.[A-Za-z.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Packages();
}
