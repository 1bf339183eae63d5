namespace SecureChat.Masking;

/// <summary>
/// Payment card numbers in any spacing, and inside longer digit runs. Windows that begin and end with a digit group are tried
/// everywhere; windows that cut a group only at the ends of one long group, or beside a word for a card.
/// </summary>
internal static class CardDetector
{
    private const int Aligned = 40;
    private const int HalfAligned = 20;

    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, MaskingSafeguards safeguards, ref Findings findings)
    {
        ReadOnlySpan<DigitGroup> groups = digits.Groups;
        bool asked = context.Asks(Kind.PaymentCard);
        int from = findings.Count;
        for (int first = 0; first < groups.Length;)
        {
            int last = first;
            while (last + 1 < groups.Length && groups[last + 1].IsJoined)
            {
                last++;
            }

            int total = groups[last].FirstDigit + groups[last].Length - groups[first].FirstDigit;
            if (total >= PaymentCards.MinDigits)
            {
                var run = new Run(text, digits.Digits, groups[first..(last + 1)], asked, safeguards);
                run.Search(ref findings);
            }

            first = last + 1;
        }

        findings.Resolve(from, text.Length);
    }

    /// <summary>
    /// Whether people, cards or forms group numbers so: one group, equal groups, fours, or the layouts of the networks. An order
    /// number such as 3-7-7 is none.
    /// </summary>
    public static bool IsUsualLayout(ReadOnlySpan<int> lengths)
    {
        if (lengths.Length == 1)
        {
            return true;
        }

        bool equal = lengths[0] <= 4;
        bool fours = true;
        for (int i = 0; i < lengths.Length - 1; i++)
        {
            equal &= lengths[i] == lengths[0];
            fours &= lengths[i] % 4 == 0;
        }

        int last = lengths[^1];
        return (equal && last <= lengths[0])
            || (fours && last <= 12)
            || lengths is [4, 6, 5] or [4, 6, 4] or [4, 5, 6] or [4, 4, 5] or [6, 13] or [4, 6, 6];
    }

    private readonly ref struct Run(ReadOnlySpan<char> text, ReadOnlySpan<char> digits, ReadOnlySpan<DigitGroup> groups, bool asked, MaskingSafeguards safeguards)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private readonly ReadOnlySpan<char> _digits = digits;
        private readonly ReadOnlySpan<DigitGroup> _groups = groups;

        public void Search(ref Findings findings)
        {
            Span<int> lengths = stackalloc int[PaymentCards.MaxDigits + 1];
            if (TryWhole(lengths, ref findings))
            {
                return;
            }

            bool hasContext = asked
                || ContextWords.Before(_text, _groups[0].Start, Topics.Card, stopAtNumbers: false) is { IsEmpty: false }
                || ContextWords.After(_text, _groups[^1].End, Topics.Card, stopAtNumbers: false, reach: 40) is { IsEmpty: false };
            for (int first = 0; first < _groups.Length; first++)
            {
                int total = 0;
                bool isWholeGroupCard = false;
                for (int last = first; last < _groups.Length; last++)
                {
                    lengths[last - first] = _groups[last].Length;
                    total += _groups[last].Length;
                    if (total > PaymentCards.MaxDigits)
                    {
                        break;
                    }

                    if (total >= PaymentCards.MinDigits)
                    {
                        isWholeGroupCard |= TryAligned(first, last, total, lengths[..(last - first + 1)], hasContext, ref findings) && first == last;
                    }
                }

                if (_groups[first].Length > 16 && !isWholeGroupCard)
                {
                    PeelLongGroup(_groups[first], ref findings);
                }
            }

            if (hasContext)
            {
                TryEveryWindow(ref findings);
            }
        }

        // The usual case: the run is one card and nothing else. It needs no word beside it, and no other window of the run could win
        // over it: they all overlap it, and only a card within one group, beside other groups, would score higher.
        private bool TryWhole(scoped Span<int> lengths, ref Findings findings)
        {
            int total = _groups[^1].FirstDigit + _groups[^1].Length - _groups[0].FirstDigit;
            if (_groups.Length > PaymentCards.MaxDigits || total > PaymentCards.MaxDigits || Check(_digits.Slice(_groups[0].FirstDigit, total)) != CardEvidence.Strong)
            {
                return false;
            }

            for (int i = 0; i < _groups.Length; i++)
            {
                lengths[i] = _groups[i].Length;
                if (_groups.Length > 1 && lengths[i] >= PaymentCards.MinDigits)
                {
                    return false;
                }
            }

            int start = _groups[0].Start;
            int end = _groups[^1].End;
            if (!IsUsualLayout(lengths[.._groups.Length]) || IsPartOfSomethingElse(start, end, total, _groups.Length))
            {
                return false;
            }

            findings.Add(Kind.PaymentCard, start, end, Ranks.Card + Aligned + Score(CardEvidence.Strong, usual: true, _groups.Length));
            return true;
        }

        private bool TryAligned(int first, int last, int total, scoped ReadOnlySpan<int> lengths, bool hasContext, ref Findings findings)
        {
            ReadOnlySpan<char> number = _digits.Slice(_groups[first].FirstDigit, total);
            CardEvidence evidence = Check(number);
            if (evidence == CardEvidence.None)
            {
                return false;
            }

            int start = _groups[first].Start;
            int end = _groups[last].End;
            bool usual = IsUsualLayout(lengths);
            if (hasContext)
            {
                // A clock time inside says that a date was swallowed.
                if (!usual && _text[start..end].Contains(':'))
                {
                    return false;
                }
            }
            else if (!usual || IsPartOfSomethingElse(start, end, total, lengths.Length)
                || (evidence == CardEvidence.Weak && !(lengths.Length >= 4 && total >= 16 && lengths[0] == 4 && lengths[1] == 4))
                || (evidence == CardEvidence.Medium && ContextWords.Before(_text, start, Topics.Unrelated, stopAtNumbers: false, reach: 24) is { IsEmpty: false }))
            {
                return false;
            }

            findings.Add(Kind.PaymentCard, start, end, Ranks.Card + Aligned + Score(evidence, usual, lengths.Length));
            return true;
        }

        // A group longer than any card: take cards off its front and its back until neither end is one. Linear, and what is left
        // has no card at an end either, so masking twice finds nothing new.
        private void PeelLongGroup(DigitGroup group, ref Findings findings)
        {
            if (IsPartOfSomethingElse(group.Start, group.End, group.Length, groupCount: 1))
            {
                return;
            }

            int start = 0;
            int end = group.Length;
            bool found = true;
            while (found && end - start >= PaymentCards.MinDigits)
            {
                found = false;
                if (StrongLength(group, start, end, atFront: true) is var front and > 0)
                {
                    findings.Add(Kind.PaymentCard, group.Start + start, group.Start + start + front, Ranks.Card + HalfAligned + (int)CardEvidence.Strong);
                    start += front;
                    found = true;
                }
                else if (StrongLength(group, start, end, atFront: false) is var back and > 0)
                {
                    findings.Add(Kind.PaymentCard, group.Start + end - back, group.Start + end, Ranks.Card + HalfAligned + (int)CardEvidence.Strong);
                    end -= back;
                    found = true;
                }
            }
        }

        private int StrongLength(DigitGroup group, int start, int end, bool atFront)
        {
            for (int length = 16; length >= 14; length--)
            {
                if (end - start >= length
                    && Check(_digits.Slice(group.FirstDigit + (atFront ? start : end - length), length)) == CardEvidence.Strong)
                {
                    return length;
                }
            }

            return 0;
        }

        // Beside a word for a card every window counts: PAN, expiry and code are often typed as one run.
        private void TryEveryWindow(ref Findings findings)
        {
            int firstDigit = _groups[0].FirstDigit;
            int total = _groups[^1].FirstDigit + _groups[^1].Length - firstDigit;
            int startGroup = 0;
            for (int offset = 0; offset + PaymentCards.MinDigits <= total; offset++)
            {
                int index = firstDigit + offset;
                while (_groups[startGroup].FirstDigit + _groups[startGroup].Length <= index)
                {
                    startGroup++;
                }

                bool startsGroup = _groups[startGroup].FirstDigit == index;
                int endGroup = startGroup;
                for (int length = PaymentCards.MinDigits; length <= PaymentCards.MaxDigits && offset + length <= total; length++)
                {
                    int lastIndex = index + length - 1;
                    while (_groups[endGroup].FirstDigit + _groups[endGroup].Length <= lastIndex)
                    {
                        endGroup++;
                    }

                    bool endsGroup = _groups[endGroup].FirstDigit + _groups[endGroup].Length - 1 == lastIndex;
                    if (startsGroup && endsGroup)
                    {
                        continue;
                    }

                    if (Check(_digits.Slice(index, length)) != CardEvidence.Strong)
                    {
                        continue;
                    }

                    int start = _groups[startGroup].Start + index - _groups[startGroup].FirstDigit;
                    int end = _groups[endGroup].Start + lastIndex - _groups[endGroup].FirstDigit + 1;
                    if (!_text[start..end].Contains(':'))
                    {
                        findings.Add(Kind.PaymentCard, start, end, Ranks.Card + (startsGroup || endsGroup ? HalfAligned : 0) + (int)CardEvidence.Strong);
                    }
                }
            }
        }

        private CardEvidence Check(ReadOnlySpan<char> number)
        {
            CardEvidence evidence = (safeguards & MaskingSafeguards.IssuerRanges) != 0 ? PaymentCards.Evidence(number) : CardEvidence.Strong;
            return evidence != CardEvidence.None && ((safeguards & MaskingSafeguards.CheckDigits) == 0 || Luhn.IsValid(number)) ? evidence : CardEvidence.None;
        }

        private static int Score(CardEvidence evidence, bool usual, int groupCount) =>
            (usual ? 8 : 0) + ((int)evidence * 2) + (groupCount == 1 ? 1 : 0);

        // Decimals, hex, UUIDs and phone numbers hold digit runs that pass every check by chance.
        private bool IsPartOfSomethingElse(int start, int end, int total, int groupCount)
        {
            if (groupCount == 1 && start >= 2 && _text[start - 1] is '.' or ',' && char.IsAsciiDigit(_text[start - 2]))
            {
                return true;
            }

            if (total <= 15 && start >= 1 && _text[start - 1] == '+' && !(start >= 2 && char.IsLetterOrDigit(_text[start - 2])))
            {
                return true;
            }

            return IsHex(start, end) || IsInUuid(start, end);
        }

        // A hex letter that touches the number and has a digit on its other side.
        private bool IsHex(int start, int end)
        {
            int i = start - 1;
            while (i >= 0 && start - i <= 8 && char.IsAsciiHexDigit(_text[i]) && !char.IsAsciiDigit(_text[i]))
            {
                i--;
            }

            if (i < start - 1 && i >= 0 && char.IsAsciiDigit(_text[i]))
            {
                return true;
            }

            i = end;
            while (i < _text.Length && i - end < 8 && char.IsAsciiHexDigit(_text[i]) && !char.IsAsciiDigit(_text[i]))
            {
                i++;
            }

            return i > end && i < _text.Length && char.IsAsciiDigit(_text[i]);
        }

        private bool IsInUuid(int start, int end)
        {
            const int Length = 36;
            if (end - start > Length)
            {
                return false;
            }

            int from = start;
            while (from > 0 && end - from < Length && (char.IsAsciiHexDigit(_text[from - 1]) || _text[from - 1] == '-'))
            {
                from--;
            }

            if (from + Length > _text.Length || from + Length < end)
            {
                return false;
            }

            ReadOnlySpan<char> id = _text.Slice(from, Length);
            for (int i = 0; i < Length; i++)
            {
                if (i is 8 or 13 or 18 or 23 ? id[i] != '-' : !char.IsAsciiHexDigit(id[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
