namespace SecureChat.AspNetCore;

/// <summary>Every kind of record the product keeps. A kind belongs to one folder, named beside it.</summary>
internal static class RecordKinds
{
    // Data store.
    public const string Conversation = "conversation";            // Chat: partition = conversation id, id = "conversation"
    public const string ConversationEvent = "conversation-event"; // Chat: partition = conversation id, id = sequence
    public const string OpenConversation = "open-conversation";   // Chat: partition = "open", id = when it began and a hash of its id
    public const string Form = "form";                            // Forms: partition = conversation id, id = request id
    public const string OpenForm = "open-form";                   // Forms: partition = conversation id, id = form key; one open request per form
    public const string KeptValue = "kept-value";                 // Forms: partition = conversation id, id = value id; due when it dies without a consent
    public const string Consent = "consent";                      // Consent: partition = conversation id, id = consent id
    public const string ConsentSubject = "consent-subject";       // Consent: partition = subject ref, id = conversation id + consent id
    public const string AuditPage = "audit-page";                 // Audit: partition = "log", id = first sequence of the page
    public const string AuditDetail = "audit-detail";             // Audit: partition = conversation id or "host", id = detail id
    public const string SingleUse = "single-use";                 // Agents: partition = purpose, id = SHA-256 of what is used once; due when it may be forgotten
    public const string StepUp = "step-up";                       // Agents: partition = request id, id = SHA-256 of agent, session, request and claim
    public const string AgentPresence = "agent-presence";         // Agents: partition = "here", id = keyed hash of agent; due when they have left
    public const string Attempts = "attempts";                    // Limits: partition = purpose, id = keyed hash of who
    public const string SweepFailure = "sweep-failure";           // Retention: partition = "sweep", id = SHA-256 of the name of what could not be ended
    public const string Canary = "canary";                        // Vault: partition = "host", id = "canary"

    // Key store.
    public const string KeyEncryptionKey = "key-encryption-key";  // Vault: partition = "host", id = version
    public const string ReleaseKey = "release-key";               // Vault: partition = conversation id, id = value id
    public const string ConversationKey = "conversation-key";     // Vault: partition = conversation id, id = "key"
    public const string AuditDetailKey = "audit-detail-key";      // Audit: partition = conversation id or "host", id = "key"
    public const string PseudonymKey = "pseudonym-key";           // Vault: partition = "host", id = purpose
}
