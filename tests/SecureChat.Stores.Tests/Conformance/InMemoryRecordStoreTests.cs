using SecureChat.AspNetCore;
using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

[ConformanceOf(typeof(InMemoryRecordStore))]
public sealed class InMemoryRecordStoreTests : RecordStoreConformanceTests
{
    protected override Capability Reopening => Capability.Missing("Keeps nothing beyond the process, and says so.");

    protected override Capability Sharing => Capability.Missing("Lives in one object of one process.");

    protected override ValueTask<IRecordStore> CreateAsync() => new(new InMemoryRecordStore(TimeProvider.System));
}
