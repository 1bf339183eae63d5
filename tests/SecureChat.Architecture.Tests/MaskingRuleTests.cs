using MaskingRules;

namespace SecureChat.Architecture.Tests;

/// <summary>The tables of the masker say what its rule files say, so that another engine can be made from the same files.</summary>
public sealed class MaskingRuleTests
{
    private const string Project = "src/SecureChat.Masking/";

    public static TheoryData<string> Files => [.. Tables.Write(Rules()).Select(static table => table.Path)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_table_of_the_masker_is_what_its_rule_files_say(string path) =>
        Repository.AssertIs(Project + path, Repository.Read(Project + path), Tables.Write(Rules()).Single(table => table.Path == path).Text);

    [Fact]
    public void The_page_on_masking_has_every_kind()
    {
        var table = new System.Text.StringBuilder("| kind | what | country | context | mask |\n|---|---|---|---|---|\n");
        foreach ((string locale, KindRule kind) in Rules().Kinds.OrderBy(static kind => kind.Locale, StringComparer.Ordinal).ThenBy(static kind => kind.Kind.Id, StringComparer.Ordinal))
        {
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{kind.Id}` | {kind.Title} | {locale} | {kind.NeedsContext} | {kind.Mask} |\n");
        }

        Repository.AssertBlock("docs/masking.md", "kinds", table.ToString());
    }

    private static RuleSet Rules() => RuleSet.Read(Repository.Full(Project + "Rules"));
}
