using System.Collections.Concurrent;
using System.Text;
using Acme;


namespace SecureChat.Stores.Tests.Conformance;

/// <summary>A vault that keeps every clause, until one of its steps is replaced by one that breaks one.</summary>
internal sealed class VaultSaboteur(TimeProvider time) : IVault, IDisposable
{
    private readonly AcmeVault _inner = new(time);
    private readonly ConcurrentDictionary<string, ClaimRequest> _claims = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _submissions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _releases = new(StringComparer.Ordinal);
    private int _inside;
    private bool _isDisposed;
    private string _text = nameof(VaultSaboteur);

    /// <summary>One saboteur for every clause that one vault alone can break, and the clauses that go with it.</summary>
    public static IReadOnlyList<(string[] Broken, string Fault, Func<TimeProvider, VaultSaboteur> Make)> All { get; } =
    [
        (["VLT-001"], "forgets the label", static time => new(time)
        {
            OnSeal = static async (self, request, token) => Changed(await self.SealInnerAsync(request, token), static value => With(value, label: value.FieldKey + "?")),
        }),
        (["VLT-002", "VLT-025"], "names a value by itself where it can", static time => new(time)
        {
            OnSeal = static async (self, request, token) => Changed(
                await self.SealInnerAsync(request, token),
                value => request.Fields.FirstOrDefault(field => field.FieldKey == value.FieldKey) is { Value.Length: >= 16 and <= 64 } field && Ascii.IsValid(field.Value.Span) ? With(value, id: Encoding.UTF8.GetString(field.Value.Span)) : value),
        }),
        (["VLT-003"], "calls a repeat new", static time => new(time)
        {
            OnSeal = static async (self, request, token) => Changed(
                await self.SealInnerAsync(request, token), SealOutcome.AlreadySealed, SealOutcome.Sealed, static result => result.Values.All(static value => value.DestroyedAt is null)),
        }),
        (["VLT-004"], "compares the id of a submission and not what is in it", static time => new(time)
        {
            OnSeal = static async (self, request, token) => Changed(
                await self.SealInnerAsync(request, token), SealOutcome.Mismatch, SealOutcome.AlreadySealed, _ => self._submissions[request.RequestId] == request.SubmissionId),
        }),
        (["VLT-005"], "looks and then seals", static time => new(time)
        {
            OnSeal = static (self, request, token) => self.CrowdedAsync(
                2, () => self.SealInnerAsync(request, token), static result => Changed(result, SealOutcome.Mismatch, SealOutcome.Sealed)),
        }),
        (["VLT-006"], "cuts long values", static time => new(time) { OnRelease = static (self, request, token) => self.ReleaseInnerAsync(Copy(request, sealer: new Cutting(request.Sealer)), token) }),
        (["VLT-007"], "describes what is open as sealed", static time => new(time)
        {
            OnDescribe = static values => [.. values.Select(static value => value.State == SealedValueState.Claimed ? With(value, state: SealedValueState.Sealed) : value)],
        }),
        (["VLT-008"], "does not know a claim again", static time => new(time)
        {
            OnClaim = static async (self, request, token) => Changed(await self.ClaimInnerAsync(request, token), ClaimOutcome.AlreadyYours, ClaimOutcome.TakenByOther),
        }),
        (["VLT-009"], "lets a crowd of claims in", static time => new(time)
        {
            OnClaim = static (self, request, token) => self.CrowdedAsync(
                12, () => self.ClaimInnerAsync(request, token), static result => Changed(result, ClaimOutcome.TakenByOther, ClaimOutcome.Claimed)),
        }),
        (["VLT-010"], "claims what it can get", static time => new(time)
        {
            OnClaim = static async (self, request, token) =>
            {
                ClaimResult result = await self.ClaimInnerAsync(request, token);
                foreach (string id in result.Outcome is ClaimOutcome.TakenByOther or ClaimOutcome.Gone && request.ValueIds.Count > 1 ? request.ValueIds : [])
                {
                    await self.ClaimInnerAsync(Copy(request, ids: [id]), token);
                }

                return result;
            },
        }),
        (["VLT-011"], "calls what was never there gone", static time => new(time)
        {
            OnClaim = static async (self, request, token) => Changed(await self.ClaimInnerAsync(request, token), ClaimOutcome.NotFound, ClaimOutcome.Gone),
        }),
        (["VLT-012"], "releases twice and no more", static time => new(time)
        {
            OnRelease = static async (self, request, token) =>
                self._releases.AddOrUpdate(request.ClaimId, 1, static (_, count) => count + 1) == 3 ? new ReleaseResult { Outcome = ReleaseOutcome.Gone } : await self.ReleaseInnerAsync(request, token),
        }),
        (["VLT-013"], "looks at the id of a claim and not at who asks", static time => new(time)
        {
            OnRelease = static (self, request, token) => self.ReleaseInnerAsync(
                self._claims.TryGetValue(request.ClaimId, out ClaimRequest? claim) ? Copy(request, claim) : request, token),
        }),
        (["VLT-014"], "does not say what it destroyed", static time => new(time)
        {
            OnRelease = static async (self, request, token) =>
            {
                ReleaseResult result = await self.ReleaseInnerAsync(request, token);
                return new ReleaseResult { Outcome = result.Outcome, Values = result.Values, Until = result.Until };
            },
        }),
        (["VLT-015"], "delivers once to each of a crowd", static time => new(time)
        {
            OnRelease = static (self, request, token) => self.CrowdedAsync(
                2, () => self.ReleaseInnerAsync(request, token), result => result.Values.Count > 0 ? result : self.Forge(request)),
        }),
        (["VLT-016"], "calls what was seen expired", static time => new(time)
        {
            OnAcknowledge = static async (self, request, token) => Changed(await self.AcknowledgeInnerAsync(request, token), static value => With(value, reason: DestroyReason.Expired)),
        }),
        (["VLT-017"], "lets anybody acknowledge who knows the claim", static time => new(time)
        {
            OnAcknowledge = static (self, request, token) => self.AcknowledgeInnerAsync(
                self._claims.TryGetValue(request.ClaimId, out ClaimRequest? claim)
                    ? new AcknowledgeRequest { ConversationId = request.ConversationId, RequestId = request.RequestId, ClaimId = request.ClaimId, AgentId = claim.AgentId, SessionId = claim.SessionId }
                    : request,
                token),
        }),
        (["VLT-018"], "spares what is open", static time => new(time) { OnDestroy = static (self, request, token) => self.DestroyInnerAsync(Copy(request, isUnopenedOnly: !request.DueOnly), token) }),
        (["VLT-019"], "does not say what is open", static time => new(time)
        {
            OnDestroy = static async (self, request, token) => await self.DestroyInnerAsync(request, token) is var done && done.Destroyed.Count > 0
                ? new DestroyResult { Destroyed = done.Destroyed, Found = done.Found }
                : done,
        }),
        (["VLT-020"], "forgets what it destroyed", static time => new(time)
        {
            OnSeal = static async (self, request, token) => Changed(
                await self.SealInnerAsync(request, token), SealOutcome.AlreadySealed, SealOutcome.Sealed, static result => result.Values.All(static value => value.DestroyedAt is not null)),
        }),
        (["VLT-021"], "lets a claim have what has expired", static time => new(time)
        {
            OnClaim = static async (self, request, token) =>
            {
                ClaimResult result = await self.ClaimInnerAsync(request, token);
                IReadOnlyList<SealedValue> values = await self._inner.DescribeAsync(request.ConversationId, request.RequestId, token);
                return values.Where(value => request.ValueIds.Contains(value.ValueId)).All(static value => value.State == SealedValueState.Sealed) ? Changed(result, ClaimOutcome.Gone, ClaimOutcome.Claimed) : result;
            },
        }),
        (["VLT-022"], "leaves windows open", static time => new(time) { OnClaim = static (self, request, token) => self.ClaimInnerAsync(Copy(request, window: TimeSpan.FromDays(1)), token) }),
        (["VLT-023"], "says withdrawn while somebody looks", static time => new(time)
        {
            OnDestroy = static async (self, request, token) =>
            {
                if (request.UnopenedOnly)
                {
                    // The claims of the race are through then.
                    await Task.Delay(50, token);
                }

                DestroyResult done = await self.DestroyInnerAsync(request, token);
                return request.UnopenedOnly && done is { Destroyed.Count: 0, StillOpen.Count: > 0 }
                    ? new DestroyResult { Destroyed = [.. (await self._inner.DescribeAsync(request.ConversationId, request.RequestId, token)).Select(static value => With(value, state: SealedValueState.Destroyed))] }
                    : done;
            },
        }),
        (["VLT-024"], "ignores the token", static time => new(time) { IgnoresToken = true }),
        (["VLT-025"], "shows in its text what it sealed last", static time => new(time)
        {
            OnSeal = static (self, request, token) =>
            {
                self._text = Encoding.UTF8.GetString(request.Fields[0].Value.Span);
                return self.SealInnerAsync(request, token);
            },
        }),
        (["VLT-028"], "throws when it is disposed twice", static time => new(time) { IsStrict = true }),
    ];

    public Func<VaultSaboteur, SealRequest, CancellationToken, Task<SealResult>>? OnSeal { get; init; }

    public Func<VaultSaboteur, ClaimRequest, CancellationToken, Task<ClaimResult>>? OnClaim { get; init; }

    public Func<VaultSaboteur, ReleaseRequest, CancellationToken, Task<ReleaseResult>>? OnRelease { get; init; }

    public Func<VaultSaboteur, AcknowledgeRequest, CancellationToken, Task<DestroyResult>>? OnAcknowledge { get; init; }

    public Func<VaultSaboteur, DestroyRequest, CancellationToken, Task<DestroyResult>>? OnDestroy { get; init; }

    public Func<IReadOnlyList<SealedValue>, IReadOnlyList<SealedValue>>? OnDescribe { get; init; }

    public bool IgnoresToken { get; init; }

    public bool IsStrict { get; init; }

    public async ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken)
    {
        cancellationToken = Heeded(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        _submissions.TryAdd(request.RequestId, request.SubmissionId);
        return await (OnSeal?.Invoke(this, request, cancellationToken) ?? SealInnerAsync(request, cancellationToken));
    }

    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        cancellationToken = Heeded(cancellationToken);
        return await (OnClaim?.Invoke(this, request, cancellationToken) ?? ClaimInnerAsync(request, cancellationToken));
    }

    public async ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken)
    {
        cancellationToken = Heeded(cancellationToken);
        return await (OnRelease?.Invoke(this, request, cancellationToken) ?? ReleaseInnerAsync(request, cancellationToken));
    }

    public async ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken)
    {
        cancellationToken = Heeded(cancellationToken);
        return await (OnAcknowledge?.Invoke(this, request, cancellationToken) ?? AcknowledgeInnerAsync(request, cancellationToken));
    }

    public async ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken)
    {
        cancellationToken = Heeded(cancellationToken);
        return await (OnDestroy?.Invoke(this, request, cancellationToken) ?? DestroyInnerAsync(request, cancellationToken));
    }

    public async ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        IReadOnlyList<SealedValue> values = await _inner.DescribeAsync(conversationId, requestId, Heeded(cancellationToken));
        return OnDescribe?.Invoke(values) ?? values;
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(IsStrict && _isDisposed, this);
        _isDisposed = true;
    }

    public override string ToString() => _text;

    private static ClaimResult Changed(ClaimResult result, ClaimOutcome from, ClaimOutcome to) =>
        result.Outcome == from ? new ClaimResult { Outcome = to, Until = result.Until, Values = result.Values } : result;

    private static SealResult Changed(SealResult result, SealOutcome from, SealOutcome to, Func<SealResult, bool>? when = null) =>
        result.Outcome == from && when?.Invoke(result) != false ? new SealResult { Outcome = to, Values = result.Values } : result;

    private static SealResult Changed(SealResult result, Func<SealedValue, SealedValue> change) =>
        new() { Outcome = result.Outcome, Values = [.. result.Values.Select(change)] };

    private static DestroyResult Changed(DestroyResult result, Func<SealedValue, SealedValue> change) =>
        new() { Destroyed = [.. result.Destroyed.Select(change)], StillOpen = result.StillOpen, Found = result.Found, IsComplete = result.IsComplete };

    private static SealedValue With(SealedValue value, string? id = null, string? label = null, SealedValueState? state = null, DestroyReason? reason = null) => new()
    {
        ValueId = id ?? value.ValueId,
        FieldKey = value.FieldKey,
        Label = label ?? value.Label,
        DataClass = value.DataClass,
        State = state ?? value.State,
        MaskedPreview = value.MaskedPreview,
        ExpiresAt = value.ExpiresAt,
        SingleDelivery = value.SingleDelivery,
        DestroyedAt = value.DestroyedAt,
        DestroyReason = reason ?? value.DestroyReason,
        KeyDestroyedAt = value.KeyDestroyedAt,
    };

    private static ClaimRequest Copy(ClaimRequest request, IReadOnlyList<string>? ids = null, TimeSpan? window = null) => new()
    {
        ConversationId = request.ConversationId,
        RequestId = request.RequestId,
        ValueIds = ids ?? request.ValueIds,
        ClaimId = request.ClaimId,
        AgentId = request.AgentId,
        Role = request.Role,
        SessionId = request.SessionId,
        Key = request.Key,
        Window = window ?? request.Window,
        Intent = request.Intent,
    };

    private static ReleaseRequest Copy(ReleaseRequest request, ClaimRequest? claim = null, IReleaseSealer? sealer = null) => new()
    {
        ConversationId = request.ConversationId,
        RequestId = request.RequestId,
        ClaimId = request.ClaimId,
        AgentId = claim?.AgentId ?? request.AgentId,
        SessionId = claim?.SessionId ?? request.SessionId,
        Key = claim?.Key ?? request.Key,
        Sealer = sealer ?? request.Sealer,
    };

    private static DestroyRequest Copy(DestroyRequest request, bool isUnopenedOnly) => new()
    {
        ConversationId = request.ConversationId,
        RequestId = request.RequestId,
        ValueIds = request.ValueIds,
        Reason = request.Reason,
        UnopenedOnly = isUnopenedOnly,
        DueOnly = request.DueOnly,
    };

    private CancellationToken Heeded(CancellationToken cancellationToken) => IgnoresToken ? CancellationToken.None : cancellationToken;

    /// <summary>Changes the answers of calls that meet more than so many others inside.</summary>
    private async Task<T> CrowdedAsync<T>(int others, Func<Task<T>> call, Func<T, T> change)
    {
        Interlocked.Increment(ref _inside);
        try
        {
            await Task.Delay(30);
            bool isCrowded = Volatile.Read(ref _inside) > others;
            T result = await call();
            await Task.Delay(30);
            return isCrowded ? change(result) : result;
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private ReleaseResult Forge(ReleaseRequest request)
    {
        string id = _claims[request.ClaimId].ValueIds[0];
        return new ReleaseResult
        {
            Outcome = ReleaseOutcome.Released,
            Values = [new ReleasedValue { ValueId = id, FieldKey = "cvc", Envelope = request.Sealer.Seal(id, "cvc", _values[id]) }],
        };
    }

    private async Task<SealResult> SealInnerAsync(SealRequest request, CancellationToken cancellationToken)
    {
        SealResult result = await _inner.SealAsync(request, cancellationToken);
        foreach (SealedValue value in result.Outcome == SealOutcome.Sealed ? result.Values : [])
        {
            _values[value.ValueId] = request.Fields.First(field => field.FieldKey == value.FieldKey).Value.ToArray();
        }

        return result;
    }

    private async Task<ClaimResult> ClaimInnerAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        ClaimResult result = await _inner.ClaimAsync(request, cancellationToken);
        if (result.Outcome == ClaimOutcome.Claimed)
        {
            _claims[request.ClaimId] = request;
        }

        return result;
    }

    private async Task<ReleaseResult> ReleaseInnerAsync(ReleaseRequest request, CancellationToken cancellationToken) => await _inner.ReleaseAsync(request, cancellationToken);

    private async Task<DestroyResult> AcknowledgeInnerAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => await _inner.AcknowledgeAsync(request, cancellationToken);

    private async Task<DestroyResult> DestroyInnerAsync(DestroyRequest request, CancellationToken cancellationToken) => await _inner.DestroyAsync(request, cancellationToken);

    private sealed class Cutting(IReleaseSealer inner) : IReleaseSealer
    {
        public ReleaseEnvelope Seal(string valueId, string fieldKey, ReadOnlySpan<byte> value) => inner.Seal(valueId, fieldKey, value[..Math.Min(value.Length, 60_000)]);
    }
}
