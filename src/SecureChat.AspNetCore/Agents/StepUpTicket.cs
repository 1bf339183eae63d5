namespace SecureChat.AspNetCore;

/// <summary>One step-up that was accepted. It opens one claim of one browser, once, until it expires; the store keeps it, not the caller.</summary>
internal sealed class StepUpTicket
{
    /// <summary>The factor as in RFC 8176.</summary>
    public required string Factor { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The first moment at which the ticket opens nothing any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => nameof(StepUpTicket);
}
