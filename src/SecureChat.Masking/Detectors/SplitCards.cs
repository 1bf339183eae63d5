namespace SecureChat.Masking;

/// <summary>
/// Card numbers typed over several messages of one sender. Each part alone is no card and was stored as it is; together they are one,
/// so all parts are hidden whole. What earlier masks left standing is not looked at.
/// </summary>
internal sealed class SplitCards
{
    private const int MaxMessages = 8;

    // A longer tail than any number with its neighbours; keeps the search short.
    private const int MaxParts = 48;

    // "message 41", "message 42", ...: among words, fewer digits are a count and no part of a card.
    private const int FewestDigits = 3;

    private SplitCards(List<MaskedSpan> inMessage, List<(RecentMessage Message, List<MaskedSpan> Parts)> earlier)
    {
        InMessage = inMessage;
        Earlier = earlier;
    }

    /// <summary>Parts in the new message.</summary>
    public List<MaskedSpan> InMessage { get; }

    /// <summary>Parts in stored messages.</summary>
    public List<(RecentMessage Message, List<MaskedSpan> Parts)> Earlier { get; }

    /// <summary>Looks whether the new message completes a card. Null when it does not.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="request">The message and those before it.</param>
    /// <param name="context">What they say about it.</param>
    /// <param name="masked">The message as the engine masks it on its own.</param>
    public static SplitCards? Find(MaskingEngine engine, MaskRequest request, MaskContext context, string masked)
    {
        if (request.Recent.Count == 0 || !engine.Hides(Kind.PaymentCard, context) || Gate.IndexIn(request.Text) < 0)
        {
            return null;
        }

        // Parts of the new message that are values on their own are out of the game. Offsets must be those of the message.
        char mask = engine.MaskCharacter(context);
        List<Part> parts = [];
        Read(masked.Length == request.Text.Length ? masked : engine.MaskSameLength(request.Text, context), null, mask, parts);
        if (parts.Count == 0)
        {
            return null;
        }

        int fresh = parts.Count;
        List<Part> tail = [];
        int messages = 0;
        for (int i = request.Recent.Count - 1; i >= 0 && messages < MaxMessages && tail.Count < MaxParts; i--)
        {
            RecentMessage message = request.Recent[i];
            if (message.Sender != request.Sender)
            {
                continue;
            }

            messages++;
            List<Part> earlier = [];
            Read(message.Text, message, mask, earlier);
            tail.InsertRange(0, earlier);
        }

        if (tail.Count == 0)
        {
            return null;
        }

        if (tail.Count > MaxParts)
        {
            tail.RemoveRange(0, tail.Count - MaxParts);
        }

        tail.AddRange(parts);
        return Search(tail, tail.Count - fresh, context.Asks(Kind.PaymentCard));
    }

    private static SplitCards? Search(List<Part> parts, int fresh, bool asked)
    {
        Span<char> number = stackalloc char[PaymentCards.MaxDigits];
        Span<int> lengths = stackalloc int[PaymentCards.MaxDigits];
        (int First, int Last, int Score) best = default;
        for (int first = 0; first < fresh; first++)
        {
            int total = 0;
            for (int last = first; last < parts.Count && total + parts[last].Digits.Length <= PaymentCards.MaxDigits; last++)
            {
                parts[last].Digits.CopyTo(number[total..]);
                total += parts[last].Digits.Length;
                lengths[last - first] = parts[last].Digits.Length;
                if (last < fresh || total < PaymentCards.MinDigits)
                {
                    continue;
                }

                CardEvidence evidence = PaymentCards.Evidence(number[..total]);
                bool usual = CardDetector.IsUsualLayout(lengths[..(last - first + 1)]);
                int score = ((int)evidence * 2) + (usual ? 1 : 0);
                if (score > best.Score && evidence >= CardEvidence.Medium && (usual || asked) && Luhn.IsValid(number[..total]))
                {
                    best = (first, last, score);
                }
            }
        }

        number.Clear();
        if (best.Score == 0)
        {
            return null;
        }

        List<MaskedSpan> inMessage = [];
        List<(RecentMessage Message, List<MaskedSpan> Parts)> earlierParts = [];
        for (int i = best.First; i <= best.Last; i++)
        {
            Part part = parts[i];
            List<MaskedSpan> target = inMessage;
            if (part.Message is { } message)
            {
                if (earlierParts.Count == 0 || !ReferenceEquals(earlierParts[^1].Message, message))
                {
                    earlierParts.Add((message, []));
                }

                target = earlierParts[^1].Parts;
            }

            // Groups of one message become one span, with the separators between them.
            int start = target.Count > 0 ? target[0].Start : part.Start;
            target.Clear();
            target.Add(new MaskedSpan(Kind.PaymentCard, start, part.End, Confidence: 0.9));
        }

        return new SplitCards(inMessage, earlierParts);
    }

    private static void Read(string text, RecentMessage? message, char mask, List<Part> parts)
    {
        using FoldedText folded = FoldedText.Create(text, readUrlEscapes: false);
        ReadOnlySpan<char> chars = folded.Chars;
        var digits = new DigitGroups(chars, stackalloc DigitGroup[DigitGroups.UsualGroups], stackalloc char[DigitGroups.UsualDigits]);
        bool isBare = !chars.ContainsAnyInRange('a', 'z') && !chars.ContainsAnyInRange('A', 'Z');
        try
        {
            foreach (DigitGroup group in digits.Groups)
            {
                if (!TouchesMask(chars, group, mask) && group.Length <= PaymentCards.MaxDigits && (isBare || group.Length >= FewestDigits) && IsLoose(chars, group))
                {
                    parts.Add(new Part(
                        message,
                        folded.StartOf(group.Start),
                        folded.EndOf(group.End - 1),
                        digits.Digits.Slice(group.FirstDigit, group.Length).ToString()));
                }
            }
        }
        finally
        {
            digits.Dispose();
        }
    }

    // Not an amount, a time, a decimal, an order number or a piece of a name.
    private static bool IsLoose(ReadOnlySpan<char> text, DigitGroup group)
    {
        int before = group.Start - 1;
        int after = group.End;
        if ((before >= 0 && (char.IsLetter(text[before]) || text[before] is '$' or '\u20AC' or '\u00A3' or '#' or '+'))
            || (before >= 1 && text[before] is '.' or ',' or ':' && char.IsAsciiDigit(text[before - 1]))
            || (after < text.Length && (char.IsLetter(text[after]) || text[after] is '$' or '\u20AC' or '\u00A3' or '%'))
            || (after + 1 < text.Length && text[after] is '.' or ',' or ':' && char.IsAsciiDigit(text[after + 1])))
        {
            return false;
        }

        return ContextWords.Before(text, group.Start, Topics.Unrelated | Topics.Card, stopAtNumbers: true, reach: 24) is var nearest
            && (nearest.IsEmpty || nearest.Has(Kind.PaymentCard));
    }

    // The last four of a masked card are no part of another one.
    private static bool TouchesMask(ReadOnlySpan<char> text, DigitGroup group, char mask)
    {
        for (int i = group.Start - 1, steps = 0; i >= 0 && steps < 3; i--, steps++)
        {
            if (Characters.IsMask(text[i]) || text[i] == mask)
            {
                return true;
            }

            if (char.IsLetterOrDigit(text[i]))
            {
                break;
            }
        }

        return group.End < text.Length && Characters.IsMask(text[group.End]);
    }

    private sealed class Part(RecentMessage? message, int start, int end, string digits)
    {
        public RecentMessage? Message { get; } = message;

        public int Start { get; } = start;

        public int End { get; } = end;

        public string Digits { get; } = digits;

        public override string ToString() => nameof(Part);
    }
}
