namespace SecureChat;

/// <summary>The answer of an <see cref="IStepUpVerifier"/>. Immutable.</summary>
public sealed class StepUpResult
{
    /// <summary>What was found.</summary>
    public required StepUpOutcome Outcome { get; init; }

    /// <summary>The proof, exactly when <see cref="Outcome"/> is <see cref="StepUpOutcome.Verified"/>.</summary>
    public StepUpProof? Proof { get; init; }

    /// <summary>A refusal.</summary>
    public static StepUpResult Rejected { get; } = new() { Outcome = StepUpOutcome.Rejected };

    /// <summary>The outcome only.</summary>
    public override string ToString() => $"{nameof(StepUpResult)} {Outcome}";
}
