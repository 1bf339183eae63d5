using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>A vault, bounded in time, with its faults mapped (<c>SC3008</c>) and its answers checked against the question.</summary>
internal sealed class GuardedVault(IVault inner, IOptions<SecureChatOptions> options, TimeProvider time)
{
    /// <summary>More values than a form can have; an endless list must not fill the memory.</summary>
    private const int MaxValues = 256;

    /// <summary>How far the clock of a vault may be ahead.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    private readonly ForeignCalls? _foreign = Guard.Of(inner);
    private readonly TimeSpan _timeout = options.Value.Storage.VendorTimeout;

    /// <summary>Whether values lie outside the form's record.</summary>
    public bool IsExternal => inner is not RecordVault;

    public async ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken)
    {
        SealResult result = await CallAsync(
            async token => await inner.SealAsync(request, token) is { } answer
                ? new SealResult { Outcome = answer.Outcome, Values = Copy(answer.Values) }
                : null,
            cancellationToken);
        Check(Enum.IsDefined(result.Outcome));
        if (result.Outcome is SealOutcome.Sealed or SealOutcome.AlreadySealed)
        {
            Check(result.Values.Count == request.Fields.Count
                && request.Fields.All(field => result.Values.Count(value => IsOf(value, field)) == 1)
                && result.Values.Select(static value => value.ValueId).Distinct(StringComparer.Ordinal).Count() == result.Values.Count
                && (result.Outcome == SealOutcome.AlreadySealed || result.Values.All(value => value.State == SealedValueState.Sealed && value.ExpiresAt > time.GetUtcNow())));
        }

        return result;
    }

    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        ClaimResult result = await CallAsync(
            async token => await inner.ClaimAsync(request, token) is { } answer
                ? new ClaimResult { Outcome = answer.Outcome, Until = answer.Until, Values = Copy(answer.Values) }
                : null,
            cancellationToken);
        Check(Enum.IsDefined(result.Outcome) && result.Values.Count <= MaxValues);
        Check(result.Outcome is not (ClaimOutcome.Claimed or ClaimOutcome.AlreadyYours)
            || (result.Until is { } until && until <= time.GetUtcNow() + request.Window + ClockTolerance));

        // It was asked only because our own record has these values and gave them to this claim: "there are none" is no answer to that.
        Check(!IsExternal || result.Outcome != ClaimOutcome.NotFound);
        return result;
    }

    /// <param name="request">The question.</param>
    /// <param name="claimed">The values that this claim may be given now, by id, with their field keys.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<ReleaseResult> ReleaseAsync(
        ReleaseRequest request, IReadOnlyDictionary<string, string> claimed, CancellationToken cancellationToken)
    {
        ReleaseResult result = await CallAsync(
            async token => await inner.ReleaseAsync(request, token) is { Values: { } values, DestroyedValueIds: { } destroyed } answer
                ? new ReleaseResult
                {
                    Outcome = answer.Outcome,
                    Until = answer.Until,
                    Values = [.. values.Take(MaxValues + 1)],
                    DestroyedValueIds = [.. destroyed.Take(MaxValues + 1)],
                }
                : null,
            cancellationToken);
        Check(Enum.IsDefined(result.Outcome) && result.Values.Count <= MaxValues);
        Check(!IsExternal || result.Outcome is not (ReleaseOutcome.NotFound or ReleaseOutcome.Elsewhere));
        Check(result.Outcome == ReleaseOutcome.Released ? result.Values.Count > 0 : result.Values.Count == 0);
        Check(result.Values.All(value => value is { Envelope: not null, ValueId: not null }
                && claimed.TryGetValue(value.ValueId, out string? field) && string.Equals(field, value.FieldKey, StringComparison.Ordinal))
            && result.Values.Select(static value => value.ValueId).Distinct(StringComparer.Ordinal).Count() == result.Values.Count);

        // These ids go out in the answer, beside the envelopes.
        Check(result.DestroyedValueIds.All(id => id is not null && claimed.ContainsKey(id)));
        return result;
    }

    public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) =>
        CheckedAsync(token => inner.AcknowledgeAsync(request, token), cancellationToken);

    public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) =>
        CheckedAsync(token => inner.DestroyAsync(request, token), cancellationToken);

    public async ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        SealedValue[] values = await CallAsync(
            async token => await inner.DescribeAsync(conversationId, requestId, token) is { } answer ? Copy(answer) : null, cancellationToken);
        Check(values.Length <= MaxValues && Array.TrueForAll(values, IsWhole));
        return values;
    }

    /// <summary>Copied inside the guarded call: a vendor's list may be lazy, and then it throws, hangs or never ends while being read.</summary>
    private static SealedValue[] Copy(IReadOnlyList<SealedValue>? values) => [.. (values ?? throw new SecureChatException(SecureChatErrors.VaultFailed)).Take(MaxValues + 1)];

    private static bool IsWhole(SealedValue? value) =>
        value is { ValueId.Length: > 0 and <= 64 } && Enum.IsDefined(value.State) && (value.DestroyReason is null || Enum.IsDefined(value.DestroyReason.Value));

    private bool IsOf(SealedValue? value, SealField field) =>
        IsWhole(value)

        // The id is kept and sent in clear: a token that could itself be a number of the visitor's is none.
        && AuditLog.IsValueId(value!.ValueId)
        && !IsMadeOf(value.ValueId, field.Value.Span)
        && string.Equals(value.FieldKey, field.FieldKey, StringComparison.Ordinal)
        && value.DataClass == field.DataClass
        && value.SingleDelivery == field.SingleDelivery
        && value.ExpiresAt <= time.GetUtcNow() + field.LivesFor + ClockTolerance;

    /// <summary>Ids stand in transcript and audit log; one that is made of the value would publish it. Short values may stand in a random id by chance.</summary>
    private static bool IsMadeOf(string id, ReadOnlySpan<byte> value) => value.Length >= 8 && Encoding.UTF8.GetBytes(id).AsSpan().IndexOf(value) >= 0;

    private static void Check([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds)
    {
        if (!holds)
        {
            throw new SecureChatException(SecureChatErrors.VaultFailed);
        }
    }

    private async ValueTask<DestroyResult> CheckedAsync(Func<CancellationToken, ValueTask<DestroyResult>> call, CancellationToken cancellationToken)
    {
        DestroyResult result = await CallAsync(
            async token => await call(token) is { StillOpen: { } open } answer
                ? new DestroyResult { Destroyed = Copy(answer.Destroyed), StillOpen = [.. open.Take(MaxValues + 1)], IsComplete = answer.IsComplete, Found = answer.Found }
                : null,
            cancellationToken);
        Check(result.Destroyed.Count <= MaxValues && result.StillOpen.Count <= MaxValues
            && result.Destroyed.All(static value => IsWhole(value) && value.State == SealedValueState.Destroyed));
        return result;
    }

    private async ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T?>> call, CancellationToken cancellationToken)
        where T : class
    {
        T? result = await Guard.CallAsync(
            _foreign,
            call,
            _timeout,
            time,
            fault => Guard.Own(_foreign, fault) ?? new SecureChatException(SecureChatErrors.VaultFailed, null, fault),
            cancellationToken);
        return result ?? throw new SecureChatException(SecureChatErrors.VaultFailed);
    }
}
