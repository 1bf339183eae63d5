using System.Buffers;

namespace SecureChat.Masking;

/// <summary>
/// Writes masks. They are laid over a copy of the text of the same length, so that all offsets stay those of the original; only a
/// security code shrinks to three signs at the end, because four would tell the network.
/// </summary>
internal static class MaskWriter
{
    private const string SecurityCodeMask = "\u2022\u2022\u2022";

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
    public static void Hide(Span<char> work, in FoldedText folded, Finding finding)
    {
        ReadOnlySpan<char> chars = folded.Chars;
        int total = 0;
        for (int i = finding.Start; i < finding.End; i++)
        {
            total += char.IsLetterOrDigit(chars[i]) ? 1 : 0;
        }

        (int head, int tail) = Kept(finding.Kind, total, chars[finding.Start..finding.End]);
        int index = 0;
        bool local = finding.Kind == FoundKind.Email;
        for (int i = finding.Start; i < finding.End; i++)
        {
            char c = chars[i];
            local &= c != '@';
            bool value = char.IsLetterOrDigit(c);

            // The signs inside a local part are part of it ("a.b" is not "ab").
            bool hide = value ? index >= head && index < total - tail : local && c is not '@';
            index += value ? 1 : 0;
            if (hide)
            {
                work[folded.StartOf(i)..folded.EndOf(i)].Fill(Characters.Mask);
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

    /// <summary>Whether a span touches one of the first <paramref name="sorted"/> spans, which are in order and do not overlap.</summary>
    public static bool Overlaps(List<SensitiveSpan> spans, int sorted, int start, int end)
    {
        int low = 0;
        int high = sorted;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (spans[middle].End <= start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < sorted && spans[low].Start < end;
    }

    /// <summary>
    /// Puts the spans in order. Those that overlap become one, hidden whole: what two masks keep of one text could be put together.
    /// </summary>
    public static void Merge(List<SensitiveSpan> spans, Span<char> work)
    {
        spans.Sort(static (one, other) => one.Start.CompareTo(other.Start));
        int kept = 0;
        for (int i = 1; i < spans.Count; i++)
        {
            SensitiveSpan last = spans[kept];
            SensitiveSpan next = spans[i];
            if (next.Start < last.End)
            {
                spans[kept] = new SensitiveSpan
                {
                    Kind = last.Kind,
                    Start = last.Start,
                    Length = Math.Max(last.End, next.End) - last.Start,
                    Confidence = Math.Max(last.Confidence, next.Confidence),
                };
                HideAll(work[spans[kept].Start..spans[kept].End]);
            }
            else
            {
                spans[++kept] = next;
            }
        }

        if (spans.Count > kept + 1)
        {
            spans.RemoveRange(kept + 1, spans.Count - kept - 1);
        }
    }

    /// <summary>The masked text.</summary>
    public static string Write(ReadOnlySpan<char> work, IReadOnlyList<SensitiveSpan> spans)
    {
        bool shrinks = false;
        foreach (SensitiveSpan span in spans)
        {
            shrinks |= span.Kind == DataKinds.CardSecurityCode && span.Length > SecurityCodeMask.Length;
        }

        if (!shrinks)
        {
            return new string(work);
        }

        var text = new System.Text.StringBuilder(work.Length);
        int at = 0;
        foreach (SensitiveSpan span in spans)
        {
            if (span.Kind == DataKinds.CardSecurityCode)
            {
                text.Append(work[at..span.Start]).Append(SecurityCodeMask);
                at = span.End;
            }
        }

        return text.Append(work[at..]).ToString();
    }

    // Never more than a third of a value.
    private static (int Head, int Tail) Kept(FoundKind kind, int total, ReadOnlySpan<char> value)
    {
        int third = total / 3;
        return kind switch
        {
            FoundKind.PaymentCard => (0, Math.Min(4, third)),
            FoundKind.Iban => (2, Math.Clamp(third - 2, 0, 4)),
            FoundKind.Phone => (0, Math.Min(2, third)),
            FoundKind.Email => KeptOfEmail(value, third),
            _ => (0, 0),
        };
    }

    // The first character and the domain, or as much of the domain's end, in whole labels, as a third allows.
    private static (int Head, int Tail) KeptOfEmail(ReadOnlySpan<char> value, int third)
    {
        int tail = 0;
        int label = 0;
        for (int i = value.Length - 1; i >= 0; i--)
        {
            if (char.IsLetterOrDigit(value[i]))
            {
                label++;
            }

            if (value[i] is '.' or '@')
            {
                if (tail + label + 1 > third)
                {
                    break;
                }

                tail += label;
                label = 0;
            }

            if (value[i] == '@')
            {
                break;
            }
        }

        return (third > 0 ? 1 : 0, tail);
    }
}
