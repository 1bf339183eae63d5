using System.Buffers;

namespace SecureChat.Masking;

/// <summary>
/// Writes masks. They are laid over a copy of the text of the same length, so that all offsets stay those of the original; only a
/// security code shrinks to three signs at the end, because four would tell the network.
/// </summary>
internal static class MaskWriter
{
    public const string SecurityCodeMask = "\u2022\u2022\u2022";

    /// <summary>The copy, made when the first value is found.</summary>
    public static Span<char> Open(ReadOnlySpan<char> text, ref char[]? overlay)
    {
        if (overlay is null)
        {
            overlay = ArrayPool<char>.Shared.Rent(text.Length);
            text.CopyTo(overlay);
        }

        return overlay.AsSpan(0, text.Length);
    }

    /// <summary>Hides a finding, except what its kind may keep.</summary>
    public static void Hide(Span<char> work, in FoldedText folded, Finding finding, sbyte keep = KindEffect.Usual)
    {
        ReadOnlySpan<char> value = folded.Chars[finding.Start..finding.End];
        (int head, int tail) = Kept(finding.Kind, value, keep);
        int local = finding.Kind == Kind.Email ? value.IndexOf('@') : 0;
        int first = 0;
        for (; head > 0 && first < value.Length; first++)
        {
            head -= char.IsLetterOrDigit(value[first]) ? 1 : 0;
        }

        for (int i = value.Length - 1; i >= 0; i--)
        {
            char c = value[i];
            if (char.IsAsciiDigit(c) || char.IsLetterOrDigit(c))
            {
                if (tail > 0 || i < first)
                {
                    tail--;
                    continue;
                }
            }
            else if (i >= local)
            {
                // The signs inside a local part are part of it ("a.b" is not "ab"); others only part the groups of a value.
                continue;
            }

            if (folded.IsInPlace)
            {
                work[finding.Start + i] = Characters.Mask;
            }
            else
            {
                work[folded.StartOf(finding.Start + i)..folded.EndOf(finding.Start + i)].Fill(Characters.Mask);
            }
        }
    }

    /// <summary>Hides every letter and digit, whole surrogate pairs and marks included.</summary>
    public static void HideAll(Span<char> work)
    {
        for (int i = 0; i < work.Length; i++)
        {
            if (char.IsLetterOrDigit(work[i]) || char.IsSurrogate(work[i]) || work[i] == '@' || char.GetUnicodeCategory(work[i]) is System.Globalization.UnicodeCategory.OtherNumber)
            {
                work[i] = Characters.Mask;
            }
        }
    }

    /// <summary>A text with one card in it, masked but for its last four digits. Nothing in the text needs folding.</summary>
    public static string WriteCard(string text, int start, int end) => string.Create(text.Length, new OneCard(text, start, end), static (masked, card) =>
    {
        card.Text.CopyTo(masked);
        int kept = 4;
        for (int i = card.End - 1; i >= card.Start; i--)
        {
            if (char.IsAsciiDigit(masked[i]) && kept-- <= 0)
            {
                masked[i] = Characters.Mask;
            }
        }
    });

    /// <summary>The masked text.</summary>
    public static string Write(ReadOnlySpan<char> work, ReadOnlySpan<MaskedSpan> spans)
    {
        int length = work.Length;
        foreach (MaskedSpan span in spans)
        {
            length -= Shrinks(span) ? span.Length - SecurityCodeMask.Length : 0;
        }

        if (length == work.Length)
        {
            return new string(work);
        }

        return string.Create(length, new Written(work, spans), static (text, written) =>
        {
            int from = 0;
            foreach (MaskedSpan span in written.Spans)
            {
                if (Shrinks(span))
                {
                    written.Work[from..span.Start].CopyTo(text);
                    text = text[(span.Start - from)..];
                    SecurityCodeMask.CopyTo(text);
                    text = text[SecurityCodeMask.Length..];
                    from = span.End;
                }
            }

            written.Work[from..].CopyTo(text);
        });
    }

    /// <summary>Whether a mask is shorter than what it hides.</summary>
    public static bool Shrinks(MaskedSpan span) => span.Kind == Kind.CardSecurityCode && span.Length > SecurityCodeMask.Length;

    // Never more than a third of a number, nor than four of a card.
    private static (int Head, int Tail) Kept(Kind kind, ReadOnlySpan<char> value, sbyte keep) => (OwnKinds.Holds(kind) ? MaskShape.Full : KindTable.MaskOf(kind)) switch
    {
        _ when keep == 0 || ResolvedPolicy.AuthenticationData.Has(kind) => (0, 0),
        not MaskShape.Email when keep > 0 => (0, Math.Min(kind == Kind.PaymentCard ? Math.Min(keep, (sbyte)4) : keep, ThirdOf(value))),
        MaskShape.LastFour => (0, Math.Min(4, ThirdOf(value))),
        MaskShape.CountryAndLastFour => (2, Math.Clamp(ThirdOf(value) - 2, 0, 4)),
        MaskShape.LastTwo => (0, Math.Min(2, ThirdOf(value))),
        MaskShape.Email => KeptOfEmail(value),
        _ => (0, 0),
    };

    private static int ThirdOf(ReadOnlySpan<char> value) => LettersIn(value) / 3;

    private static int LettersIn(ReadOnlySpan<char> value)
    {
        int total = 0;
        foreach (char c in value)
        {
            total += char.IsLetterOrDigit(c) ? 1 : 0;
        }

        return total;
    }

    // The first character and the domain. Of a local part of one letter nothing would be hidden, so that goes too.
    private static (int Head, int Tail) KeptOfEmail(ReadOnlySpan<char> value)
    {
        int at = value.IndexOf('@');
        return (LettersIn(value[..at]) > 1 ? 1 : 0, LettersIn(value[at..]));
    }

    private readonly ref struct OneCard(ReadOnlySpan<char> text, int start, int end)
    {
        public readonly ReadOnlySpan<char> Text = text;
        public readonly int Start = start;
        public readonly int End = end;
    }

    private readonly ref struct Written(ReadOnlySpan<char> work, ReadOnlySpan<MaskedSpan> spans)
    {
        public readonly ReadOnlySpan<char> Work = work;
        public readonly ReadOnlySpan<MaskedSpan> Spans = spans;
    }
}
