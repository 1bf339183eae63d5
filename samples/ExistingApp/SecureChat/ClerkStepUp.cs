using System.Globalization;
using SecureChat;

namespace ExistingApp;

/// <summary>
/// The clerks' authenticator, asked before a value opens. SecureChat limits attempts, accepts each proof once and binds it to the values;
/// the class only says whether a code is right now.
/// </summary>
internal sealed class ClerkStepUp(TimeProvider time) : IStepUpVerifier
{
    public ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (ClerkAuthenticator.StepOf(request.Response, now) is not { } step)
        {
            return ValueTask.FromResult(StepUpResult.Rejected);
        }

        return ValueTask.FromResult(new StepUpResult
        {
            Outcome = StepUpOutcome.Verified,
            Proof = new StepUpProof
            {
                // The same evidence has the same name, so that a code works once.
                Id = string.Create(CultureInfo.InvariantCulture, $"totp-{request.AgentId}-{step}"),
                Factor = "otp",
                At = now,
                AgentId = request.AgentId,
                SessionId = request.SessionId,
                FormRequestId = request.FormRequestId,
                ClaimId = request.ClaimId,
            },
        });
    }
}
