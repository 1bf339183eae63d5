using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>
/// The only way from raw text to <see cref="MaskedText"/>: calls the masker, bounded in time, and refuses an answer that does not
/// fit the question (<c>SC2001</c>). Fails closed: raw text is never handed on instead (E37).
/// </summary>
internal sealed class GuardedMasker(IMasker masker, MaskingTrial trial, IOptions<SecureChatOptions> options, TimeProvider time)
{
    private const int MaxKindLength = 64;
    private const int MaxKindDigits = 4;

    /// <summary>Room for the label that may stand for a value.</summary>
    private const int MaxLabelLength = 64;

    // A plug-in detector may block like any other code that is not ours.
    private readonly ForeignCalls? _foreign = Guard.Of(masker) ?? (masker is EngineMasker { HasForeignCode: true } ? new ForeignCalls() : null);
    private readonly TimeSpan _timeout = options.Value.Masking.Timeout;

    /// <summary>Whether it is the engine of SecureChat.Masking that masks.</summary>
    public bool IsEngine => masker is EngineMasker;

    /// <summary>Masks a text. <paramref name="keeps"/>: the caller takes and disposes what the policy seals of it.</summary>
    public async ValueTask<MaskedMessage> MaskAsync(MaskRequest request, CancellationToken cancellationToken, bool keeps = false)
    {
        Answer? answer = await Guard.CallAsync(
            _foreign,
            async token => Read(await masker.MaskAsync(request, token), request),
            _timeout,
            time,
            fault => Guard.Own(_foreign, fault) ?? new SecureChatException(SecureChatErrors.MaskingFailed, null, fault),
            cancellationToken);
        if (answer is null || !Fits(answer.Message, request.Text))
        {
            throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }

        var amendments = new List<MaskedAmendment>(answer.Amendments.Length);
        foreach ((long sequence, Part part) in answer.Amendments)
        {
            // A masker may only change messages it was shown, only of the same sender, and each of them once.
            RecentMessage? earlier = request.Recent.FirstOrDefault(message => message.Sequence == sequence && message.Sender == request.Sender);
            if (earlier is null || !Fits(part, earlier.Text) || amendments.Exists(other => other.Sequence == sequence))
            {
                throw new SecureChatException(SecureChatErrors.MaskingFailed);
            }

            amendments.Add(new MaskedAmendment { Sequence = sequence, Text = MaskedText.FromMasker(part.Text!), Kinds = KindsOf(part.Spans!) });
        }

        trial.Count(request);
        return new MaskedMessage
        {
            Text = MaskedText.FromMasker(answer.Message.Text!),
            Kinds = KindsOf(answer.Message.Spans!),
            BlockedKinds = KindsOf(answer.Message.Spans!, static action => action == MaskAction.Block),
            WarnedKinds = KindsOf(answer.Message.Spans!, static action => action == MaskAction.Warn),
            Amendments = amendments,
            Kept = keeps && amendments.Count == 0 && request.Sender == ParticipantRole.Visitor ? KeptOf(answer.Message.Spans!, request.Text) : [],
        };
    }

    // A value spread over several messages is not kept: what was typed between its pieces would be in it.
    private static KeptPiece[] KeptOf(SensitiveSpan[] spans, string text) =>
        [.. spans.Where(static span => span.Action == MaskAction.Seal && span.Kind is not (DataKinds.CardSecurityCode or "pin")).Select(span => new KeptPiece(span.Kind, text.AsSpan(span.Start, span.Length)))];

    /// <summary>Copies an answer, inside the guarded call: a vendor's list may be lazy, and then it throws, hangs or never ends while being read.</summary>
    private static Answer? Read(MaskResult? result, MaskRequest request)
    {
        if (result?.Amendments is null)
        {
            return null;
        }

        int longest = request.Recent.Select(static message => message.Text.Length).DefaultIfEmpty().Max();
        return new Answer(
            new Part(result.Text, Copy(result.Spans, request.Text.Length)),
            [.. result.Amendments.Take(request.Recent.Count + 1).Select(amendment => (amendment?.Sequence ?? 0, new Part(amendment?.Text, Copy(amendment?.Spans, longest))))]);
    }

    private static SensitiveSpan[]? Copy(IReadOnlyList<SensitiveSpan>? spans, int length) => spans?.Take(length + 1).ToArray();

    /// <summary>
    /// Whether an answer can be an honest one: spans inside the input, ascending; what is outside of them unchanged, so that a text
    /// cut short, grown or belonging to another message is found; no sensitive span left standing; text that can be stored.
    /// </summary>
    private static bool Fits(Part part, string original)
    {
        (string? masked, SensitiveSpan[]? spans) = part;
        if (masked is null || spans is null || MessageText.HasLoneSurrogate(masked) || masked.Any(static character => char.IsControl(character) && character is not ('\n' or '\t')))
        {
            return false;
        }

        int end = 0, at = 0, hidden = 0, last = 0;
        foreach (SensitiveSpan span in spans)
        {
            if (span.Start < last || span.Length <= 0 || span.Start > original.Length - span.Length || !IsKind(span.Kind) || !Enum.IsDefined(span.Action))
            {
                return false;
            }

            // What a policy only warns of stands like the text around it; never what P7 is about.
            last = span.End;
            if (span.Action is MaskAction.Warn or MaskAction.Allow)
            {
                if (span.Kind is DataKinds.CardSecurityCode or "pin")
                {
                    return false;
                }

                continue;
            }

            hidden++;

            // A value that is found and still stands in the answer was not masked. Short values (a security code) may stand
            // there by coincidence, for example inside a date.
            ReadOnlySpan<char> value = original.AsSpan(span.Start, span.Length);
            if (span.Length >= 6 && masked.AsSpan().Contains(value, StringComparison.Ordinal))
            {
                return false;
            }

            ReadOnlySpan<char> before = original.AsSpan(end, span.Start - end);
            int found = end == 0 ? (masked.StartsWith(before, StringComparison.Ordinal) ? 0 : -1) : masked.AsSpan(at).IndexOf(before, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at += found + before.Length;
            end = span.End;
        }

        return hidden == 0
            ? string.Equals(masked, original, StringComparison.Ordinal)
            : masked.Length <= original.Length + (MaxLabelLength * hidden)
                && masked.Length - at >= original.Length - end
                && masked.AsSpan().EndsWith(original.AsSpan(end), StringComparison.Ordinal)
                && !string.Equals(masked, original, StringComparison.Ordinal);
    }

    /// <summary>A kind goes into the transcript and to both sides as it is: an id, never a piece of the text, and no room for a number.</summary>
    private static bool IsKind(string? kind) =>
        kind is { Length: > 0 and <= MaxKindLength } && char.IsAsciiLetterLower(kind[0]) && kind.Count(char.IsAsciiDigit) <= MaxKindDigits
        && kind.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');

    private static string[] KindsOf(SensitiveSpan[] spans) => KindsOf(spans, static action => action is not (MaskAction.Warn or MaskAction.Allow));

    private static string[] KindsOf(SensitiveSpan[] spans, Func<MaskAction, bool> which) =>
        [.. spans.Where(span => which(span.Action)).Select(static span => span.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>A class, so that no text is printed by accident.</summary>
    private sealed class Answer(Part message, (long Sequence, Part Part)[] amendments)
    {
        public Part Message => message;

        public (long Sequence, Part Part)[] Amendments => amendments;
    }

    private sealed class Part(string? text, SensitiveSpan[]? spans)
    {
        public string? Text => text;

        public SensitiveSpan[]? Spans => spans;

        public void Deconstruct(out string? masked, out SensitiveSpan[]? found) => (masked, found) = (text, spans);
    }
}

/// <summary>A message after the masker.</summary>
internal sealed class MaskedMessage
{
    public required MaskedText Text { get; init; }

    /// <summary>What was hidden.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>What keeps the message from being taken.</summary>
    public required IReadOnlyList<string> BlockedKinds { get; init; }

    /// <summary>What stands, and both sides are told of.</summary>
    public required IReadOnlyList<string> WarnedKinds { get; init; }

    public required IReadOnlyList<MaskedAmendment> Amendments { get; init; }

    /// <summary>What the policy seals of it. The caller disposes each.</summary>
    public IReadOnlyList<KeptPiece> Kept { get; init; } = [];

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
