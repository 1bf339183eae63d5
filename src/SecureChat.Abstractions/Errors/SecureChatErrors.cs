using System.Reflection;

namespace SecureChat;

/// <summary>
/// Every error of SecureChat. SC1xxx set-up, SC2xxx masking, SC3xxx vault and stores, SC4xxx consent, SC5xxx audit, SC6xxx HTTP
/// and hub. The same table stands in docs/errors.md; a test keeps them equal.
/// </summary>
public static class SecureChatErrors
{
    /// <summary>An option is out of range or contradicts another.</summary>
    public static SecureChatError OptionsInvalid { get; } = new("SC1001", 0, "SecureChat options are not valid.", "Correct the named options; docs/configuration.md lists every option with its range.");

    /// <summary>No durable store outside Development.</summary>
    public static SecureChatError NoRecordStore { get; } = new("SC1002", 0, "No durable record store is configured outside Development.", "Add a store package (dotnet add package SecureChat.Stores) and call AddSecureChat().UseSqlite(\"data/securechat.db\"), or another Use... store.");

    /// <summary>An agent policy is missing.</summary>
    public static SecureChatError PolicyMissing { get; } = new("SC1003", 0, "The agent endpoints have no authorisation policy.", "Add the named policy with builder.Services.AddAuthorization(o => o.AddPolicy(...)), or name yours in SecureChatOptions.Agents.");

    /// <summary>Data Protection keys would not survive a restart.</summary>
    public static SecureChatError NoKeyRepository { get; } = new("SC1004", 0, "Data Protection has no explicit key repository and application name outside Development.", "Call builder.Services.AddDataProtection().SetApplicationName(\"...\").PersistKeysToFileSystem(...), or choose another key provider.");

    /// <summary>The key ring that wrapped the key-encryption keys is gone.</summary>
    public static SecureChatError KeyRingLost { get; } = new("SC1005", 0, "The key-encryption keys cannot be opened: the key ring or key store that made them is not here.", "Bring the key ring and key store back; or run `keys abandon`, which marks unreadable values destroyed and audits it.");

    /// <summary>Two forms share a key.</summary>
    public static SecureChatError DuplicateForm { get; } = new("SC1006", 0, "Two forms have the same key.", "Give each AddForm(...) a key of its own.");

    /// <summary>Configuration names an option that does not exist.</summary>
    public static SecureChatError UnknownOption { get; } = new("SC1007", 0, "The configuration section names an unknown option.", "Remove or correct the named key; docs/configuration.md lists every option.");

    /// <summary>The runtime has a known hole.</summary>
    public static SecureChatError RuntimeVulnerable { get; } = new("SC1008", 0, "This ASP.NET Core runtime is older than 10.0.7 and accepts forged Data Protection payloads (CVE-2026-40372).", "Update the runtime to 10.0.7 or newer and rotate the key ring.");

    /// <summary>The stored schema is newer than the code.</summary>
    public static SecureChatError SchemaNewer { get; } = new("SC1009", 0, "The store's schema is newer than this version of SecureChat.", "Deploy the newer version again, or restore the backup that was made before the upgrade.");

    /// <summary>The host's clock is more than a minute off the store's.</summary>
    public static SecureChatError ClockSkew { get; } = new("SC1010", 503, "The host's clock differs from the store's by more than a minute.", "Synchronise the clock (NTP), then start again.");

    /// <summary>A form or notice definition is not valid.</summary>
    public static SecureChatError FormInvalid { get; } = new("SC1011", 0, "A form or notice definition is not valid.", "Correct the named form, field or notice.");

    /// <summary>A SecureChat call is missing in Program.cs.</summary>
    public static SecureChatError CallMissing { get; } = new("SC1012", 0, "A SecureChat call is missing in Program.cs.", "Add the named call: builder.Services.AddSecureChat(), app.UseSecureChat(), app.MapSecureChat().");

    /// <summary>The host has no authentication scheme.</summary>
    public static SecureChatError SchemeMissing { get; } = new("SC1013", 0, "The agent endpoints need an authentication scheme and the host has none.", "Call builder.Services.AddAuthentication(...) with a scheme, for example cookies or ASP.NET Core Identity.");

    /// <summary>No step-up verifier is configured outside Development.</summary>
    public static SecureChatError StepUpMissing { get; } = new("SC1014", 0, "No step-up verifier is configured.", "Call AddSecureChat().AddIdentityStepUp<TUser>() or UseStepUp<T>().");

    /// <summary>The database that a store is to use cannot be used as it is.</summary>
    public static SecureChatError StoreUnusable { get; } = new("SC1015", 0, "The store cannot use its database as it is.", "Do what the message names, then start again.");

    /// <summary>Key file or key service is not usable as it is set up.</summary>
    public static SecureChatError KeyProviderUnusable { get; } = new("SC1016", 0, "The key provider cannot be used as it is set up.", "Do what the message names, then start again.");

    /// <summary>The masker failed, hung or answered nonsense.</summary>
    public static SecureChatError MaskingFailed { get; } = new("SC2001", 503, "The message could not be checked for sensitive data and was not sent.", "Try again. Operators: see the log for the masker's fault.");

    /// <summary>An answer of a host's own endpoint could not be masked.</summary>
    public static SecureChatError ResponseMaskingFailed { get; } = new("SC2002", 500, "The answer could not be checked for sensitive data and was withheld.", "Operators: see the log for the reason; MaskResponse(...) takes another limit or leaves content types alone.");

    /// <summary>A message, or the body of a request, holds what the host does not let into free text.</summary>
    public static SecureChatError MessageBlocked { get; } = new("SC2003", 422, "The text holds data that may not be sent this way, and was not taken.", "Take out what \"kinds\" names, or hand it over with a secure form.");

    /// <summary>A store failed or hung.</summary>
    public static SecureChatError StoreUnavailable { get; } = new("SC3001", 503, "The store did not answer; nothing was changed or its outcome is unknown.", "Try again with the same id; repeats are recognised.");

    /// <summary>A key could not be had.</summary>
    public static SecureChatError KeyUnavailable { get; } = new("SC3002", 503, "A key is not available; nothing was sealed or released.", "Try again. Operators: check the key provider.");

    /// <summary>Another claim was first.</summary>
    public static SecureChatError AlreadyOpened { get; } = new("SC3003", 409, "The value was opened by someone else.", "Ask the visitor again if it is still needed.");

    /// <summary>The value is destroyed or expired.</summary>
    public static SecureChatError ValueGone { get; } = new("SC3004", 410, "The value is gone.", "Ask the visitor again if it is still needed.");

    /// <summary>The claim belongs to another browser or session.</summary>
    public static SecureChatError OpenedElsewhere { get; } = new("SC3005", 409, "The value was opened in another browser or session.", "Use the browser that opened it before the window ends, or ask the visitor again.");

    /// <summary>The ciphertext does not open.</summary>
    public static SecureChatError Undecryptable { get; } = new("SC3006", 410, "The value could not be opened and was destroyed.", "Ask the visitor again. Operators: check the key store.");

    /// <summary>The vault failed, hung or answered nonsense.</summary>
    public static SecureChatError VaultFailed { get; } = new("SC3008", 503, "The vault did not answer; nothing was released.", "Try again with the same id; repeats are recognised.");

    /// <summary>A record that says who may see was not written by this application.</summary>
    public static SecureChatError RecordChanged { get; } = new("SC3009", 500, "A stored record was changed by somebody else; nothing was changed or released.", "Operators: find out who writes the data store; restore the record, or remove it.");

    /// <summary>The key service answers, and does not let this host use the key.</summary>
    public static SecureChatError KeyAccessDenied { get; } = new("SC3010", 503, "The key service refuses the key; nothing was sealed or released.", "Operators: enable the key, or give this host the right to use it. Trying again does not help.");

    /// <summary>Consent was not given with the submission.</summary>
    public static SecureChatError ConsentMissing { get; } = new("SC4001", 422, "Consent was not given.", "Show the notice, let the visitor tick the box, and submit again.");

    /// <summary>The notice that was shown is not the current one.</summary>
    public static SecureChatError NoticeMismatch { get; } = new("SC4002", 409, "The privacy notice has changed since it was shown.", "Show the current notice and ask again.");

    /// <summary>The consent store failed, hung or answered nonsense.</summary>
    public static SecureChatError ConsentUnavailable { get; } = new("SC4003", 503, "Consent could not be recorded; nothing was stored.", "Try again with the same id; repeats are recognised.");

    /// <summary>The audit log could not be appended to.</summary>
    public static SecureChatError AuditUnavailable { get; } = new("SC5001", 503, "The audit log did not take the entry, so the action was refused.", "Try again. Operators: check the store.");

    /// <summary>A required sink failed or hung.</summary>
    public static SecureChatError AuditSinkFailed { get; } = new("SC5002", 503, "A required audit sink did not take the entry, so the action was refused.", "Try again. Operators: check the named sink.");

    /// <summary>The audit log does not verify.</summary>
    public static SecureChatError AuditBroken { get; } = new("SC5003", 0, "The audit log does not verify.", "Keep the files as they are, compare with an exported head, and investigate.");

    /// <summary>The request is malformed.</summary>
    public static SecureChatError InvalidRequest { get; } = new("SC6001", 400, "The request is not well formed.", "Send what docs/http-api.md describes for this call.");

    /// <summary>Field values were refused.</summary>
    public static SecureChatError ValidationFailed { get; } = new("SC6002", 422, "Some fields were refused.", "Correct the named fields and submit again.");

    /// <summary>The caller is not known.</summary>
    public static SecureChatError Unauthenticated { get; } = new("SC6003", 401, "The call needs a valid sign-in or conversation token.", "Sign in, or send the conversation token in the Authorization header.");

    /// <summary>The caller may not do this.</summary>
    public static SecureChatError Forbidden { get; } = new("SC6004", 403, "This is not allowed for this caller.", "Use an account with the right role, or have the conversation assigned.");

    /// <summary>There is no such thing for this caller.</summary>
    public static SecureChatError NotFound { get; } = new("SC6005", 404, "There is no such thing for this caller.", "Check the id.");

    /// <summary>The anti-forgery header is missing.</summary>
    public static SecureChatError HeaderMissing { get; } = new("SC6006", 403, "The header X-SecureChat is missing.", "Send the header X-SecureChat: 1 with every write.");

    /// <summary>The Origin is not allowed.</summary>
    public static SecureChatError OriginNotAllowed { get; } = new("SC6007", 403, "The Origin of the request is not allowed.", "Call from the host's own origin, or add the origin to SecureChatOptions.AllowedOrigins.");

    /// <summary>Plain HTTP from outside.</summary>
    public static SecureChatError HttpsRequired { get; } = new("SC6008", 403, "SecureChat is not served over plain HTTP.", "Use https. Behind a proxy, call app.UseForwardedHeaders() before app.UseSecureChat() and name the proxy in KnownProxies.");

    /// <summary>The request is too large.</summary>
    public static SecureChatError TooLarge { get; } = new("SC6009", 413, "The request is too large.", "Shorten it; docs/configuration.md lists the limits.");

    /// <summary>Too many requests.</summary>
    public static SecureChatError RateLimited { get; } = new("SC6010", 429, "Too many requests.", "Wait for the time in Retry-After, then try again.");

    /// <summary>The conversation is closed.</summary>
    public static SecureChatError ConversationClosed { get; } = new("SC6011", 409, "The conversation has ended.", "Start a new conversation.");

    /// <summary>The form does not take this now.</summary>
    public static SecureChatError FormNotOpen { get; } = new("SC6012", 409, "The form does not allow this in its present state.", "Read the form's state; request a new form if it is still needed.");

    /// <summary>A fresh step-up is needed.</summary>
    public static SecureChatError StepUpRequired { get; } = new("SC6013", 401, "A fresh second factor is needed for this reveal.", "Post the second factor to the step-up endpoint for this form, claim and values, then claim again.");

    /// <summary>The second factor was not accepted.</summary>
    public static SecureChatError StepUpRejected { get; } = new("SC6014", 403, "The second factor was not accepted.", "Wait for a new code and try again.");

    /// <summary>Too many step-up attempts.</summary>
    public static SecureChatError StepUpLocked { get; } = new("SC6015", 429, "Too many step-up attempts.", "Wait for the time in Retry-After, then try again.");

    /// <summary>A token came in a URL.</summary>
    public static SecureChatError TokenInUrl { get; } = new("SC6016", 400, "A token was sent in the URL, where logs and proxies keep it.", "Send it in the Authorization header or in Join; treat the sent token as leaked and start a new conversation.");

    /// <summary>Another submission was accepted before.</summary>
    public static SecureChatError SubmissionMismatch { get; } = new("SC6017", 409, "Another submission of this form was accepted before.", "Nothing was changed; request a new form if other data is needed.");

    /// <summary>The content type is not accepted.</summary>
    public static SecureChatError UnsupportedMediaType { get; } = new("SC6018", 415, "The content type is not accepted.", "Send application/json.");

    /// <summary>A reason is missing or out of range.</summary>
    public static SecureChatError ReasonInvalid { get; } = new("SC6019", 422, "A reveal needs a reason of 3 to 500 characters.", "State why the value is needed now.");

    /// <summary>The hub connection has not joined.</summary>
    public static SecureChatError JoinRequired { get; } = new("SC6020", 401, "The connection has not joined a conversation.", "Call Join first, within five seconds of connecting.");

    /// <summary>An unexpected fault.</summary>
    public static SecureChatError Internal { get; } = new("SC6021", 500, "Something went wrong; nothing was released.", "Try again. Operators: see the log.");

    /// <summary>The step-up verifier failed, hung or answered nonsense.</summary>
    public static SecureChatError StepUpUnavailable { get; } = new("SC6022", 503, "The second factor could not be checked; nothing was released.", "Try again. Operators: check the step-up verifier.");

    /// <summary>The HTTP method is not allowed.</summary>
    public static SecureChatError MethodNotAllowed { get; } = new("SC6023", 405, "The method is not allowed here.", "Use the method docs/http-api.md names; a GET never changes state.");

    /// <summary>The agent has no second factor.</summary>
    public static SecureChatError StepUpNotEnrolled { get; } = new("SC6024", 403, "This account has no second factor.", "Set up an authenticator app for the account, then try again.");

    /// <summary>The conversation has as many connections as one side may hold.</summary>
    public static SecureChatError TooManyConnections { get; } = new("SC6025", 429, "The conversation is open in too many places.", "Close it in another window, then join again.");

    /// <summary>The token opens no form, or not any more.</summary>
    public static SecureChatError FormTokenInvalid { get; } = new("SC6026", 401, "The form was opened somewhere else, or its link is not valid any more.", "Go on where it was opened last, or open the form again.");

    /// <summary>The agent to whom a conversation was to be handed has left.</summary>
    public static SecureChatError AgentAway { get; } = new("SC6027", 409, "This agent is not here any more.", "Choose somebody who is here now.");

    /// <summary>All errors, ordered by code.</summary>
    public static IReadOnlyList<SecureChatError> All { get; } =
    [
        .. typeof(SecureChatErrors).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(static property => property.PropertyType == typeof(SecureChatError))
            .Select(static property => (SecureChatError)property.GetValue(null)!)
            .OrderBy(static error => error.Code, StringComparer.Ordinal),
    ];
}
