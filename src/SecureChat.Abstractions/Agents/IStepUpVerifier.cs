namespace SecureChat;

/// <summary>
/// Verifies a fresh second factor for one reveal. The default for ASP.NET Core Identity is added with
/// <c>AddIdentityStepUp&lt;TUser&gt;()</c>.
/// </summary>
/// <remarks>
/// SecureChat limits attempts, consumes <see cref="StepUpProof.Id"/> once on all hosts, checks that the proof is bound to what
/// was asked, and keeps it no longer than the configured freshness. A verifier only answers whether this response proves the
/// factor now. Faults are exceptions and refuse the reveal (<c>SC6022</c>). Thread-safe.
/// </remarks>
public interface IStepUpVerifier
{
    /// <summary>Verifies the response in <paramref name="request"/>.</summary>
    ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken);
}
