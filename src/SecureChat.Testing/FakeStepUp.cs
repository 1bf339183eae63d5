namespace SecureChat.Testing;

/// <summary>
/// A second factor for tests: <see cref="Code"/> is right, everything else is wrong. Unlike a real one it may be used again and again.
/// Use it with <see cref="SecureChatTestingBuilderExtensions.UseFakeStepUp"/>; never in a host that serves people.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class FakeStepUp : IStepUpVerifier
{
    private readonly TimeProvider _time;
    private long _proofs;

    /// <summary>A factor on the host's clock.</summary>
    public FakeStepUp(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
    }

    /// <summary>The code that is right.</summary>
    public const string Code = "000000";

    /// <summary>How often the right code was given.</summary>
    public long Accepted => Interlocked.Read(ref _proofs);

    /// <summary>Accepts <see cref="Code"/>.</summary>
    public ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        if (!string.Equals(request.Response, Code, StringComparison.Ordinal))
        {
            return ValueTask.FromResult(StepUpResult.Rejected);
        }

        // A proof is accepted once on all hosts; each of ours is another one.
        long number = Interlocked.Increment(ref _proofs);
        return ValueTask.FromResult(new StepUpResult
        {
            Outcome = StepUpOutcome.Verified,
            Proof = new StepUpProof
            {
                Id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"fake-{request.ClaimId}-{number}"),
                Factor = "otp",
                At = _time.GetUtcNow(),
                AgentId = request.AgentId,
                SessionId = request.SessionId,
                FormRequestId = request.FormRequestId,
                ClaimId = request.ClaimId,
            },
        });
    }
}
