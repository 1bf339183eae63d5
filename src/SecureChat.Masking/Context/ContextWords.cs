using System.Runtime.CompilerServices;

namespace SecureChat.Masking;

/// <summary>
/// Words near a value that say what it is. Compared on a lower-case copy of a bounded neighbourhood in which everything but letters
/// is a space, so that "cardNumber", "card_number" and "Card-Number:" are one spelling. Thread-safe.
/// </summary>
internal static class ContextWords
{
    /// <summary>From here on scripts put no spaces between words.</summary>
    public const char FirstUnspaced = '\u3000';

    /// <summary>Room for one neighbourhood.</summary>
    private const int BufferLength = 96;

    private const int Reach = 72;

    // Keeps many numbers behind one long mask from a look at it all each.
    private const int MaxSkipped = 256;

    private static readonly ContextTable Table = ContextTable.Parse(WordTable.Data);

    // ASCII letters in lower case; a space for everything else.
    private static ReadOnlySpan<byte> LowerAscii =>
        "                                "u8 +
        "                                "u8 +
        " abcdefghijklmnopqrstuvwxyz     "u8 +
        " abcdefghijklmnopqrstuvwxyz     "u8;

    /// <summary>Which of the wanted kinds the words before a place, nearest 72 characters, name; the nearest one that does decides.</summary>
    [SkipLocalsInit]
    public static KindSet Before(ReadOnlySpan<char> text, int place, KindSet wanted, bool stopAtNumbers, int reach = Reach)
    {
        var words = new WordsBefore(text, place, stopAtNumbers, reach, stackalloc char[BufferLength]);
        while (words.MoveNext())
        {
            var meaning = default(Meaning);
            if (Table.Find(words.Current, words.Length, ref meaning)
                && ((words.IsInCapitals ? meaning.Named | meaning.Capitals : meaning.Named) & wanted) is { IsEmpty: false } found)
            {
                return found;
            }
        }

        return words.HasUnspaced ? FindUnspaced(words.Current).Named & wanted : default;
    }

    /// <summary>Everything that the words before a place say, up to the number before it.</summary>
    [SkipLocalsInit]
    public static Meaning AllBefore(ReadOnlySpan<char> text, int place) =>
        AllBefore(text, place, stopAtNumbers: true, Reach, stackalloc char[BufferLength]);

    private static Meaning AllBefore(ReadOnlySpan<char> text, int place, bool stopAtNumbers, int reach, Span<char> room)
    {
        var all = default(Meaning);
        var words = new WordsBefore(text, place, stopAtNumbers, reach, room);
        while (words.MoveNext())
        {
            var meaning = default(Meaning);
            if (Table.Find(words.Current, words.Length, ref meaning))
            {
                if (words.IsInCapitals)
                {
                    meaning.Named |= meaning.Capitals;
                }

                all.Nearest = all.Nearest.IsEmpty ? meaning.Named : all.Nearest;
                all.Add(meaning);
            }
        }

        if (words.HasUnspaced)
        {
            all.Add(FindUnspaced(words.Current));
        }

        return all;
    }

    /// <summary>Which of the wanted kinds the words after a place name; the nearest one that does decides.</summary>
    [SkipLocalsInit]
    public static KindSet After(ReadOnlySpan<char> text, int place, KindSet wanted, bool stopAtNumbers, int reach)
    {
        Span<char> words = stackalloc char[BufferLength];
        int at = 0;
        words[at++] = ' ';
        bool unspaced = false;
        int i = place;
        for (int steps = 0; i < text.Length && steps < reach && at < words.Length - 2; i++, steps++)
        {
            char c = text[i];
            char lower;
            if (c < 0x80)
            {
                if (stopAtNumbers && char.IsAsciiDigit(c) && !IsPartOfWord(text, i))
                {
                    break;
                }

                lower = (char)LowerAscii[c];
            }
            else
            {
                if (Characters.IsMask(c))
                {
                    if (stopAtNumbers)
                    {
                        break;
                    }

                    while (i + 1 < text.Length && Characters.IsMask(text[i + 1]))
                    {
                        i++;
                    }
                }

                lower = char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ';
                unspaced |= c >= FirstUnspaced;
            }

            if (lower != ' ' || words[at - 1] != ' ')
            {
                words[at++] = lower;
            }
        }

        if (words[at - 1] != ' ' && (i >= text.Length || !char.IsLetter(text[i])))
        {
            words[at++] = ' ';
        }

        KindSet found = FindIn(words[..at], wanted);
        return found.IsEmpty && unspaced ? FindUnspaced(words[..at]).Named & wanted : found;
    }

    /// <summary>Everything that the last words of a message say: what its writer asks for.</summary>
    [SkipLocalsInit]
    public static Meaning AllIn(ReadOnlySpan<char> text)
    {
        const int Look = 720;
        return AllBefore(text, text.Length, stopAtNumbers: false, Look, stackalloc char[Look + BufferLength]);
    }

    /// <summary>Whether one word alone names one of the wanted kinds.</summary>
    public static bool Is(ReadOnlySpan<char> word, KindSet wanted) => !(Of(word).Named & wanted).IsEmpty;

    /// <summary>What one word alone says.</summary>
    [SkipLocalsInit]
    public static Meaning Of(ReadOnlySpan<char> word)
    {
        var meaning = default(Meaning);
        Span<char> words = stackalloc char[BufferLength];
        if (word.Length > words.Length - 1)
        {
            return meaning;
        }

        for (int i = 0; i < word.Length; i++)
        {
            words[i] = char.ToLowerInvariant(word[i]);
        }

        words[word.Length] = ' ';
        Table.Find(words[..(word.Length + 1)], word.Length, ref meaning);
        if (word.Length > 0 && word[0] >= FirstUnspaced)
        {
            meaning.Add(FindUnspaced(words[..word.Length]));
        }

        return meaning;
    }

    // cvv2, cvc2: one digit on a word belongs to the word.
    private static bool IsPartOfWord(ReadOnlySpan<char> text, int i) =>
        i > 0 && char.IsAsciiLetter(text[i - 1]) && (i + 1 >= text.Length || !char.IsAsciiDigit(text[i + 1]));

    // Words that end with a space; a last one without goes on to the right and is no whole word.
    private static KindSet FindIn(ReadOnlySpan<char> words, KindSet wanted)
    {
        for (int start = 1, length; start < words.Length && (length = words[start..].IndexOf(' ')) > 0; start += length + 1)
        {
            var meaning = default(Meaning);
            if (Table.Find(words[start..], length, ref meaning) && (meaning.Named & wanted) is { IsEmpty: false } found)
            {
                return found;
            }
        }

        return default;
    }

    private static Meaning FindUnspaced(ReadOnlySpan<char> words)
    {
        var found = default(Meaning);
        foreach ((string text, Meaning meaning) in Table.Unspaced)
        {
            if (words.IndexOf(text) >= 0)
            {
                found.Add(meaning);
            }
        }

        return found;
    }

    /// <summary>The words before a place, nearest first, each with those behind it; lower case, one space between them.</summary>
    private ref struct WordsBefore
    {
        private readonly ReadOnlySpan<char> _text;
        private readonly Span<char> _words;
        private readonly int _place;
        private readonly int _reach;
        private readonly bool _stopAtNumbers;
        private int _i;
        private int _steps;
        private int _at;
        private int _end;
        private bool _isOver;

        public WordsBefore(ReadOnlySpan<char> text, int place, bool stopAtNumbers, int reach, Span<char> room)
        {
            _text = text;
            _words = room;
            _place = place;
            _reach = reach;
            _stopAtNumbers = stopAtNumbers;
            _i = place - 1;
            _at = room.Length - 1;
            _words[_at] = ' ';
            _end = _at;
        }

        /// <summary>The word and all words behind it.</summary>
        public readonly ReadOnlySpan<char> Current => _words[_at..];

        /// <summary>Length of the word.</summary>
        public readonly int Length => _end - _at;

        public bool HasUnspaced { get; private set; }

        /// <summary>Whether the text has the word in capitals.</summary>
        public readonly bool IsInCapitals => Length >= 2 && char.IsUpper(_text[_i + 1]) && char.IsUpper(_text[_i + 2]);

        public bool MoveNext()
        {
            if (_isOver)
            {
                return false;
            }

            // Begin the next word behind a space.
            if (_words[_at] != ' ')
            {
                _words[--_at] = ' ';
                _end = _at;
                if (!Step())
                {
                    return Finish();
                }
            }

            for (; _i >= 0 && _steps < _reach && _at > 1; _i--, _steps++)
            {
                char lower = Read();
                if (lower == '\0')
                {
                    break;
                }

                // cardNumber: a capital ends the word that follows it to the left.
                char c = _text[_i];
                bool camel = char.IsAsciiLetterLower(c) && _i + 1 < _place && char.IsAsciiLetterUpper(_text[_i + 1]);
                if ((lower == ' ' || camel) && _words[_at] != ' ')
                {
                    return true;
                }

                if (lower != ' ')
                {
                    _words[--_at] = lower;
                }
            }

            return Finish();
        }

        // The character at which the last word ended: a space, or the end of the word to its left.
        private bool Step()
        {
            char lower = Read();
            if (lower == '\0')
            {
                return false;
            }

            if (lower != ' ')
            {
                _words[--_at] = lower;
            }

            _i--;
            _steps++;
            return true;
        }

        // What goes on to the left is no whole word.
        private bool Finish()
        {
            _isOver = true;
            return _words[_at] != ' ' && (_i < 0 || !char.IsLetter(_text[_i]));
        }

        // The character in lower case, a space for what is no letter, and '\0' where the look ends.
        private char Read()
        {
            char c = _text[_i];
            if (c < 0x80)
            {
                return _stopAtNumbers && char.IsAsciiDigit(c) && !IsPartOfWord(_text, _i) ? '\0' : (char)LowerAscii[c];
            }

            if (Characters.IsMask(c))
            {
                if (_stopAtNumbers)
                {
                    return '\0';
                }

                // A run of mask characters counts as one, whatever its length: masking must not bring words closer.
                for (int skipped = 0; skipped < MaxSkipped && _i > 0 && Characters.IsMask(_text[_i - 1]); skipped++)
                {
                    _i--;
                }

                return ' ';
            }

            HasUnspaced |= c >= FirstUnspaced;
            return char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ';
        }
    }
}
