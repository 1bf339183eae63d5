using System.Security.Cryptography;
using SecureChat;

namespace Acme;

public sealed class AcmeVault(TimeProvider time) : IVault
{
    private readonly Lock _lock = new();
    private readonly List<Item> _items = [];

    public ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] items = Find(request.RequestId);
        SealOutcome outcome = items.Length == 0 ? SealOutcome.Sealed
            : items.All(item => item.SubmissionId == request.SubmissionId && request.Fields.Any(item.Matches)) ? SealOutcome.AlreadySealed
            : SealOutcome.Mismatch;
        if (outcome == SealOutcome.Sealed)
        {
            // A copy, because the memory of the request is zeroed after the call. A vault that stores encrypts here.
            items = [.. request.Fields.Select(field => new Item(request.RequestId, request.SubmissionId, field, field.Value.ToArray(), time.GetUtcNow() + field.LivesFor))];
            _items.AddRange(items);
        }

        return new SealResult { Outcome = outcome, Values = [.. items.Select(static item => item.Describe())] };
    });

    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] items = Find(request.RequestId, item => request.ValueIds.Contains(item.Id));
        var holder = (request.ClaimId, request.AgentId, request.SessionId, request.Key.Thumbprint);
        ClaimOutcome outcome = items.Length < request.ValueIds.Count ? ClaimOutcome.NotFound
            : items.Any(item => item.Holder is { } other && other != holder) ? ClaimOutcome.TakenByOther
            : items.Any(static item => item.DestroyedAt is not null) ? ClaimOutcome.Gone
            : items.All(static item => item.Holder is not null) ? ClaimOutcome.AlreadyYours : ClaimOutcome.Claimed;
        foreach (Item item in outcome == ClaimOutcome.Claimed ? items : [])
        {
            (item.Holder, item.Ends) = (holder, time.GetUtcNow() + request.Window);
        }

        return new ClaimResult { Outcome = outcome, Until = items.FirstOrDefault()?.Ends };
    });

    public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] claimed = Find(request.RequestId, item => item.Holder == (request.ClaimId, request.AgentId, request.SessionId, request.Key.Thumbprint));
        Item[] open = [.. claimed.Where(item => item.DestroyedAt is null && item.Ends > time.GetUtcNow())];
        ReleasedValue[] values = [.. open.Select(item => item.Release(request.Sealer))];
        SealedValue[] taken = Destroy(open, static item => item.Field.SingleDelivery, DestroyReason.Viewed);
        ReleaseOutcome outcome = claimed.Length == 0 ? ReleaseOutcome.Elsewhere : open.Length == 0 ? ReleaseOutcome.Gone : ReleaseOutcome.Released;
        return new ReleaseResult { Outcome = outcome, Values = values, DestroyedValueIds = [.. taken.Select(static value => value.ValueId)], Until = claimed.FirstOrDefault()?.Ends };
    });

    public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => EndAsync(request.RequestId, DestroyReason.Viewed, item =>
        item.Holder is { } by && (by.Claim, by.Agent, by.Session) == (request.ClaimId, request.AgentId, request.SessionId));

    public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) => EndAsync(request.RequestId, request.Reason, item =>
        request.ValueIds?.Contains(item.Id) != false && !(request.UnopenedOnly && item.Holder is not null) && !(request.DueOnly && item.Ends > time.GetUtcNow()));

    public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<SealedValue>>(() => [.. Find(requestId).Select(static item => item.Describe())]);

    private ValueTask<T> Locked<T>(Func<T> action)
    {
        lock (_lock)
        {
            return new(action());
        }
    }

    private Item[] Find(string requestId, Func<Item, bool>? which = null) => [.. _items.Where(item => item.RequestId == requestId && which?.Invoke(item) != false)];

    private ValueTask<DestroyResult> EndAsync(string requestId, DestroyReason reason, Func<Item, bool> which) =>
        Locked(() => new DestroyResult { Found = Find(requestId).Length > 0, Destroyed = Destroy(Find(requestId), which, reason) });

    private SealedValue[] Destroy(Item[] items, Func<Item, bool> which, DestroyReason reason) => [.. items.Where(item => item.DestroyedAt is null && which(item)).Select(item =>
    {
        CryptographicOperations.ZeroMemory(item.Value);
        (item.DestroyedAt, item.Reason) = (time.GetUtcNow(), reason);
        return item.Describe();
    })];

    private sealed record Item(string RequestId, string SubmissionId, SealField Field, byte[] Value, DateTimeOffset ExpiresAt)
    {
        public string Id { get; } = "v-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        public (string Claim, string Agent, string Session, string Key)? Holder { get; set; }
        public DateTimeOffset Ends { get; set; } = ExpiresAt;
        public DateTimeOffset? DestroyedAt { get; set; }
        public DestroyReason? Reason { get; set; }
        public bool Matches(SealField other) => other.FieldKey == Field.FieldKey && (DestroyedAt is not null || other.Value.Span.SequenceEqual(Value));
        public ReleasedValue Release(IReleaseSealer sealer) => new() { ValueId = Id, FieldKey = Field.FieldKey, Envelope = sealer.Seal(Id, Field.FieldKey, Value) };
        public SealedValue Describe() => new()
        {
            ValueId = Id, FieldKey = Field.FieldKey, Label = Field.Label, DataClass = Field.DataClass, MaskedPreview = Field.MaskedPreview,
            SingleDelivery = Field.SingleDelivery, ExpiresAt = ExpiresAt, DestroyedAt = DestroyedAt, DestroyReason = Reason, KeyDestroyedAt = DestroyedAt,
            State = DestroyedAt is not null ? SealedValueState.Destroyed : Holder is not null ? SealedValueState.Claimed : SealedValueState.Sealed,
        };
    }
}
