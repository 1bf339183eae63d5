namespace SecureChat.AspNetCore;

/// <summary>A second factor that everybody knows. Registered by <c>AddDevelopmentAgents</c>, which refuses to start outside Development.</summary>
internal sealed class DevelopmentStepUp(TimeProvider time) : IStepUpVerifier
{
    public const string Code = "000000";

    public ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(
        string.Equals(request.Response, Code, StringComparison.Ordinal)
            ? new StepUpResult
            {
                Outcome = StepUpOutcome.Verified,
                Proof = new StepUpProof
                {
                    // Evidence is accepted once; here each attempt is evidence of its own.
                    Id = $"development-{SecureChatId.New()}",
                    Factor = "otp",
                    At = time.GetUtcNow(),
                    AgentId = request.AgentId,
                    SessionId = request.SessionId,
                    FormRequestId = request.FormRequestId,
                    ClaimId = request.ClaimId,
                },
            }
            : StepUpResult.Rejected);
}
