using Acme;
using SecureChat.Conformance;
using SecureChat.Testing;

namespace SecureChat.Stores.Tests.Conformance;

// What a vendor writes: the class, and these lines.

[ConformanceOf(typeof(AcmeVault))]
public sealed class AcmeVaultTests : VaultConformanceTests
{
    private readonly FakeTimeProvider _time = new();

    protected override Capability Sharing => Capability.Missing("It keeps its values in the memory of one process.");

    protected override Capability Reopening => Capability.Missing("It keeps its values in the memory of one process.");

    protected override ValueTask<IVault> CreateAsync() => new(new AcmeVault(_time));

    protected override ValueTask PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }
}

[ConformanceOf(typeof(AcmeConsentStore))]
public sealed class AcmeConsentStoreTests : ConsentStoreConformanceTests
{
    protected override Capability Reopening => Capability.Missing("It keeps its consents in the memory of one process.");

    protected override ValueTask<IConsentStore> CreateAsync() => new(new AcmeConsentStore());
}

[ConformanceOf(typeof(AcmeAuditSink))]
public sealed class AcmeAuditSinkTests : AuditSinkConformanceTests
{
    protected override Capability Keeping => Capability.Missing("It keeps its entries in the memory of one process.");

    protected override ValueTask<IAuditSink> CreateAsync() => new(new AcmeAuditSink());

    protected override ValueTask<IReadOnlyList<string>> ReadAsync(IAuditSink sink) => new([.. ((AcmeAuditSink)sink).Received.Select(static entry => entry.Id)]);
}

[ConformanceOf(typeof(AcmeMasker))]
public sealed class AcmeMaskerTests : MaskerConformanceTests
{
    // It knows cards of sixteen digits with blanks and hyphens.
    protected override IReadOnlyList<(string Text, string Hidden)> Sensitive =>
        [.. base.Sensitive.Where(static pair => pair.Hidden.Count(char.IsAsciiDigit) == 16 && !pair.Hidden.Contains('.', StringComparison.Ordinal))];

    protected override ValueTask<IMasker> CreateAsync() => new(new AcmeMasker());
}
