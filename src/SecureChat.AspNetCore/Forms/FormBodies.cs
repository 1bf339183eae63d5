namespace SecureChat.AspNetCore;

/// <summary>Asks for a form.</summary>
internal sealed class RequestFormBody
{
    /// <summary>Key of a registered form.</summary>
    public required string FormKey { get; init; }

    public override string ToString() => nameof(RequestFormBody);
}

/// <summary>The form request: a new one, or the open one of this form that the conversation had.</summary>
internal sealed class RequestedFormView
{
    public required string RequestId { get; init; }

    /// <summary>False when an open request for this form existed and was returned.</summary>
    public required bool IsNew { get; init; }

    /// <summary>Until when the visitor can submit.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => nameof(RequestedFormView);
}

/// <summary>The token of one form, shown this once. It replaces every earlier one of the form.</summary>
internal sealed class FormTokenView
{
    /// <summary>Opens this form and nothing else. For the <c>Authorization</c> header of <c>/forms/current</c>, never for a query.</summary>
    public required string Token { get; init; }

    /// <summary>Until when the visitor can submit.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => nameof(FormTokenView);
}

/// <summary>A second factor for one claim.</summary>
internal sealed class StepUpBody
{
    /// <summary>The claim that the proof is for.</summary>
    public required string ClaimId { get; init; }

    /// <summary>The values that the claim will be for: it may then be for fewer, not for others.</summary>
    public required IReadOnlyList<string> ValueIds { get; init; }

    /// <summary>What the agent entered or the authenticator answered.</summary>
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
    /// <summary>The claim that ends.</summary>
    public required string ClaimId { get; init; }

    public override string ToString() => nameof(AcknowledgeBody);
}
