namespace SecureChat.AspNetCore;

/// <summary>Asks for a form.</summary>
internal sealed class RequestFormBody
{
    public required string FormKey { get; init; }

    public override string ToString() => nameof(RequestFormBody);
}

/// <summary>A second factor for one claim.</summary>
internal sealed class StepUpBody
{
    public required string ClaimId { get; init; }

    public required string Code { get; init; }

    public override string ToString() => nameof(StepUpBody);
}

/// <summary>Until when the proof opens the claim.</summary>
internal sealed class StepUpAnswer
{
    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => nameof(StepUpAnswer);
}

/// <summary>"Seen."</summary>
internal sealed class AcknowledgeBody
{
    public required string ClaimId { get; init; }

    public override string ToString() => nameof(AcknowledgeBody);
}
