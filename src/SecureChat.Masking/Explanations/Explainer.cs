namespace SecureChat.Masking;

/// <summary>
/// Says why by asking what would be otherwise: the text without its question, the value without its text, the engine without its policy, a question
/// for everything, no check digits. So it cannot tell another story than the engine, and costs it nothing.
/// </summary>
internal static class Explainer
{
    private static readonly MaskContext AskedForAll = new() { IsConversation = true, AskedFor = [.. KindTable.All.Select(KindTable.IdOf)] };

    public static IReadOnlyList<MaskingExplanation> Explain(MaskingEngine engine, string text, MaskContext context)
    {
        var all = new List<MaskingExplanation>();
        foreach (SensitiveSpan span in engine.Find(text, context))
        {
            all.Add(new MaskingExplanation { Span = span, IsTaken = true, Reason = WhyTaken(engine, text, context, span) });
        }

        // What the engine's own rules keep back.
        MaskingEngine open = engine.WithoutRules(MaskingSafeguards.All);
        AddLeft(all, open.Find(text, context), span => engine.WhyLeft(span.Kind, context));

        AddLeft(all, engine.WithoutRules(MaskingSafeguards.All & ~(MaskingSafeguards.CheckDigits | MaskingSafeguards.IssuerRanges)).Find(text, context), static _ => MaskingReason.WrongCheckDigits);

        // What a word would make a value of. An own detector decides for itself.
        AddLeft(all, open.Find(text, AskedForAll), static _ => MaskingReason.NeedsWords);
        all.Sort(static (one, other) => one.Span.Start.CompareTo(other.Span.Start));
        return all;
    }

    private static MaskingReason WhyTaken(MaskingEngine engine, string text, MaskContext context, SensitiveSpan span)
    {
        MaskContext unasked = context.WithoutQuestion();
        if (Holds(engine.Find(text.AsSpan(span.Start, span.Length), unasked), span, -span.Start))
        {
            return MaskingReason.Shape;
        }

        return Holds(engine.Find(text, unasked), span, 0) ? MaskingReason.Words : MaskingReason.Question;
    }

    private static bool Holds(IReadOnlyList<SensitiveSpan> found, SensitiveSpan span, int shift) =>
        found.Any(other => other.Start == span.Start + shift && other.Length == span.Length && (other.Kind == span.Kind || other.OtherKinds.Contains(span.Kind)));

    private static void AddLeft(List<MaskingExplanation> all, IReadOnlyList<SensitiveSpan> found, Func<SensitiveSpan, MaskingReason> why)
    {
        int known = all.Count;
        foreach (SensitiveSpan span in found)
        {
            if (!all.Take(known).Any(other => other.Span.Start < span.End && span.Start < other.Span.End))
            {
                all.Add(new MaskingExplanation { Span = new SensitiveSpan { Kind = span.Kind, Start = span.Start, Length = span.Length, Confidence = span.Confidence, OtherKinds = span.OtherKinds, Action = MaskAction.Allow }, IsTaken = false, Reason = why(span) });
            }
        }
    }
}
