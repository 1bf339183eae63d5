using System.Text.RegularExpressions;
using SecureChat.AspNetCore;
using SecureChat.Conformance;
using SecureChat.Keys.AwsKms;
using SecureChat.Masking;
using SecureChat.Testing;

namespace SecureChat.Stores.Tests.Conformance;

public sealed partial class SuiteCoverageTests
{
    public static TheoryData<Type> Suites =>
    [
        typeof(RecordStoreConformanceTests),
        typeof(VaultConformanceTests),
        typeof(ConsentStoreConformanceTests),
        typeof(AuditSinkConformanceTests),
        typeof(MaskerConformanceTests),
        typeof(ConversationFeedConformanceTests),
        typeof(KeyEncryptionProviderConformanceTests),
    ];

    [Fact]
    public void Every_store_of_the_store_package_inherits_the_suite() =>
        Assert.Empty(SuiteCoverage.FindUncovered(typeof(SqliteRecordStore).Assembly, GetType().Assembly));

    [Fact]
    public void The_masker_and_the_sink_of_app_tests_inherit_theirs()
    {
        Assert.Empty(SuiteCoverage.FindUncovered(typeof(EngineMasker).Assembly, GetType().Assembly));
        Assert.Empty(SuiteCoverage.FindUncovered(typeof(RecordedAudit).Assembly, GetType().Assembly));
    }

    [Fact]
    public void Only_the_guard_of_the_product_package_is_no_store_of_its_own() =>
        Assert.Equal([typeof(GuardedRecordStore)], SuiteCoverage.FindUncovered(typeof(InMemoryRecordStore).Assembly, GetType().Assembly));

    [Fact]
    public void A_store_without_a_suite_is_found() =>
        Assert.Contains(typeof(Saboteur), SuiteCoverage.FindUncovered(typeof(Saboteur).Assembly, GetType().Assembly));

    [Theory]
    [InlineData(typeof(VaultSaboteur))]
    [InlineData(typeof(ConsentSaboteur))]
    [InlineData(typeof(SinkSaboteur))]
    [InlineData(typeof(MaskerSaboteur))]
    [InlineData(typeof(FeedSaboteur))]
    [InlineData(typeof(KeySaboteur))]
    public void Anything_without_a_suite_is_found(Type type) =>
        Assert.Contains(type, SuiteCoverage.FindUncovered(type.Assembly, GetType().Assembly));

    [Fact]
    public void The_key_provider_of_a_package_of_its_own_inherits_the_suite() =>
        Assert.Empty(SuiteCoverage.FindUncovered(typeof(AwsKmsEncryption).Assembly, GetType().Assembly));

    [Theory]
    [InlineData(typeof(RecordStoreConformanceTests), "REC")]
    [InlineData(typeof(VaultConformanceTests), "VLT")]
    [InlineData(typeof(ConsentStoreConformanceTests), "CON")]
    [InlineData(typeof(AuditSinkConformanceTests), "SNK")]
    [InlineData(typeof(MaskerConformanceTests), "MSK")]
    [InlineData(typeof(ConversationFeedConformanceTests), "FED")]
    [InlineData(typeof(KeyEncryptionProviderConformanceTests), "KEY")]
    public void Clause_ids_are_unique_and_gap_free(Type suite, string prefix)
    {
        IReadOnlyList<ClauseAttribute> clauses = SuiteCoverage.ClausesOf(suite);
        Assert.Equal(Enumerable.Range(1, clauses.Count).Select(number => $"{prefix}-{number:D3}"), clauses.Select(static clause => clause.Id));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Every_fact_of_the_suite_is_a_clause(Type suite) => Assert.All(
        suite.GetMethods().Where(static method => method.IsDefined(typeof(FactAttribute), inherit: true)),
        static method => Assert.True(method.IsDefined(typeof(ClauseAttribute), inherit: false), method.Name));

    [Fact]
    public void The_document_lists_the_clauses_of_the_code()
    {
        string document = File.ReadAllText(Path.Combine(TestFolder.Metadata("Docs"), "conformance.md"));
        IEnumerable<string> listed = Row().Matches(document).Select(static row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        IEnumerable<string> coded = Suites.SelectMany(static suite => SuiteCoverage.ClausesOf(suite.Data)).Select(static clause => $"{clause.Id} {clause.Text}");
        Assert.Equal(coded, listed);
    }

    [Fact]
    public void A_missing_capability_needs_a_reason() => Assert.Throws<ArgumentException>(() => Capability.Missing(" no "));

    [GeneratedRegex(@"^\| ((?:REC|VLT|CON|SNK|MSK|FED|KEY)-\d{3}) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
