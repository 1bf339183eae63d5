using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SecureChat.Masking;

/// <summary>Finds a <see cref="MaskingPattern"/>. Thread-safe.</summary>
internal sealed class PatternDetector : ISensitiveDataDetector
{
    /// <summary>A longer match is none.</summary>
    public const int LongestMatch = 256;

    private const int LongestPattern = 512;
    private const int LongestWord = 64;
    private const int MostWords = 64;
    private const int ReachBefore = 72;
    private const int ReachAfter = 32;

    private const string OrdinaryText = "Hello there, I would like to ask about the delivery of my last order, which was due on Monday at 10:30. Thank you very much!";

    private readonly Regex _pattern;
    private readonly Func<ReadOnlySpan<char>, bool>? _checksum;
    private readonly string[] _words;

    /// <exception cref="ArgumentException">The pattern is wrong; the message says how, and what to do.</exception>
    public PatternDetector(MaskingPattern pattern)
    {
        if (!OwnKinds.IsOwn(pattern.Kind))
        {
            throw new ArgumentException($"The kind \"{pattern.Kind}\" of a pattern must begin with \"x-\" and go on in lower-case letters, digits (at most four) and dashes, 64 characters at most, for example \"x-customer-number\".", nameof(pattern));
        }

        string name = $"The pattern of \"{pattern.Kind}\"";
        if (pattern.Pattern is not { Length: > 0 and <= LongestPattern })
        {
            throw new ArgumentException($"{name} must have 1 to {LongestPattern} characters.", nameof(pattern));
        }

        try
        {
            _pattern = new Regex(pattern.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException fault)
        {
            throw new ArgumentException($"{name} could run away, and is not taken: {fault.Message} Say it without look-around, back-references and atomic groups, and with smaller repetitions.", nameof(pattern), fault);
        }
        catch (RegexParseException fault)
        {
            throw new ArgumentException($"{name} is no regular expression: at character {fault.Offset}, {fault.Error}.", nameof(pattern), fault);
        }

        if (_pattern.IsMatch(string.Empty))
        {
            throw new ArgumentException($"{name} matches nothing at all, so it would match everywhere. Demand at least one character.", nameof(pattern));
        }

        foreach (ValueMatch match in _pattern.EnumerateMatches(OrdinaryText))
        {
            throw new ArgumentException($"{name} takes ordinary text, such as \"{OrdinaryText.AsSpan(match.Index, Math.Min(match.Length, 24))}\". Name the characters and the length that a value has.", nameof(pattern));
        }

        Kinds = [pattern.Kind];
        _checksum = pattern.Checksum is null ? null : Checksums.Find(pattern.Checksum) ?? throw new ArgumentException($"{name} names the checksum \"{pattern.Checksum}\". There are {string.Join(", ", Checksums.Names)}.", nameof(pattern));
        if (pattern.Words.Count > MostWords || pattern.Words.Any(static word => string.IsNullOrWhiteSpace(word) || word.Length > LongestWord || !word.Any(char.IsLetter)))
        {
            throw new ArgumentException($"The words of \"{pattern.Kind}\" must be at most {MostWords} of at most {LongestWord} characters, with letters in them.", nameof(pattern));
        }

        _words = [.. pattern.Words.Select(static word => Simplify(word.Trim()))];
        foreach (string example in pattern.Examples)
        {
            if (!Finds(_words.Length > 0 ? $"{pattern.Words[0]} {example}" : example))
            {
                throw new ArgumentException($"\"{pattern.Kind}\" is not found in its example \"{example}\".", nameof(pattern));
            }
        }

        foreach (string example in pattern.CounterExamples)
        {
            if (Finds(example))
            {
                throw new ArgumentException($"\"{pattern.Kind}\" is found in its counter-example \"{example}\".", nameof(pattern));
            }
        }
    }

    public IReadOnlyList<string> Kinds { get; }

    public void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates)
    {
        foreach (ValueMatch match in _pattern.EnumerateMatches(text))
        {
            // The engine is linear in the text for each match: many long ones are what could add up.
            if (!candidates.Spend(64 + match.Length))
            {
                return;
            }

            if (match.Length is > 0 and <= LongestMatch && Checks(text.Slice(match.Index, match.Length))
                && (_words.Length == 0 || candidates.AskedFor.Contains(Kinds[0]) || HasWord(text, match.Index, match.Index + match.Length)))
            {
                candidates.Add(Kinds[0], match.Index, match.Length, _checksum is not null || _words.Length > 0 ? 0.95 : 0.8);
            }
        }
    }

    /// <summary>Whether a question asks for it.</summary>
    public bool IsAskedIn(ReadOnlySpan<char> question) => _words.Length > 0 && HasWord(Simplify(question.ToString()));

    public override string ToString() => nameof(PatternDetector);

    private static string Simplify(string text)
    {
        var simple = new StringBuilder(text.Length);
        foreach (char c in text.Normalize(NormalizationForm.FormD))
        {
            bool isText = char.IsLetterOrDigit(c);
            if (isText || (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && (simple.Length == 0 || simple[^1] != ' ')))
            {
                simple.Append(isText ? char.ToLowerInvariant(c) : ' ');
            }
        }

        return simple.ToString();
    }

    private bool Finds(string text)
    {
        var candidates = new SensitiveDataCandidates(Kinds, [], text.Length, long.MaxValue);
        Detect(text, candidates);
        return candidates.Items.Count > 0;
    }

    private bool Checks(ReadOnlySpan<char> value)
    {
        if (_checksum is null)
        {
            return true;
        }

        Span<char> compact = stackalloc char[LongestMatch];
        int length = 0;
        foreach (char c in value)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                compact[length++] = char.ToUpperInvariant(c);
            }
        }

        bool holds = _checksum(compact[..length]);
        compact[..length].Clear();
        return holds;
    }

    private bool HasWord(ReadOnlySpan<char> text, int start, int end)
    {
        int from = Math.Max(0, start - ReachBefore);
        int to = Math.Min(text.Length, end + ReachAfter);
        return HasWord(Simplify(text[from..start].ToString())) || HasWord(Simplify(text[end..to].ToString()));
    }

    private bool HasWord(ReadOnlySpan<char> simple)
    {
        foreach (string word in _words)
        {
            for (int at = 0, next; (next = simple[at..].IndexOf(word, StringComparison.Ordinal)) >= 0; at += next + 1)
            {
                int first = at + next;
                int behind = first + word.Length;
                if ((first == 0 || !char.IsLetter(simple[first - 1])) && (behind == simple.Length || !char.IsLetter(simple[behind])))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
