namespace SecureChat.AspNetCore;

/// <summary>Body of a <see cref="RecordKinds.Attempts"/> record: when somebody tried, oldest first.</summary>
internal sealed class StepUpAttemptsBody
{
    public required IReadOnlyList<DateTimeOffset> At { get; init; }

    /// <summary>The attempts of the last day that proved nothing, oldest first. A success does not forget those of others.</summary>
    public IReadOnlyList<DateTimeOffset> Failed { get; init; } = [];

    /// <summary>The lock in force was already audited, so that a flood cannot fill the log.</summary>
    public bool IsAnnounced { get; init; }

    public override string ToString() => nameof(StepUpAttemptsBody);
}

/// <summary>Body of a <see cref="RecordKinds.StepUp"/> record. Whom and what it is for is its key.</summary>
internal sealed class StepUpTicketBody
{
    public required string Factor { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The values it opens.</summary>
    public required IReadOnlyList<string> ValueIds { get; init; }

    public override string ToString() => nameof(StepUpTicketBody);
}
