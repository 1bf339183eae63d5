namespace SecureChat.AspNetCore;

/// <summary>
/// A form request with its sealed values: one record, so that "at most one viewer" rests on one compare-and-set. Immutable; changed
/// only by <see cref="FormStateMachine"/>. What is destroyed leaves the body; the tombstone stays.
/// </summary>
internal sealed record FormRecord
{
    public required string ConversationId { get; init; }

    public required string RequestId { get; init; }

    public required string FormKey { get; init; }

    public required int FormVersion { get; init; }

    public required string Title { get; init; }

    public required string Purpose { get; init; }

    public required string NoticeKey { get; init; }

    public required ParticipantRole RequestedBy { get; init; }

    public string? RequestedById { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public FormRequestState State { get; init; }

    /// <summary>
    /// Whether the request won the one open place of its form in the conversation (E16). An unconfirmed record is invisible; what a
    /// crash leaves of one is confirmed or removed by the sweeper.
    /// </summary>
    public bool IsConfirmed { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    /// <summary>
    /// SHA-256 of the one token that opens this form now. It stays a while after the end, so that an answer that was lost can be
    /// asked for again and "expired" is said to who filled it in; see <see cref="TokenEndsAt"/>.
    /// </summary>
    public byte[]? TokenHash { get; init; }

    /// <summary>How often the visitor took more time.</summary>
    public int Extensions { get; init; }

    public DateTimeOffset? SubmittedAt { get; init; }

    public string? SubmissionId { get; init; }

    public string? ConsentId { get; init; }

    /// <summary>Consent was withdrawn. Decided here, by the same compare-and-set as a claim; the record of consent follows when it is told (E26).</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>The values lie in a replaced <see cref="IVault"/>; what stands here mirrors it and still decides who may claim.</summary>
    public bool IsExternal { get; init; }

    public IReadOnlyList<FormValue> Values { get; init; } = [];

    /// <summary>Number of the newest fact, or of the newest change that a card shows: see <see cref="FormDraft.NumberWhatIsSeen"/>.</summary>
    public long Revision { get; init; }

    /// <summary>
    /// What happened and has not been told yet: transcript, audit, listeners. Written with the change itself, so that a crash
    /// between the change and the telling loses nothing; the sweeper tells what is left.
    /// </summary>
    public IReadOnlyList<FormFact> Pending { get; init; } = [];

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOpen => State is FormRequestState.Requested or FormRequestState.Opened;

    /// <summary>From when on nothing opens this form with a token. A form that ended only says so until then, and answers a repeat.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public DateTimeOffset TokenEndsAt => ExpiresAt + FormStateMachine.TokenGrace;

    public FormValue? Value(string valueId) => Values.FirstOrDefault(value => string.Equals(value.ValueId, valueId, StringComparison.Ordinal));

    public override string ToString() => $"{nameof(FormRecord)} {State}";
}

/// <summary>One value of a form: ciphertext while it lives, tombstone afterwards.</summary>
internal sealed record FormValue
{
    public required string ValueId { get; init; }

    public required string FieldKey { get; init; }

    public required string Label { get; init; }

    public required DataClass DataClass { get; init; }

    public required string Preview { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public bool SingleDelivery { get; init; }

    public SealedValueState State { get; init; }

    /// <summary>Gone once destroyed.</summary>
    public byte[]? Ciphertext { get; init; }

    /// <summary>HMAC of the content under a key derived from the release key: recognises a repeated submission, dies with the key.</summary>
    public byte[]? Fingerprint { get; init; }

    public FormClaim? Claim { get; init; }

    public DateTimeOffset? DestroyedAt { get; init; }

    public DestroyReason? Reason { get; init; }

    public DateTimeOffset? KeyDestroyedAt { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public bool NeedsKeyDestruction => State == SealedValueState.Destroyed && KeyDestroyedAt is null;

    public SealedValue Describe() => new()
    {
        ValueId = ValueId,
        FieldKey = FieldKey,
        Label = Label,
        DataClass = DataClass,
        State = State,
        MaskedPreview = Preview,
        ExpiresAt = ExpiresAt,
        SingleDelivery = SingleDelivery,
        ClaimedBy = Claim?.AgentId,
        ClaimedRole = Claim?.Role ?? AgentRole.None,
        ClaimedAt = Claim?.At,
        ClaimedUntil = Claim?.Until,
        DestroyedAt = DestroyedAt,
        DestroyReason = Reason,
        KeyDestroyedAt = KeyDestroyedAt,
    };

    public override string ToString() => $"{nameof(FormValue)} {State}";
}

/// <summary>Who holds the exclusive right to see a value: agent, session, claim and the SHA-256 of the browser's key, all four.</summary>
internal sealed record FormClaim
{
    public required string ClaimId { get; init; }

    public required string AgentId { get; init; }

    public required AgentRole Role { get; init; }

    public required string SessionId { get; init; }

    public required string KeyThumbprint { get; init; }

    public required DateTimeOffset At { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>Set before plaintext leaves the process; a value with this set never goes back to sealed (E4).</summary>
    public DateTimeOffset? ReleasedAt { get; init; }

    public override string ToString() => nameof(FormClaim);
}

/// <summary>Something that happened to a form and is to be told.</summary>
internal sealed record FormFact
{
    public required long Number { get; init; }

    public required AuditAction Action { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ParticipantRole Actor { get; init; }

    public string? ActorId { get; init; }

    public IReadOnlyList<string> ValueIds { get; init; } = [];

    public DestroyReason? Reason { get; init; }

    public override string ToString() => $"{nameof(FormFact)} {Number} {Action}";
}
