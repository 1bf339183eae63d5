using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace SecureChat.Masking;

/// <summary>
/// Numbers of the kinds that are described by rules: identity, tax, company, bank and health numbers, documents and devices. Every
/// stretch of letters and digits that a digit group lies in is compared with the shapes of its length; what a shape needs (check digits,
/// the usual grouping, a word beside it or a question before it) decides.
/// </summary>
internal static class RuleDetector
{
    private const int MaxChunks = 12;
    private const int MaxWordsInFront = 3;

    // A country or a check letter that stands apart; longer words are words.
    private const int LongestAffix = 4;

    // Letters of a name at the beginning of a number, in capitals.
    private const int LongestCapitals = 6;

    // A shape that takes letters and digits alike is believed with this many digits.
    private const int FewestDigitsOfVague = 6;

    // A longer number is the likelier one, up to here.
    private const int LongestThatCounts = 20;

    // A number of a person without check digits, as a rule with a date in it, is long.
    private const int ShortestUnchecked = 12;

    private const int LongestGluedWord = 24;

    // Kinds that shape and check digits are evidence enough for, and those that it takes the usual grouping for.
    private static readonly KindSet ByShape = WithNeed(ContextNeed.None);

    private static readonly KindSet ByShapeOrGrouping = WithNeed(ContextNeed.None) | WithNeed(ContextNeed.Bare);

    private static readonly SearchValues<char> AroundText = SearchValues.Create(" \t\r\n.,;:!?\"'()[]<>");

    /// <summary>Finds numbers.</summary>
    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, KindSet kinds, ref Findings findings)
    {
        int from = findings.Count;
        int done = 0;
        var list = default(Meaning);
        int listEnd = 0;
        int card = 0;
        (int Start, int End) alone = context.IsConversation ? default : Trimmed(text);
        foreach (DigitGroup group in digits.Groups)
        {
            // Another group of the same chunk.
            if (group.Start < done)
            {
                continue;
            }

            int start = group.Start;
            while (start > done && char.IsAsciiLetterOrDigit(text[start - 1]))
            {
                start--;
            }

            // A few short words in front may be part of the number.
            int first = start;
            for (int words = 0; words < MaxWordsInFront && PreviousWord(text, first) is var word and >= 0 && word >= done; words++)
            {
                first = word;
            }

            for (int at = first; ; at = NextChunk(text, at))
            {
                int count = findings.Count;
                var place = new Start(text, at, at, context, kinds, alone, IsInCard(findings.Items[..from], at, ref card));
                if (listEnd > 0 && at > listEnd && IsBetweenItems(text[listEnd..at]))
                {
                    place.Continue(list);
                }

                place.Search(ref findings);
                if (findings.Count > count)
                {
                    list = place.Meaning;
                    listEnd = findings.Items[count].End;
                    foreach (Finding finding in findings.Items[count..])
                    {
                        listEnd = Math.Max(listEnd, finding.End);
                    }
                }

                if (at == start)
                {
                    break;
                }
            }

            SearchBehindGluedWord(text, start, group.Start, context, kinds, ref findings);
            done = group.End;
            while (done < text.Length && char.IsAsciiLetterOrDigit(text[done]))
            {
                done++;
            }
        }

        findings.Resolve(from, text.Length);
    }

    // "DNI12345678Z": a word that names a kind, and the number right behind it.
    private static void SearchBehindGluedWord(ReadOnlySpan<char> text, int start, int digit, MaskContext context, KindSet kinds, ref Findings findings)
    {
        if (digit - start > LongestGluedWord)
        {
            return;
        }

        for (int at = digit; at - start >= 2; at--)
        {
            if ((ContextWords.Of(text[start..at]).Named & Topics.Kinds) is { IsEmpty: false })
            {
                new Start(text, at, start, context, kinds, default, isInCard: false).Search(ref findings);
                return;
            }
        }
    }

    // "•••• •3249 PEID", "•••• 3249 PEID": what a mask kept of another value, and no number of its own. A sign at the beginning of a list is no mask, and
    // a longer number behind a gap was not kept by one.
    private static bool EndsMasked(ReadOnlySpan<char> text, int start)
    {
        const int MostKept = 4;
        int at = start - 1;
        while (at > 0 && start - at <= 2 && !Characters.IsMask(text[at]) && Characters.IsSeparator(text[at]))
        {
            at--;
        }

        if (at < 1 || !Characters.IsMask(text[at]) || (char.IsWhiteSpace(text[at - 1]) && !(at > 1 && Characters.IsMask(text[at - 2]))))
        {
            return false;
        }

        int end = text[start..].IndexOfAnyExceptInRange('0', '9');
        return at == start - 1 || (end < 0 ? text.Length - start : end) is > 0 and <= MostKept;
    }

    // The places are asked about in order, and the cards stand in order.
    private static bool IsInCard(ReadOnlySpan<Finding> found, int at, ref int card)
    {
        while (card < found.Length && (found[card].Kind != Kind.PaymentCard || found[card].End <= at))
        {
            card++;
        }

        return card < found.Length && found[card].Start <= at;
    }

    private static KindSet WithNeed(ContextNeed need)
    {
        KindSet kinds = default;
        foreach (Kind kind in KindTable.All)
        {
            kinds |= KindTable.NeedOf(kind) == need ? KindSet.Of(kind) : default;
        }

        return kinds;
    }

    // A text that is nothing but one value, and the signs around it.
    private static (int Start, int End) Trimmed(ReadOnlySpan<char> text)
    {
        int start = text.IndexOfAnyExcept(AroundText);
        return start < 0 || text.Length - start > 4 * RuleTable.MaxLength ? default : (start, text.LastIndexOfAnyExcept(AroundText) + 1);
    }

    // "12345678Z and 87654321X": what was said of the first is said of the second.
    private static bool IsBetweenItems(ReadOnlySpan<char> between)
    {
        const int Longest = 12;
        if (between.Length > Longest)
        {
            return false;
        }

        ReadOnlySpan<char> word = between.Trim(" ,;/&\n");
        return word.Length == 0 || StopWords.Joins(word);
    }

    private static int PreviousWord(ReadOnlySpan<char> text, int start)
    {
        int end = start;
        while (end > 0 && start - end < 3 && Gap.ClassOf(text[end - 1]) != Gap.None)
        {
            end--;
        }

        if (end == start || end == 0)
        {
            return -1;
        }

        int from = end;
        while (from > 0 && char.IsAsciiLetter(text[from - 1]))
        {
            from--;
        }

        return end > from && IsAffix(text[from..end]) && (from == 0 || !char.IsLetterOrDigit(text[from - 1])) ? from : -1;
    }

    private static bool IsAffix(ReadOnlySpan<char> word) =>
        word.Length <= LongestAffix || (word.Length <= LongestCapitals && !word.ContainsAnyExceptInRange('A', 'Z'));

    private static int NextChunk(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsAsciiLetterOrDigit(text[at]))
        {
            at++;
        }

        while (!char.IsAsciiLetterOrDigit(text[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>All values that begin at one place.</summary>
    private ref struct Start
    {
        private readonly ReadOnlySpan<char> _text;
        private readonly int _start;
        private readonly int _wordsEnd;
        private readonly MaskContext _context;
        private readonly KindSet _kinds;
        private readonly (int Start, int End) _alone;
        private readonly bool _isInCard;
        private Meaning _meaning;
        private bool _hasMeaning;

        /// <summary>
        /// Begins at <paramref name="start"/>; the words that say what it is end at <paramref name="wordsEnd"/>, or are the glued one from there on. Within a card
        /// only a named number is the likelier one.
        /// </summary>
        public Start(ReadOnlySpan<char> text, int start, int wordsEnd, MaskContext context, KindSet kinds, (int Start, int End) alone, bool isInCard)
        {
            _isInCard = isInCard;
            _alone = alone;
            _text = text;
            _start = start;
            _wordsEnd = wordsEnd;
            _context = context;
            _kinds = kinds;
        }

        /// <summary>What the words around the place say.</summary>
        public readonly Meaning Meaning => _meaning;

        /// <summary>The number is the next one in a list.</summary>
        public void Continue(in Meaning meaning)
        {
            Meaning own = Words(_start);
            if ((own.Named & Topics.Kinds).IsEmpty && own.Shared.IsEmpty)
            {
                _meaning = meaning;
            }
        }

        [SkipLocalsInit]
        public void Search(ref Findings findings)
        {
            if (_start == _wordsEnd && _start > 0 && char.IsLetterOrDigit(_text[_start - 1]) && _text[_start - 1] < ContextWords.FirstUnspaced)
            {
                return;
            }

            if (EndsMasked(_text, _start))
            {
                return;
            }

            Span<char> value = stackalloc char[RuleTable.MaxLength];
            Span<byte> codes = stackalloc byte[RuleTable.MaxLength];
            Span<Chunk> chunks = stackalloc Chunk[MaxChunks];
            chunks[0] = default;
            int length = 0;
            bool hasLetters = false;
            bool hasDigits = false;
            int at = _start;
            for (int count = 0; count < MaxChunks; count++)
            {
                int begin = at;
                bool isWord = true;
                for (; at < _text.Length && char.IsAsciiLetterOrDigit(_text[at]); at++)
                {
                    if (length == RuleTable.MaxLength)
                    {
                        return;
                    }

                    char c = char.ToUpperInvariant(_text[at]);
                    bool isLetter = c > '9';
                    isWord &= isLetter;
                    hasLetters |= isLetter;
                    hasDigits |= !isLetter;
                    codes[length] = (byte)CheckProgram.ValueOf(c);
                    value[length++] = c;
                }

                if (isWord && !IsAffix(_text[begin..at]))
                {
                    return;
                }

                chunks[count] = chunks[count] with { Length = at - begin };
                if (hasDigits && !(at < _text.Length && char.IsLetterOrDigit(_text[at]) && _text[at] < ContextWords.FirstUnspaced))
                {
                    Try(value[..length], codes[..length], chunks[..(count + 1)], hasLetters, at, ref findings);
                }

                int gap = Gap.Read(_text, ref at);
                if (gap == Gap.None || count + 1 == MaxChunks)
                {
                    return;
                }

                chunks[count + 1] = new Chunk(0, gap);
            }
        }

        private void Try(scoped ReadOnlySpan<char> value, scoped ReadOnlySpan<byte> codes, scoped ReadOnlySpan<Chunk> chunks, bool hasLetters, int end, ref Findings findings)
        {
            if (ShapeIndex.Of(value.Length, hasLetters) is not { } index)
            {
                return;
            }

            (ulong low, ulong high) = index.Fitting(codes);
            if ((low | high) == 0)
            {
                return;
            }

            // The words around it are read when they are the last question that is left, and then rule most kinds out.
            bool isAlone = IsAlone(end);
            KindSet known = isAlone ? KindSet.All : _isInCard ? default : chunks.Length == 1 ? ByShape : ByShapeOrGrouping;
            bool areWordsRead = isAlone;
            while ((low | high) != 0)
            {
                int shape = index.First + (low != 0 ? BitOperations.TrailingZeroCount(low) : 64 + BitOperations.TrailingZeroCount(high));
                high = low != 0 ? high : high & (high - 1);
                low &= low - 1;
                Kind kind = RuleTable.KindOf(shape);
                if (!_kinds.Has(kind))
                {
                    continue;
                }

                if (!known.Has(kind) && !areWordsRead)
                {
                    known |= MayBeNamed(end);
                    areWordsRead = true;
                }

                if (known.Has(kind)
                    && ScoreOf(shape, kind, KindTable.NeedOf(kind), value, chunks, hasLetters, end) is var score and > 0)
                {
                    findings.Add(kind, _start, end, score);
                }
            }
        }

        private int ScoreOf(int shape, Kind kind, ContextNeed need, scoped ReadOnlySpan<char> value, scoped ReadOnlySpan<Chunk> chunks, bool hasLetters, int end)
        {
            int prefix = RuleTable.PrefixOf(shape);
            if (!IsAlone(end) && (prefix == 0 ? BeginsWithWord(chunks) : chunks[0].Length == prefix && char.IsAsciiLetterLower(_text[_start])))
            {
                return 0;
            }

            (bool isUsual, bool isGrouped) = Layouts.Match(RuleTable.LayoutsOf(shape), chunks, prefix, RuleTable.BodyOf(shape));
            bool hasCheck = !RuleTable.HasNoCheck(shape);
            Meaning meaning = Words(end);
            Meaning question = _context.Question;
            bool isCountry = meaning.Country.Has(kind);
            bool isNamed = meaning.Named.Has(kind) || question.Named.Has(kind);
            bool isShared = (meaning.Shared.Has(kind) || question.Shared.Has(kind)) && (hasCheck || isCountry || question.Country.Has(kind)) && (isUsual || chunks.Length == 1);
            bool isAlone = false;
            if (!isNamed && !isShared)
            {
                bool isEnough = need == ContextNeed.None ? isUsual || RuleTable.TakesAnyLayout(shape) : need == ContextNeed.Bare && isUsual && isGrouped;

                // Of a row of digits alone a tenth passes any one check digit: only numbers that are handed over all by themselves.
                isAlone = !isEnough && IsAlone(end) && (hasLetters || isGrouped || need != ContextNeed.Always) && (hasCheck || (!hasLetters && need == ContextNeed.Bare && value.Length >= ShortestUnchecked) ? isUsual || (hasLetters && chunks.Length == 1) : hasLetters && isUsual && (!RuleTable.IsVague(shape) || CountDigits(value) >= FewestDigitsOfVague));
                if (!(isEnough || isAlone) || !StandsAlone(chunks, end) || (!hasLetters && meaning.Named.Has(Kind.Unrelated)))
                {
                    return 0;
                }
            }
            else if (ContinuesNumber(end) || (!hasCheck && _start > 1 && _text[_start - 1] == '-' && char.IsLetterOrDigit(_text[_start - 2])))
            {
                return 0;
            }

            if (!CheckProgram.Holds(RuleTable.ProgramOf(shape), value.Slice(prefix, RuleTable.BodyOf(shape))))
            {
                return 0;
            }

            int rank = isNamed ? hasCheck ? Ranks.NamedAndChecked : Ranks.Named : isShared ? isCountry ? Ranks.NamedAndChecked - 40 : Ranks.Named - 50 : isAlone ? Ranks.Alone : Ranks.Unnamed;
            return rank + (meaning.Nearest.Has(kind) ? 25 : 0) + (isCountry ? 30 : 0) + (isUsual ? 6 : 0) + (prefix > 0 ? 30 : 0) + (2 * Math.Min(value.Length, LongestThatCounts));
        }

        private static int CountDigits(scoped ReadOnlySpan<char> value)
        {
            int count = 0;
            foreach (char c in value)
            {
                count += char.IsAsciiDigit(c) ? 1 : 0;
            }

            return count;
        }

        private readonly bool IsAlone(int end) => _start == _alone.Start && end == _alone.End;

        // What the words and the question speak of.
        private KindSet MayBeNamed(int end)
        {
            Meaning meaning = Words(end);
            return meaning.Named | meaning.Shared | _context.Question.Named | _context.Question.Shared;
        }

        // The words before; when they name nothing, those behind: "44051401359 (PESEL)", unless they belong to the next number.
        private Meaning Words(int end)
        {
            const int Reach = 28;
            if (!_hasMeaning)
            {
                _meaning = _start == _wordsEnd ? ContextWords.AllBefore(_text, _start) : ContextWords.Of(_text[_wordsEnd.._start]);
                _hasMeaning = true;
            }

            Meaning meaning = _meaning;
            if ((meaning.Named & Topics.Kinds).IsEmpty && meaning.Shared.IsEmpty && end < _text.Length
                && _text.Slice(end, Math.Min(44, _text.Length - end)).IndexOfAnyInRange('0', '9') < 0)
            {
                meaning.Named |= ContextWords.After(_text, end, Topics.Kinds, stopAtNumbers: true, Reach);
            }

            return meaning;
        }

        // "number is 12345678": the word is no prefix of the number.
        private readonly bool BeginsWithWord(scoped ReadOnlySpan<Chunk> chunks)
        {
            if (chunks.Length < 2 || chunks[0].Length is < 2 or > LongestAffix)
            {
                return false;
            }

            ReadOnlySpan<char> word = _text.Slice(_start, chunks[0].Length);
            if (word.ContainsAnyInRange('0', '9') || char.IsAsciiLetterLower(word[0]))
            {
                return !word.ContainsAnyInRange('0', '9');
            }

            // In capitals among small letters even such a word is part of the number.
            int last = _text[.._start].LastIndexOfAnyInRange('A', 'z');
            bool isShouted = last >= 0 && char.IsAsciiLetterUpper(_text[last]);
            return StopWords.Has(word) && (word.ContainsAnyInRange('a', 'z') || isShouted);
        }

        // Digits on the other side of a sign that parts the digits of one number.
        private readonly bool ContinuesNumber(int end) =>
            (_start > 1 && _text[_start - 1] is '-' or '.' && char.IsAsciiDigit(_text[_start - 2]))
            || (end + 1 < _text.Length && _text[end] is '-' or '.' && char.IsAsciiDigit(_text[end + 1]));

        // Without a word beside it a number must not be a piece of something else: a path, an id, a sum, a longer row of digits.
        private readonly bool StandsAlone(scoped ReadOnlySpan<Chunk> chunks, int end)
        {
            if (_start > 0)
            {
                char before = _text[_start - 1];
                if (before is '$' or '\u20AC' or '\u00A3' or '+' or '@' or '%' or '#' or '\\' or '~' or '^' or '*' || Characters.IsMask(before)
                    || (_start > 1 && before is '-' or '.' or '/' or '_' or ':' or ',' && char.IsLetterOrDigit(_text[_start - 2]) && !(before is ':' && char.IsLetter(_text[_start - 2])))
                    || (_start > 1 && before is '/' or '-' && _text[_start - 2] == before))
                {
                    return false;
                }
            }

            if (end < _text.Length)
            {
                char after = _text[end];
                if (after is '@' or '%' or '$' or '\u20AC' or '\u00A3' or '*' || Characters.IsMask(after)
                    || (end + 1 < _text.Length && after is '-' or '.' or '/' or '_' or ':' or ',' && char.IsLetterOrDigit(_text[end + 1])))
                {
                    return false;
                }
            }

            bool hasSpaces = false;
            foreach (Chunk chunk in chunks)
            {
                hasSpaces |= chunk.GapBefore == Gap.Space;
            }

            return !hasSpaces
                || !((_start > 1 && _text[_start - 1] == ' ' && char.IsAsciiDigit(_text[_start - 2]))
                    || (end + 1 < _text.Length && _text[end] == ' ' && char.IsAsciiDigit(_text[end + 1])));
        }
    }
}
