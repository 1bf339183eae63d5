namespace SecureChat.AspNetCore;

/// <summary>What can be asked of a form. The whole list: the state machine answers every command in every state.</summary>
internal abstract class FormCommand
{
    private FormCommand()
    {
    }

    public sealed override string ToString() => GetType().Name;

    /// <summary>The request won its place and becomes visible.</summary>
    public sealed class Confirm : FormCommand;

    /// <summary>The visitor has the form on screen.</summary>
    public sealed class Open : FormCommand;

    /// <summary>The form is handed to one place to fill it in: whoever had it before has it no more (E20).</summary>
    public sealed class Grant : FormCommand
    {
        /// <summary>SHA-256 of the new token.</summary>
        public required byte[] TokenHash { get; init; }
    }

    /// <summary>The visitor takes more time.</summary>
    public sealed class Extend : FormCommand
    {
        /// <summary>How long the form stays open from now on.</summary>
        public required TimeSpan Life { get; init; }

        /// <summary>How often this may be done to one form.</summary>
        public required int Most { get; init; }
    }

    /// <summary>The visitor submits; ciphertexts come with the change that accepts them.</summary>
    public sealed class Submit : FormCommand
    {
        public required string SubmissionId { get; init; }

        public required string ConsentId { get; init; }

        public required IReadOnlyList<FormValue> Values { get; init; }

        public bool IsExternal { get; init; }
    }

    /// <summary>The visitor says no.</summary>
    public sealed class Decline : FormCommand;

    /// <summary>Agent, application or the end of the conversation take an open request back.</summary>
    public sealed class Cancel : FormCommand
    {
        public required ParticipantRole Actor { get; init; }

        public string? ActorId { get; init; }
    }

    /// <summary>Consent is withdrawn: what nobody has opened is destroyed by the same change.</summary>
    public sealed class Withdraw : FormCommand
    {
        public required ParticipantRole Actor { get; init; }

        public string? ActorId { get; init; }
    }

    /// <summary>An agent's browser takes the exclusive right to see values.</summary>
    public sealed class Claim : FormCommand
    {
        public required IReadOnlyList<string> ValueIds { get; init; }

        public required string ClaimId { get; init; }

        public required string AgentId { get; init; }

        public required AgentRole Role { get; init; }

        public required string SessionId { get; init; }

        public required string KeyThumbprint { get; init; }

        public required TimeSpan Window { get; init; }

        /// <summary>No audit, no value: the command cannot be written down without the receipt of the intent.</summary>
        public required AuditReceipt Intent { get; init; }
    }

    /// <summary>The claiming browser asks for the values. Single-delivery values are destroyed by the same change.</summary>
    public sealed class Release : FormCommand
    {
        public required string ClaimId { get; init; }

        public required string AgentId { get; init; }

        public required string SessionId { get; init; }

        public required string KeyThumbprint { get; init; }
    }

    /// <summary>The viewer says "seen".</summary>
    public sealed class Acknowledge : FormCommand
    {
        public required string ClaimId { get; init; }

        public required string AgentId { get; init; }

        public required string SessionId { get; init; }
    }

    /// <summary>Destroys values.</summary>
    public sealed class Destroy : FormCommand
    {
        public required DestroyReason Reason { get; init; }

        public IReadOnlyList<string>? ValueIds { get; init; }

        public bool UnopenedOnly { get; init; }
    }

    /// <summary>Only lets time take effect: open requests, unopened values and viewing windows that ended.</summary>
    public sealed class Settle : FormCommand;

    /// <summary>Release keys of destroyed values are gone from the key store.</summary>
    public sealed class KeysDestroyed : FormCommand
    {
        public required IReadOnlyList<string> ValueIds { get; init; }
    }

    /// <summary>Facts up to this number were told.</summary>
    public sealed class Told : FormCommand
    {
        public required long Number { get; init; }
    }

    /// <summary>Copies what a replaced vault says about its values. Never takes a state back.</summary>
    public sealed class Mirror : FormCommand
    {
        public required IReadOnlyList<SealedValue> Values { get; init; }
    }
}
