using System.Security.Cryptography;
using SecureChat;

namespace Acme;

public sealed class AcmeVault(TimeProvider time) : IVault
{
    private readonly Lock _lock = new();
    private readonly List<Item> _items = [];

    public ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] items = Find(request.ConversationId, request.RequestId);
        SealOutcome outcome = items.Length == 0 ? SealOutcome.Sealed
            : items.Length == request.Fields.Count && items.All(item => item.SubmissionId == request.SubmissionId && request.Fields.Any(item.Matches)) ? SealOutcome.AlreadySealed
            : SealOutcome.Mismatch;
        if (outcome == SealOutcome.Sealed)
        {
            // A copy, because the memory of the request is zeroed after the call. A vault that stores encrypts here.
            items = [.. request.Fields.Select(field => new Item(request, field, field.Value.ToArray(), time.GetUtcNow() + field.LivesFor))];
            _items.AddRange(items);
        }

        return new SealResult { Outcome = outcome, Values = [.. items.Select(static item => item.Describe())] };
    }, cancellationToken);

    public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] items = Find(request.ConversationId, request.RequestId, item => request.ValueIds.Contains(item.Id));
        var holder = (request.ClaimId, request.AgentId, request.SessionId, request.Key.Thumbprint);
        ClaimOutcome outcome = items.Length < request.ValueIds.Count ? ClaimOutcome.NotFound
            : items.Any(item => item.Holder is { } other && other != holder) ? ClaimOutcome.TakenByOther
            : items.Any(item => item.DestroyedAt is not null || item.Ends <= time.GetUtcNow()) ? ClaimOutcome.Gone
            : items.All(static item => item.Holder is not null) ? ClaimOutcome.AlreadyYours : ClaimOutcome.Claimed;
        foreach (Item item in outcome == ClaimOutcome.Claimed ? items : [])
        {
            (item.Holder, item.Ends) = (holder, time.GetUtcNow() + request.Window);
        }

        return new ClaimResult { Outcome = outcome, Until = items.FirstOrDefault()?.Ends };
    }, cancellationToken);

    public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] claimed = Find(
            request.ConversationId, request.RequestId, item => item.Holder == (request.ClaimId, request.AgentId, request.SessionId, request.Key.Thumbprint));
        Item[] open = [.. claimed.Where(item => item.DestroyedAt is null && item.Ends > time.GetUtcNow())];
        ReleasedValue[] values = [.. open.Select(item => item.Release(request.Sealer))];
        SealedValue[] taken = Destroy(open, static item => item.Field.SingleDelivery, DestroyReason.Viewed);
        ReleaseOutcome outcome = claimed.Length == 0 ? ReleaseOutcome.Elsewhere : open.Length == 0 ? ReleaseOutcome.Gone : ReleaseOutcome.Released;
        return new ReleaseResult { Outcome = outcome, Values = values, DestroyedValueIds = [.. taken.Select(static value => value.ValueId)], Until = claimed.FirstOrDefault()?.Ends };
    }, cancellationToken);

    public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] held = Find(request.ConversationId, request.RequestId, item =>
            item.Holder is { } by && (by.Claim, by.Agent, by.Session) == (request.ClaimId, request.AgentId, request.SessionId));
        return new DestroyResult { Found = held.Length > 0, Destroyed = Destroy(held, static _ => true, DestroyReason.Viewed) };
    }, cancellationToken);

    public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) => Locked(() =>
    {
        Item[] items = Find(request.ConversationId, request.RequestId);
        SealedValue[] destroyed = Destroy(
            items,
            item => request.ValueIds?.Contains(item.Id) != false && !(request.UnopenedOnly && item.Holder is not null) && !(request.DueOnly && item.Ends > time.GetUtcNow()),
            request.Reason);
        string[] open = [.. items.Where(static item => item.Holder is not null && item.DestroyedAt is null).Select(static item => item.Id)];
        return new DestroyResult { Found = items.Length > 0, Destroyed = destroyed, StillOpen = open };
    }, cancellationToken);

    public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<SealedValue>>(() => [.. Find(conversationId, requestId).Select(static item => item.Describe())], cancellationToken);

    private ValueTask<T> Locked<T>(Func<T> action, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return new(action());
        }
    }

    private Item[] Find(string conversationId, string requestId, Func<Item, bool>? which = null) =>
        [.. _items.Where(item => item.ConversationId == conversationId && item.RequestId == requestId && which?.Invoke(item) != false)];

    private SealedValue[] Destroy(Item[] items, Func<Item, bool> which, DestroyReason reason) => [.. items.Where(item => item.DestroyedAt is null && which(item)).Select(item =>
    {
        CryptographicOperations.ZeroMemory(item.Value);
        (item.DestroyedAt, item.Reason) = (time.GetUtcNow(), reason);
        return item.Describe();
    })];

    private sealed class Item(SealRequest request, SealField field, byte[] value, DateTimeOffset expiresAt)
    {
        public string Id { get; } = "v-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        public string ConversationId { get; } = request.ConversationId;
        public string RequestId { get; } = request.RequestId;
        public string SubmissionId { get; } = request.SubmissionId;
        public SealField Field { get; } = field;
        public byte[] Value { get; } = value;
        public (string Claim, string Agent, string Session, string Key)? Holder { get; set; }
        public DateTimeOffset ExpiresAt { get; } = expiresAt;
        public DateTimeOffset Ends { get; set; } = expiresAt;
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
