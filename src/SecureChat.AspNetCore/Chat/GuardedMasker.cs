namespace SecureChat.AspNetCore;

/// <summary>
/// The only way from raw text to <see cref="MaskedText"/>: calls the masker, bounded in time, and refuses an answer that does not
/// fit the question (<c>SC2001</c>). Fails closed: raw text is never handed on instead (E37).
/// </summary>
internal sealed class GuardedMasker(IMasker masker, IOptions<SecureChatOptions> options, TimeProvider time)
{
    private readonly ForeignCalls? _foreign = Guard.Of(masker);
    private readonly TimeSpan _timeout = options.Value.Masking.Timeout;

    public async ValueTask<MaskedMessage> MaskAsync(MaskRequest request, CancellationToken cancellationToken)
    {
        MaskResult? result = await Guard.CallAsync(
            _foreign,
            token => masker.MaskAsync(request, token),
            _timeout,
            time,
            fault => Guard.Own(_foreign, fault) ?? new SecureChatException(SecureChatErrors.MaskingFailed, null, fault),
            cancellationToken);

        if (result is null || !Fits(result.Text, request.Text, result.Spans))
        {
            throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }

        var amendments = new List<MaskedAmendment>();
        foreach (MaskAmendment amendment in result.Amendments ?? throw new SecureChatException(SecureChatErrors.MaskingFailed))
        {
            // A masker may only change messages it was shown, and only of the same sender.
            RecentMessage? earlier = request.Recent.FirstOrDefault(message => message.Sequence == amendment?.Sequence && message.Sender == request.Sender);
            if (earlier is null || !Fits(amendment!.Text, earlier.Text, amendment.Spans))
            {
                throw new SecureChatException(SecureChatErrors.MaskingFailed);
            }

            amendments.Add(new MaskedAmendment
            {
                Sequence = amendment.Sequence,
                Text = MaskedText.FromMasker(amendment.Text),
                Kinds = KindsOf(amendment.Spans),
            });
        }

        return new MaskedMessage
        {
            Text = MaskedText.FromMasker(result.Text),
            Kinds = KindsOf(result.Spans),
            Amendments = amendments,
        };
    }

    /// <summary>
    /// Whether an answer can be an honest one: spans inside the input, ascending; no span without a change; no sensitive span
    /// left standing; no growth beyond labels.
    /// </summary>
    private static bool Fits(string? masked, string original, IReadOnlyList<SensitiveSpan>? spans)
    {
        if (masked is null || spans is null || masked.Length > original.Length + (64 * (spans.Count + 1)))
        {
            return false;
        }

        int end = 0;
        foreach (SensitiveSpan span in spans)
        {
            if (span.Start < end || span.Length <= 0 || span.Start > original.Length - span.Length || string.IsNullOrEmpty(span.Kind) || span.Kind.Length > 64)
            {
                return false;
            }

            end = span.End;

            // A value that is found and still stands in the answer was not masked. Short values (a security code) may stand
            // there by coincidence, for example inside a date.
            if (span.Length >= 6 && masked.Contains(original.AsSpan(span.Start, span.Length).ToString(), StringComparison.Ordinal))
            {
                return false;
            }
        }

        return spans.Count == 0 || !string.Equals(masked, original, StringComparison.Ordinal);
    }

    private static string[] KindsOf(IReadOnlyList<SensitiveSpan> spans) =>
        [.. spans.Select(static span => span.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>A message after the masker.</summary>
internal sealed class MaskedMessage
{
    public required MaskedText Text { get; init; }

    public required IReadOnlyList<string> Kinds { get; init; }

    public required IReadOnlyList<MaskedAmendment> Amendments { get; init; }

    public override string ToString() => nameof(MaskedMessage);
}

/// <summary>An earlier message, masked again.</summary>
internal sealed class MaskedAmendment
{
    public required long Sequence { get; init; }

    public required MaskedText Text { get; init; }

    public required IReadOnlyList<string> Kinds { get; init; }

    public override string ToString() => nameof(MaskedAmendment);
}
