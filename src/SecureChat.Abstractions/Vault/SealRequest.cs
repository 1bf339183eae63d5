namespace SecureChat;

/// <summary>One submission to seal. Immutable.</summary>
public sealed class SealRequest
{
    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Chosen by the visitor's browser; a repeat with the same content is the same submission.</summary>
    public required string SubmissionId { get; init; }

    /// <summary>The consent this submission rests on.</summary>
    public required string ConsentId { get; init; }

    /// <summary>The fields, 1 to 100 (the form limit of the host, 32 unless changed).</summary>
    public required IReadOnlyList<SealField> Fields { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(SealRequest);
}
