namespace SecureChat;

/// <summary>What was agreed, when, to which text. Immutable. Shaped so that ISO/IEC TS 27560 receipts can be made from it.</summary>
public sealed class ConsentRecord
{
    /// <summary>Random id.</summary>
    public required string ConsentId { get; init; }

    /// <summary>The conversation.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The form request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Keyed hash of the data subject, when the host knows who it is.</summary>
    public string? SubjectRef { get; init; }

    /// <summary>The purpose as shown.</summary>
    public required string Purpose { get; init; }

    /// <summary>Key of the notice.</summary>
    public required string NoticeKey { get; init; }

    /// <summary>Version of the notice that was shown.</summary>
    public required string NoticeVersion { get; init; }

    /// <summary>Language that was shown.</summary>
    public required string Language { get; init; }

    /// <summary>SHA-256 of the text that was shown, lower-case hexadecimal.</summary>
    public required string NoticeSha256 { get; init; }

    /// <summary>The classes of data asked for.</summary>
    public required IReadOnlyList<DataClass> DataClasses { get; init; }

    /// <summary>When consent was given.</summary>
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>When it was withdrawn.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(ConsentRecord);
}
