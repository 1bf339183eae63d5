namespace SecureChat.AspNetCore;

/// <summary>A vault, bounded in time, with its faults mapped (<c>SC3008</c>) and its answers checked against the question.</summary>
internal sealed class GuardedVault(IVault inner, IOptions<SecureChatOptions> options, TimeProvider time)
{
    private readonly ForeignCalls? _foreign = Guard.Of(inner);
    private readonly TimeSpan _timeout = options.Value.Storage.VendorTimeout;

    /// <summary>Whether values lie outside the form's record.</summary>
    public bool IsExternal => inner is not RecordVault;

    public async ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken)
    {
        SealResult result = await CallAsync(token => inner.SealAsync(request, token), cancellationToken);
        Check(Enum.IsDefined(result.Outcome) && result.Values is not null);
        if (result.Outcome is SealOutcome.Sealed or SealOutcome.AlreadySealed)
        {
            Check(result.Values.Count == request.Fields.Count

                // The id is kept and sent in clear: a token that could itself be a number of the visitor's is none.
                && result.Values.All(static value => value is not null && AuditLog.IsValueId(value.ValueId) && Enum.IsDefined(value.State))
                && result.Values.Select(static value => value.ValueId).Distinct(StringComparer.Ordinal).Count() == request.Fields.Count
                && request.Fields.All(field => result.Values.Count(value =>
                    string.Equals(value.FieldKey, field.FieldKey, StringComparison.Ordinal)
                    && value.DataClass == field.DataClass
                    && value.SingleDelivery == field.SingleDelivery
                    && value.ExpiresAt <= time.GetUtcNow() + field.LivesFor + TimeSpan.FromSeconds(5)) == 1));
        }

        return result;
    }

    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        ClaimResult result = await CallAsync(token => inner.ClaimAsync(request, token), cancellationToken);
        Check(Enum.IsDefined(result.Outcome) && result.Values is not null);
        Check(result.Outcome is not (ClaimOutcome.Claimed or ClaimOutcome.AlreadyYours)
            || (result.Until is { } until && until <= time.GetUtcNow() + request.Window + TimeSpan.FromSeconds(5)));
        return result;
    }

    public async ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, IReadOnlyCollection<string> claimed, CancellationToken cancellationToken)
    {
        ReleaseResult result = await CallAsync(token => inner.ReleaseAsync(request, token), cancellationToken);
        Check(Enum.IsDefined(result.Outcome) && result.Values is not null && result.DestroyedValueIds is not null);
        Check(result.Outcome == ReleaseOutcome.Released
            ? result.Values.Count > 0 && result.Values.All(value => value?.Envelope is not null && claimed.Contains(value.ValueId))
            : result.Values.Count == 0);
        return result;
    }

    public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) =>
        CheckedAsync(token => inner.AcknowledgeAsync(request, token), cancellationToken);

    public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken) =>
        CheckedAsync(token => inner.DestroyAsync(request, token), cancellationToken);

    public async ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken)
    {
        IReadOnlyList<SealedValue> values = await CallAsync(token => inner.DescribeAsync(conversationId, requestId, token), cancellationToken);
        Check(values.All(static value => value is not null && Enum.IsDefined(value.State)));
        return values;
    }

    private static void Check([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds)
    {
        if (!holds)
        {
            throw new SecureChatException(SecureChatErrors.VaultFailed);
        }
    }

    private async ValueTask<DestroyResult> CheckedAsync(Func<CancellationToken, ValueTask<DestroyResult>> call, CancellationToken cancellationToken)
    {
        DestroyResult result = await CallAsync(call, cancellationToken);
        Check(result.Destroyed is not null && result.StillOpen is not null
            && result.Destroyed.All(static value => value is { State: SealedValueState.Destroyed }));
        return result;
    }

    private async ValueTask<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken)
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
