namespace SecureChat;

/// <summary>
/// Keeps submitted values sealed, gives each to at most one viewer, and destroys them. The default keeps ciphertext in the form's
/// record and one release key per value in the key store. A vendor with a vault product replaces it whole with
/// <c>UseVault&lt;T&gt;()</c>; a storage vendor stays below it (<see cref="IRecordStore"/>).
/// </summary>
/// <remarks>
/// <para><b>Duties.</b> <see cref="ClaimAsync"/> gives the right to see to exactly one claim, decided by one atomic step across
/// processes. <see cref="ReleaseAsync"/> answers only the claim that won, as often as it asks until the value is acknowledged or
/// the window ends, and for single-delivery values once: taken and destroyed in one step. After <see cref="DestroyAsync"/> or
/// <see cref="AcknowledgeAsync"/> has answered, nothing can open the value, backups included.</para>
/// <para><b>Authority.</b> A vault decides no permission. SecureChat's one release function authorises, consumes the step-up,
/// appends the audit intent and only then can make the <see cref="ClaimRequest"/>, which needs an <see cref="AuditReceipt"/>.</para>
/// <para><b>Errors.</b> Expected outcomes are values; faults throw, and nothing is released (<c>SC3008</c>). Values must not reach
/// logs, exceptions or <c>ToString</c>. Thread-safe.</para>
/// </remarks>
public interface IVault
{
    /// <summary>Seals all fields of one submission, or none. Idempotent by <see cref="SealRequest.SubmissionId"/> and content.</summary>
    ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken);

    /// <summary>Takes the exclusive right to see the named values. All or none. Idempotent for the same claim.</summary>
    ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Hands the claimed values out, encrypted to the claiming browser's key by <see cref="ReleaseRequest.Sealer"/>.</summary>
    ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken);

    /// <summary>The viewer is done: destroys the values of the claim. Idempotent.</summary>
    ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken);

    /// <summary>Destroys values in a scope. Idempotent; what is destroyed stays destroyed.</summary>
    ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken);

    /// <summary>The values of a form request, tombstones included; empty when there are none. Never a value.</summary>
    ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken);
}
