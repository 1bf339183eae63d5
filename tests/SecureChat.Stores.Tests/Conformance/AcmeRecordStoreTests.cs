using Acme;
using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>The store of docs/providers.md is what it says: complete and conforming.</summary>
[ConformanceOf(typeof(AcmeRecordStore))]
public sealed class AcmeRecordStoreTests : RecordStoreConformanceTests
{
    protected override Capability Reopening => Capability.Missing("Keeps nothing beyond the process, and says so.");

    protected override Capability Sharing => Capability.Missing("Lives in one object of one process.");

    protected override ValueTask<IRecordStore> CreateAsync() => new(new AcmeRecordStore());

    [Fact]
    public void The_document_shows_the_class_that_is_tested()
    {
        string docs = TestFolder.Metadata("Docs");
        string document = File.ReadAllText(Path.Combine(docs, "providers.md"));
        string code = File.ReadAllText(Path.Combine(docs, "../tests/SecureChat.Stores.Tests/Conformance/AcmeRecordStore.cs"));
        Assert.Contains($"<!-- providers:store -->\n```csharp\n{code}```", document, StringComparison.Ordinal);
    }
}
