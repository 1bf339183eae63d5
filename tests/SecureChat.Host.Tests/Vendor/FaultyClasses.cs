using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Acme;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Vendor;

public sealed class FaultyMasker(Faults faults) : IMasker
{
    private readonly AcmeMasker _inner = new();

    public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("masker.mask", () => _inner.MaskAsync(request, cancellationToken), request);
}

public sealed class FaultyVault(Faults faults, TimeProvider time) : IVault
{
    private readonly AcmeVault _inner = new(time);

    public ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("vault.seal", () => _inner.SealAsync(request, cancellationToken), request);

    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("vault.claim", () => _inner.ClaimAsync(request, cancellationToken), request);

    public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("vault.release", () => _inner.ReleaseAsync(request, cancellationToken), request);

    public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("vault.acknowledge", () => _inner.AcknowledgeAsync(request, cancellationToken), request);

    public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("vault.destroy", () => _inner.DestroyAsync(request, cancellationToken), request);

    public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        faults.CallAsync("vault.describe", () => _inner.DescribeAsync(conversationId, requestId, cancellationToken));
}

public sealed class FaultyConsentStore(Faults faults) : IConsentStore
{
    private readonly AcmeConsentStore _inner = new();

    public async ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken) =>
        await faults.CallAsync(
            "consent.record",
            async () =>
            {
                await _inner.RecordAsync(consent, cancellationToken);
                return true;
            });

    public ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken) =>
        faults.CallAsync("consent.find", () => _inner.FindAsync(conversationId, consentId, cancellationToken));

    public ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken) =>
        faults.CallAsync("consent.withdraw", () => _inner.WithdrawAsync(conversationId, consentId, at, cancellationToken));

    public ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken) =>
        faults.CallAsync("consent.list", () => _inner.ListAsync(conversationId, cancellationToken));

    public ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken) =>
        faults.CallAsync("consent.list-by-subject", () => _inner.ListBySubjectAsync(subjectRef, cancellationToken));
}

public sealed class FaultySink(Faults faults) : IAuditSink
{
    public async ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        await faults.CallAsync("sink.write", static () => new ValueTask<bool>(true));
}

public sealed class FaultyStepUp(Faults faults, TimeProvider time) : IStepUpVerifier
{
    private readonly CodeStepUp _inner = new(time);

    public ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken) =>
        faults.CallAsync("step-up.verify", () => _inner.VerifyAsync(request, cancellationToken), request);
}

/// <summary>A key service: AES-GCM under a key that stands in a file of the host's folder, as a service elsewhere would keep it.</summary>
public sealed class FaultyKeyEncryption(Faults faults, KeyServiceKey service) : IKeyEncryptionProvider
{
    public string Name => "acme-kms";

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken) =>
        faults.CallAsync("keys.wrap", () =>
        {
            byte[] nonce = RandomNumberGenerator.GetBytes(12), tag = new byte[16], wrapped = new byte[key.Length];
            using var aes = new AesGcm(service.Bytes, 16);
            aes.Encrypt(nonce, key.Span, wrapped, tag, Encoding.UTF8.GetBytes(context));
            return new ValueTask<byte[]>([.. nonce, .. tag, .. wrapped]);
        });

    public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken) =>
        faults.CallAsync("keys.unwrap", () =>
        {
            byte[] plain = new byte[wrapped.Length - 28];
            using var aes = new AesGcm(service.Bytes, 16);
            aes.Decrypt(wrapped.Span[..12], wrapped.Span[28..], wrapped.Span[12..28], plain, Encoding.UTF8.GetBytes(context));
            return new ValueTask<byte[]>(plain);
        });
}

/// <summary>The key of <see cref="FaultyKeyEncryption"/>.</summary>
public sealed class KeyServiceKey
{
    public byte[] Bytes { get; } = RandomNumberGenerator.GetBytes(32);
}

/// <summary>The store of docs/providers.md; keeps what it was ever given, for a hunt.</summary>
public sealed class CountedStore(Faults faults, [ServiceKey] RecordStoreSlot slot) : IRecordStore
{
    private readonly FaultyStore _inner = new(faults, slot, new AcmeRecordStore());

    public RecordStoreDescription Description => _inner.Description;

    public ConcurrentQueue<ReadOnlyMemory<byte>> Bodies { get; } = new();

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => _inner.PrepareAsync(cancellationToken);

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        Bodies.Enqueue(record.Body.ToArray());
        return _inner.InsertAsync(record, cancellationToken);
    }

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => _inner.GetAsync(key, cancellationToken);

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken)
    {
        Bodies.Enqueue(record.Body.ToArray());
        return _inner.ReplaceAsync(record, cancellationToken);
    }

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) => _inner.DeleteAsync(key, version, cancellationToken);

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) => _inner.DeletePartitionAsync(kind, partition, cancellationToken);

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => _inner.ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => _inner.ListDueAsync(query, cancellationToken);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => _inner.ScrubAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => _inner.GetTimeAsync(cancellationToken);
}

public sealed class FaultyStore(Faults faults, RecordStoreSlot slot, IRecordStore inner) : IRecordStore
{
    private readonly string _slot = slot == RecordStoreSlot.Data ? "data" : "keys";

    public RecordStoreDescription Description => inner.Description;

    public async ValueTask PrepareAsync(CancellationToken cancellationToken) => await faults.CallAsync(
        $"{_slot}.prepare",
        async () =>
        {
            await inner.PrepareAsync(cancellationToken);
            return true;
        });

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.insert.{record.Key.Kind}", () => inner.InsertAsync(record, cancellationToken), record);

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.get.{key.Kind}", () => inner.GetAsync(key, cancellationToken), key);

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.replace.{record.Key.Kind}", () => inner.ReplaceAsync(record, cancellationToken), record);

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.delete.{key.Kind}", () => inner.DeleteAsync(key, version, cancellationToken), key);

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.delete-partition.{kind}", () => inner.DeletePartitionAsync(kind, partition, cancellationToken));

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.list.{query.Kind}", () => inner.ListAsync(query, cancellationToken), query);

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.list-due.{query.Kind}", () => inner.ListDueAsync(query, cancellationToken), query);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.scrub", () => inner.ScrubAsync(cancellationToken));

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) =>
        faults.CallAsync($"{_slot}.get-time", () => inner.GetTimeAsync(cancellationToken));
}
