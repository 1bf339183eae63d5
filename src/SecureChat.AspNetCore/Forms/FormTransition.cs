namespace SecureChat.AspNetCore;

/// <summary>The state machine's answer: what to save (nothing, when the record stays as it is) and what to tell the caller.</summary>
internal sealed record FormTransition
{
    public required FormOutcome Outcome { get; init; }

    /// <summary>The record after the command, time included.</summary>
    public required FormRecord Record { get; init; }

    /// <summary>Whether <see cref="Record"/> differs from what is stored.</summary>
    public required bool IsChanged { get; init; }

    /// <summary>For a release: the values with their ciphertexts, as they stood before single delivery took them.</summary>
    public IReadOnlyList<FormValue> Released { get; init; } = [];

    /// <summary>Ids of values that this command, or time, destroyed.</summary>
    public IReadOnlyList<string> Destroyed { get; init; } = [];

    /// <summary>Facts that this command took off the list of what is to be told: only one host gets each.</summary>
    public IReadOnlyList<FormFact> Told { get; init; } = [];

    public override string ToString() => $"{nameof(FormTransition)} {Outcome}";
}

/// <summary>What became of a command.</summary>
internal enum FormOutcome
{
    /// <summary>Done now.</summary>
    Done = 0,

    /// <summary>Was so already; nothing changed.</summary>
    Already = 1,

    /// <summary>The form does not take this in its state.</summary>
    NotOpen = 2,

    /// <summary>Another submission stands.</summary>
    OtherSubmission = 3,

    /// <summary>Another claim holds a value.</summary>
    TakenByOther = 4,

    /// <summary>Destroyed or expired.</summary>
    Gone = 5,

    /// <summary>No such form, value or claim.</summary>
    NotFound = 6,

    /// <summary>The claim belongs to another agent, session or browser.</summary>
    Elsewhere = 7,
}
