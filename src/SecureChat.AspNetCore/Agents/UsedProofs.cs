using System.Security.Cryptography;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>
/// The one ledger of evidence that was accepted: each piece once, on all hosts, whatever it was shown for. A sign-in and a reveal
/// write into the same one, so a code that was watched at a sign-in opens nothing (RFC 6238, 5.2).
/// </summary>
internal sealed class UsedProofs(GuardedRecordStore store, TimeProvider time)
{
    public const string Partition = "step-up-proof";

    /// <summary>
    /// Evidence stays used for a day: longer than any code or challenge lives, and long enough that a clock set back by hours
    /// does not make a used code good again.
    /// </summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(24);

    public UsedProofs(SecureChatStores stores, TimeProvider time)
        : this(stores.Data, time)
    {
    }

    /// <summary>Uses a piece of evidence up. Of any number of callers, on any hosts, one gets <see langword="true"/>.</summary>
    /// <exception cref="SecureChatStoreException"><c>SC3001</c>: whether it was used is unknown; nothing may be opened by it.</exception>
    public ValueTask<bool> TryUseAsync(string proofId, CancellationToken cancellationToken) => store.InsertAsync(
        new StoreRecord
        {
            Key = new RecordKey { Kind = RecordKinds.SingleUse, Partition = Partition, Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(proofId))) },
            DueAt = time.GetUtcNow() + Memory,
            Body = ReadOnlyMemory<byte>.Empty,
        },
        cancellationToken);

    public override string ToString() => nameof(UsedProofs);
}
