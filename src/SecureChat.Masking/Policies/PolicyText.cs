using System.Text;

namespace SecureChat.Masking;

/// <summary>Writes a masked text as a policy wants it: labels, gaps, other mask characters.</summary>
internal static class PolicyText
{
    /// <summary>
    /// Lays masks over the labels that stand in a text already. To the detectors they are what they stand for, a value that is hidden, and
    /// no words about the number beside them.
    /// </summary>
    public static void HideLabels(ReadOnlySpan<char> text, PolicyView view, ref MaskedSpans labels, ref char[]? overlay)
    {
        foreach (string label in view.Labels)
        {
            for (int at = 0, next; (next = text[at..].IndexOf(label, StringComparison.Ordinal)) >= 0; at += next + label.Length)
            {
                labels.Add(new MaskedSpan(default, at + next, at + next + label.Length, 0));
                MaskWriter.Open(text, ref overlay).Slice(at + next, label.Length).Fill(Characters.Mask);
            }
        }

        labels.Sort();
    }

    /// <summary>The text with its masks.</summary>
    /// <param name="text">As it came.</param>
    /// <param name="work">The same with masks laid over.</param>
    /// <param name="spans">What was hidden, in order.</param>
    /// <param name="labels">What was a label before, in order.</param>
    /// <param name="view">The policy.</param>
    public static string Write(ReadOnlySpan<char> text, ReadOnlySpan<char> work, ReadOnlySpan<MaskedSpan> spans, ReadOnlySpan<MaskedSpan> labels, PolicyView view)
    {
        var written = new StringBuilder(text.Length + 16);
        int label = 0;
        int at = 0;
        foreach (MaskedSpan span in spans)
        {
            KindEffect effect = view.Of(span.Kind);
            Copy(text, work, at, span.Start, view, labels, ref label, written);
            at = span.End;
            if (effect.Label is not null)
            {
                written.Append(effect.Label);
            }
            else if (effect.Action == MaskAction.Drop)
            {
                // Two spaces with nothing between them are one.
                at += at < text.Length && text[at] == ' ' && (written.Length == 0 || written[^1] == ' ') ? 1 : 0;
            }
            else if (MaskWriter.Shrinks(span))
            {
                written.Append(view.MaskCharacter, MaskWriter.SecurityCodeMask.Length);
            }
            else
            {
                Copy(text, work, span.Start, span.End, view, labels, ref label, written);
            }
        }

        Copy(text, work, at, text.Length, view, labels, ref label, written);
        return written.ToString();
    }

    private static void Copy(
        ReadOnlySpan<char> text, ReadOnlySpan<char> work, int start, int end, PolicyView view, ReadOnlySpan<MaskedSpan> labels, ref int label, StringBuilder written)
    {
        for (int i = start; i < end; i++)
        {
            while (label < labels.Length && labels[label].End <= i)
            {
                label++;
            }

            bool isLabel = label < labels.Length && labels[label].Start <= i;
            written.Append(isLabel ? text[i] : work[i] == Characters.Mask && text[i] != Characters.Mask ? view.MaskCharacter : work[i]);
        }
    }
}
