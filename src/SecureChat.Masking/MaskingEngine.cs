using System.Buffers;

namespace SecureChat.Masking;

/// <summary>
/// Finds sensitive data in text and masks it: payment cards, card security codes, IBANs, US Social Security numbers, e-mail addresses
/// and phone numbers. Pure and synchronous; usable without ASP.NET Core, for example in a worker or a log pipeline.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. Never throws on any text, lone surrogates included. Text without a digit or an at sign costs one vectorised
/// look and no allocation. Time is linear in the length of the text. Masking masked text changes nothing.
/// </remarks>
/// <example>
/// <code>
/// string safe = MaskingEngine.Default.Mask("my card is 4242 4242 4242 4242"); // my card is •••• •••• •••• 4242
/// </code>
/// </example>
public sealed class MaskingEngine
{
    // Each pass hides more than the one before; ordinary text needs one and a second that finds nothing.
    private const int MaxPasses = 8;

    // Beyond this many different values a text is a dump: then everything that could be part of a value is hidden.
    private const int MaxDistinctValues = 64;

    private readonly MaskingSafeguards _safeguards;

    internal MaskingEngine(MaskingSafeguards safeguards) => _safeguards = safeguards;

    /// <summary>The engine, with all kinds.</summary>
    public static MaskingEngine Default { get; } = new(MaskingSafeguards.All);

    /// <summary>Finds what <see cref="Mask(string, MaskContext?)"/> would hide.</summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before. Default: nothing.</param>
    /// <returns>Spans in UTF-16 offsets of <paramref name="text"/>, ascending, not overlapping; empty when the text is clean.</returns>
    public IReadOnlyList<SensitiveSpan> Find(ReadOnlySpan<char> text, MaskContext? context = null)
    {
        char[]? overlay = null;
        try
        {
            return Overlay(text, context ?? MaskContext.None, [], ref overlay) ?? (IReadOnlyList<SensitiveSpan>)[];
        }
        finally
        {
            Return(overlay);
        }
    }

    /// <summary>Masks a text. A card keeps at most its last four digits, a security code nothing, no value more than a third.</summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before. Default: nothing.</param>
    /// <returns>The masked text; the same instance when nothing was found.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public string Mask(string text, MaskContext? context = null) => Mask(text, context, out _);

    /// <summary>Masks a text and says what was found.</summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before; null for nothing.</param>
    /// <param name="spans">What was found, as <see cref="Find"/> gives it.</param>
    /// <returns>The masked text; the same instance when nothing was found.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public string Mask(string text, MaskContext? context, out IReadOnlyList<SensitiveSpan> spans)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Mask(text, context ?? MaskContext.None, [], out spans);
    }

    /// <summary>Masks a text; the <paramref name="certain"/> spans are hidden whole, whatever the detectors say.</summary>
    internal string Mask(string text, MaskContext context, IReadOnlyList<SensitiveSpan> certain, out IReadOnlyList<SensitiveSpan> spans)
    {
        char[]? overlay = null;
        try
        {
            spans = Overlay(text, context, certain, ref overlay) ?? (IReadOnlyList<SensitiveSpan>)[];
            return overlay is null ? text : MaskWriter.Write(overlay.AsSpan(0, text.Length), spans);
        }
        finally
        {
            Return(overlay);
        }
    }

    /// <summary>A masked text of the same length, in which all offsets are those of the original; the same instance when nothing was found.</summary>
    internal string MaskSameLength(string text, MaskContext context)
    {
        char[]? overlay = null;
        try
        {
            Overlay(text, context, [], ref overlay);
            return overlay is null ? text : new string(overlay, 0, text.Length);
        }
        finally
        {
            Return(overlay);
        }
    }

    private static void Return(char[]? overlay)
    {
        if (overlay is not null)
        {
            ArrayPool<char>.Shared.Return(overlay, clearArray: true);
        }
    }

    private List<SensitiveSpan>? Overlay(ReadOnlySpan<char> text, MaskContext context, IReadOnlyList<SensitiveSpan> certain, ref char[]? overlay)
    {
        if (!text.ContainsAny(Characters.Gate))
        {
            return null;
        }

        List<SensitiveSpan>? spans = null;
        foreach (SensitiveSpan span in certain)
        {
            Span<char> work = MaskWriter.Open(text, ref overlay);
            MaskWriter.HideAll(work[span.Start..span.End]);
            (spans ??= []).Add(span);
        }

        bool hasUrlEscapes = (_safeguards & MaskingSafeguards.Folding) != 0 && text.Contains('%');
        if ((_safeguards & MaskingSafeguards.Repeat) == 0)
        {
            Pass(text, context, readUrlEscapes: false, ref spans, ref overlay);
            return spans;
        }

        for (int pass = 0; ; pass++)
        {
            bool found = Pass(text, context, readUrlEscapes: false, ref spans, ref overlay);
            if (hasUrlEscapes)
            {
                found |= Pass(text, context, readUrlEscapes: true, ref spans, ref overlay);
            }

            if (spans is null)
            {
                return null;
            }

            if (!found && pass > 0)
            {
                return spans;
            }

            Span<char> work = overlay.AsSpan(0, text.Length);
            if (pass == MaxPasses || !HideRepetitions(text, spans, work))
            {
                HideEveryCandidate(work);
                return spans;
            }
        }
    }

    // One look at the text as masked so far. Returns whether anything was found.
    private bool Pass(ReadOnlySpan<char> text, MaskContext context, bool readUrlEscapes, ref List<SensitiveSpan>? spans, ref char[]? overlay)
    {
        ReadOnlySpan<char> current = overlay is null ? text : overlay.AsSpan(0, text.Length);
        FoldedText folded = (_safeguards & MaskingSafeguards.Folding) != 0 ? FoldedText.Create(current, readUrlEscapes) : FoldedText.InPlace(current);
        Findings findings = default;
        try
        {
            Detect(folded.Chars, context, ref findings);
            if (findings.Count == 0)
            {
                return false;
            }

            Span<char> work = MaskWriter.Open(text, ref overlay);
            spans ??= new List<SensitiveSpan>(findings.Count);
            int sorted = spans.Count;
            foreach (Finding finding in findings.Items)
            {
                int start = folded.StartOf(finding.Start);
                int end = folded.EndOf(finding.End - 1);
                if (!MaskWriter.Overlaps(spans, sorted, start, end))
                {
                    MaskWriter.Hide(work, folded, finding);
                }
                else
                {
                    MaskWriter.HideAll(work[start..end]);
                }

                spans.Add(new SensitiveSpan { Kind = finding.KindId, Start = start, Length = end - start, Confidence = ConfidenceOf(finding) });
            }

            MaskWriter.Merge(spans, work);
            return true;
        }
        finally
        {
            findings.Dispose();
            folded.Dispose();
        }
    }

    private void Detect(ReadOnlySpan<char> text, MaskContext context, ref Findings findings)
    {
        EmailDetector.Detect(text, ref findings);
        DigitGroups digits = DigitGroups.Read(text);
        try
        {
            if (digits.Groups.Length > 0)
            {
                if (digits.Digits.Length >= 8)
                {
                    IbanDetector.Detect(text, _safeguards, ref findings);
                }

                int firstCard = findings.Count;
                CardDetector.Detect(text, digits, context, _safeguards, ref findings);
                SecurityCodeDetector.Detect(text, digits, context, firstCard, ref findings);
                SsnDetector.Detect(text, digits, context, ref findings);
                PhoneDetector.Detect(text, digits, context, ref findings);
            }

            findings.Resolve(0, text.Length);
        }
        finally
        {
            digits.Dispose();
        }
    }

    // A value that was recognised by the words beside it may stand elsewhere without them. Returns false when there are too many
    // values to look for one by one.
    private static bool HideRepetitions(ReadOnlySpan<char> text, List<SensitiveSpan> spans, Span<char> work)
    {
        const int ShortestUnique = 6;
        int count = spans.Count;
        if (count > MaxDistinctValues)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            SensitiveSpan span = spans[i];
            ReadOnlySpan<char> value = text.Slice(span.Start, span.Length);
            if (value.Length < ShortestUnique)
            {
                continue;
            }

            for (int at = 0, next; at < work.Length && (next = work[at..].IndexOf(value)) >= 0; at += next + value.Length)
            {
                MaskWriter.HideAll(work.Slice(at + next, value.Length));
                spans.Add(new SensitiveSpan { Kind = span.Kind, Start = at + next, Length = value.Length, Confidence = span.Confidence });
            }
        }

        if (spans.Count > count)
        {
            MaskWriter.Merge(spans, work);
        }

        return true;
    }

    private static void HideEveryCandidate(Span<char> work)
    {
        for (int at; (at = work.IndexOfAny(Characters.Gate)) >= 0; work = work[(at + 1)..])
        {
            if (char.IsHighSurrogate(work[at]) && at + 1 < work.Length)
            {
                work[at + 1] = Characters.Mask;
            }

            work[at] = Characters.Mask;
        }
    }

    private static double ConfidenceOf(Finding finding) => finding.Kind switch
    {
        FoundKind.Email => 0.99,
        FoundKind.Iban => 0.99,
        FoundKind.PaymentCard => finding.Score >= 40 ? 0.99 : 0.9,
        FoundKind.UsSsn => finding.Score > 1 ? 0.9 : 0.85,
        FoundKind.CardSecurityCode => finding.Score > 1 ? 0.9 : 0.7,
        _ => finding.Score > 1 ? 0.9 : 0.7,
    };
}
