using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// A fresh second factor for one reveal: limits attempts, asks the verifier, checks its answer, accepts each piece of evidence
/// once on all hosts, and keeps a ticket that opens exactly the claim it was asked for, once (E9).
/// </summary>
internal sealed partial class StepUpService
{
    /// <summary>The most values a claim can be for.</summary>
    public const int MaxValues = 100;

    /// <summary>Extension member of <c>SC6015</c>: whole seconds until the next attempt.</summary>
    public const string RetryAfterFact = Problems.RetryAfter;

    /// <summary>A passkey's answer is JSON of a few kilobytes; a code is shorter.</summary>
    private const int MaxResponseLength = 8 * 1024;

    private const int MaxProofIdLength = 200;
    private const int MaxFactorLength = 50;
    private const int MaxConflicts = 8;

    /// <summary>A verifier on another machine may run a little ahead of this host; more than that is no honest time.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    private readonly GuardedRecordStore _store;
    private readonly RecordMacs _macs;
    private readonly IStepUpVerifier? _verifier;
    private readonly Func<AuditFact, CancellationToken, ValueTask<AuditReceipt>> _audit;
    private readonly SecureChatAgentOptions _options;
    private readonly StepUpAttempts _attempts;
    private readonly UsedProofs _used;
    private readonly ForeignCalls _verifierCalls = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public StepUpService(
        SecureChatStores stores,
        RecordMacs macs,
        IEnumerable<IStepUpVerifier> verifiers,
        AuditLog audit,
        IOptions<SecureChatOptions> options,
        TimeProvider time,
        ILogger<StepUpService> logger)
        : this(stores, macs, verifiers.LastOrDefault(), audit.AppendAsync, options, time, logger)
    {
    }

    internal StepUpService(
        SecureChatStores stores,
        RecordMacs macs,
        IStepUpVerifier? verifier,
        Func<AuditFact, CancellationToken, ValueTask<AuditReceipt>> audit,
        IOptions<SecureChatOptions> options,
        TimeProvider time,
        ILogger logger)
    {
        _store = stores.Data;
        _macs = macs;
        _verifier = verifier;
        _audit = audit;
        _options = options.Value.Agents;
        _attempts = new StepUpAttempts(_store, _options, time);
        _used = new UsedProofs(_store, time);
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Verifies a response and leaves a ticket for this agent, session, request and claim. The caller has checked that the agent
    /// may reveal this request.
    /// </summary>
    /// <exception cref="SecureChatException">The store or the audit log does not answer; there is no ticket.</exception>
    public async ValueTask<Outcome<StepUpTicket>> VerifyAsync(
        Agent agent,
        ClaimsPrincipal principal,
        string conversationId,
        string formRequestId,
        string claimId,
        IReadOnlyList<string> valueIds,
        string response,
        CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsValid(formRequestId)
            || !SecureChatId.IsClientId(claimId)
            || valueIds is not { Count: >= 1 and <= MaxValues }
            || !valueIds.All(AuditLog.IsValueId)
            || response is not { Length: > 0 and <= MaxResponseLength })
        {
            return SecureChatErrors.InvalidRequest;
        }

        if (_verifier is null)
        {
            return SecureChatErrors.StepUpUnavailable;
        }

        // Named twice is meant once, for the record too.
        valueIds = [.. valueIds.Distinct(StringComparer.Ordinal)];
        string agentRef = Hash("agent", agent.Id);
        StepUpAttempt attempt = await _attempts.TakeAsync(agentRef, cancellationToken);

        // From here on the attempt is on record. A caller that hangs up must not be able to keep it out of the audit log, so the
        // rest no longer follows the caller's token; every call below is bounded in time by its guard.
        if (!attempt.IsAllowed)
        {
            if (attempt.IsFirstRefusal)
            {
                LogLocked(_logger);
                await AuditAsync(AuditOutcome.Denied, SecureChatErrors.StepUpLocked);
            }

            return Outcome<StepUpTicket>.Refused(
                SecureChatErrors.StepUpLocked,
                new Dictionary<string, object?>(StringComparer.Ordinal) { [RetryAfterFact] = (int)Math.Max(1, Math.Ceiling(attempt.RetryAfter.TotalSeconds)) });
        }

        var request = new StepUpRequest
        {
            Principal = principal,
            AgentId = agent.Id,
            SessionId = agent.SessionId,
            FormRequestId = formRequestId,
            ClaimId = claimId,
            ValueIds = valueIds,
            Response = response,
        };
        StepUpResult? result;
        try
        {
            // Also our own verifier ends in the host's user store, which may block its thread; hence a thread of its own.
            result = await Guard.CallAsync(
                _verifierCalls,
                token => _verifier.VerifyAsync(request, token),
                _options.StepUpTimeout,
                _time,
                static fault => new SecureChatException(SecureChatErrors.StepUpUnavailable, null, fault),
                CancellationToken.None);
        }
        catch (SecureChatException fault)
        {
            // The type only: a vendor's message may quote what the agent entered.
            LogVerifierFault(_logger, fault.InnerException?.GetType().Name ?? nameof(SecureChatException));

            // Nothing was learnt about any code, and an outage must not lock honest agents out for a day. The window still counts it.
            await GiveBackAsync(proven: false);
            return await RefuseAsync(AuditOutcome.Failed, SecureChatErrors.StepUpUnavailable);
        }

        DateTimeOffset now = _time.GetUtcNow();
        if (!IsHonest(result, request, now))
        {
            LogVerifierNonsense(_logger);
            return await RefuseAsync(AuditOutcome.Failed, SecureChatErrors.StepUpUnavailable);
        }

        if (result!.Outcome != StepUpOutcome.Verified)
        {
            return await RefuseAsync(
                AuditOutcome.Denied,
                result.Outcome == StepUpOutcome.NotEnrolled ? SecureChatErrors.StepUpNotEnrolled : SecureChatErrors.StepUpRejected);
        }

        StepUpProof proof = result.Proof!;
        if (!await _used.TryUseAsync(proof.Id, CancellationToken.None))
        {
            return await RefuseAsync(AuditOutcome.Denied, SecureChatErrors.StepUpRejected);
        }

        // Audited before the ticket exists: a ticket that is not in the log could open a value (P4).
        await AuditAsync(AuditOutcome.Succeeded, error: null);
        DateTimeOffset at = proof.At > now ? now : proof.At;
        await SaveTicketAsync(TicketKey(agent, formRequestId, claimId), new StepUpTicketBody { Factor = proof.Factor, At = at, ValueIds = valueIds });
        await GiveBackAsync(proven: true);
        return new StepUpTicket { Factor = proof.Factor, At = at, ExpiresAt = at + _options.StepUpFreshness };

        async ValueTask GiveBackAsync(bool proven)
        {
            try
            {
                await _attempts.GiveBackAsync(agentRef, attempt.At, proven, CancellationToken.None);
            }
            catch (SecureChatException)
            {
                // The count stays where it is: the agent has fewer attempts left, nobody has more.
                LogResetFailed(_logger);
            }
        }

        async ValueTask<Outcome<StepUpTicket>> RefuseAsync(AuditOutcome outcome, SecureChatError error)
        {
            await AuditAsync(outcome, error);
            return error;
        }

        async ValueTask AuditAsync(AuditOutcome outcome, SecureChatError? error) => await _audit(
            new AuditFact
            {
                Action = AuditAction.StepUp,
                Outcome = outcome,
                Actor = agent.Role,
                ActorId = agent.Id,
                ConversationId = conversationId,
                RequestId = formRequestId,
                ValueIds = valueIds,
                Error = error,
            },
            CancellationToken.None);
    }

    /// <summary>
    /// Uses up the ticket for this claim. Of any number of callers, on any hosts, one gets <see langword="true"/>, and only for values
    /// that the ticket names: shown for others it is spent and opens nothing.
    /// </summary>
    /// <exception cref="SecureChatException">The store does not answer; nothing may be released.</exception>
    public async ValueTask<bool> ConsumeAsync(
        Agent agent, string formRequestId, string claimId, IReadOnlyList<string> valueIds, CancellationToken cancellationToken)
    {
        if (!SecureChatId.IsValid(formRequestId) || !SecureChatId.IsClientId(claimId))
        {
            return false;
        }

        RecordKey key = TicketKey(agent, formRequestId, claimId);
        for (int conflict = 0; conflict < MaxConflicts; conflict++)
        {
            StoreRecord? stored = await _store.GetAsync(key, cancellationToken);
            if (stored is null)
            {
                return false;
            }

            StepUpTicketBody ticket = Read(stored);
            bool opens = IsFresh(ticket.At, _time.GetUtcNow()) && valueIds.All(id => ticket.ValueIds.Contains(id, StringComparer.Ordinal));
            if (await _store.DeleteAsync(key, stored.Version, cancellationToken))
            {
                return opens;
            }
        }

        throw new SecureChatStoreException(_store.Description.Name, "delete", isTransient: true);
    }

    /// <summary>Whether a verifier's answer can be true. Everything else is a fault of the verifier, and a fault opens nothing.</summary>
    private bool IsHonest(StepUpResult? result, StepUpRequest request, DateTimeOffset now) => result switch
    {
        { Outcome: StepUpOutcome.Rejected or StepUpOutcome.NotEnrolled } => true,
        { Outcome: StepUpOutcome.Verified, Proof: { } proof } =>
            !string.IsNullOrWhiteSpace(proof.Id) && proof.Id.Length <= MaxProofIdLength
            && !string.IsNullOrWhiteSpace(proof.Factor) && proof.Factor.Length <= MaxFactorLength
            && string.Equals(proof.AgentId, request.AgentId, StringComparison.Ordinal)
            && string.Equals(proof.SessionId, request.SessionId, StringComparison.Ordinal)
            && string.Equals(proof.FormRequestId, request.FormRequestId, StringComparison.Ordinal)
            && string.Equals(proof.ClaimId, request.ClaimId, StringComparison.Ordinal)
            && IsFresh(proof.At, now),
        _ => false,
    };

    private bool IsFresh(DateTimeOffset at, DateTimeOffset now) => at - now <= ClockTolerance && now - at < _options.StepUpFreshness;

    private async ValueTask SaveTicketAsync(RecordKey key, StepUpTicketBody body)
    {
        byte[] bytes = _macs.Write(key, JsonSerializer.SerializeToUtf8Bytes(body, SecureChatJson.Options));
        for (int conflict = 0; conflict < MaxConflicts; conflict++)
        {
            StoreRecord? stored = await _store.GetAsync(key, CancellationToken.None);
            var record = new StoreRecord { Key = key, Version = stored?.Version ?? 0, DueAt = body.At + _options.StepUpFreshness, Body = bytes };
            if (stored is null
                ? await _store.InsertAsync(record, CancellationToken.None)
                : await _store.ReplaceAsync(record, CancellationToken.None))
            {
                return;
            }
        }

        throw new SecureChatStoreException(_store.Description.Name, "replace", isTransient: true);
    }

    private StepUpTicketBody Read(StoreRecord record)
    {
        try
        {
            StepUpTicketBody ticket = JsonSerializer.Deserialize<StepUpTicketBody>(RecordMacs.Json(record.Body.Span), SecureChatJson.Options)
                ?? throw new SecureChatStoreException(_store.Description.Name, "get", isTransient: false);
            _macs.Check(record);
            return ticket;
        }
        catch (JsonException fault)
        {
            throw new SecureChatStoreException(_store.Description.Name, "get", isTransient: false, fault);
        }
    }

    /// <summary>The binding is the key: a ticket of another agent, session, request or claim is not found at all.</summary>
    private static RecordKey TicketKey(Agent agent, string formRequestId, string claimId) => new()
    {
        Kind = RecordKinds.StepUp,
        Partition = formRequestId,
        Id = Hash("ticket", agent.Id, agent.SessionId, formRequestId, claimId),
    };

    /// <summary>SHA-256 over length-prefixed parts, so that no two lists of parts run into the same bytes.</summary>
    private static string Hash(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Hex(hash.GetHashAndReset());
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    [LoggerMessage(EventId = 1600, EventName = "StepUpVerifierFailed", Level = LogLevel.Error, Message = "The step-up verifier failed ({Fault}); the reveal was refused.")]
    private static partial void LogVerifierFault(ILogger logger, string fault);

    [LoggerMessage(EventId = 1601, EventName = "StepUpAnswerRefused", Level = LogLevel.Error, Message = "The step-up verifier gave an answer that cannot be true; the reveal was refused.")]
    private static partial void LogVerifierNonsense(ILogger logger);

    [LoggerMessage(EventId = 1602, EventName = "StepUpLocked", Level = LogLevel.Warning, Message = "An agent has used up the step-up attempts of the window.")]
    private static partial void LogLocked(ILogger logger);

    [LoggerMessage(EventId = 1603, EventName = "StepUpResetFailed", Level = LogLevel.Warning, Message = "The count of step-up attempts could not be reset; it runs out with its window.")]
    private static partial void LogResetFailed(ILogger logger);
}
