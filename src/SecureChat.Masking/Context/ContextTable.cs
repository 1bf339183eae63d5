using System.Globalization;

namespace SecureChat.Masking;

/// <summary>
/// The context phrases by their first word, in one open hash table: a word is looked up once for all kinds. Immutable, thread-safe.
/// </summary>
internal sealed class ContextTable
{
    private const int Size = 4096;

    private readonly Entry?[] _entries = new Entry?[Size];
    private readonly List<(string Text, Meaning Meaning)> _unspaced = [];

    /// <summary>Phrases in scripts without spaces between words: they are found inside a run of letters.</summary>
    public IReadOnlyList<(string Text, Meaning Meaning)> Unspaced => _unspaced;

    /// <summary>Reads the table that the rule files give.</summary>
    public static ContextTable Parse(string data)
    {
        var table = new ContextTable();
        Span<Range> parts = stackalloc Range[6];
        foreach (ReadOnlySpan<char> line in data.AsSpan().EnumerateLines())
        {
            int count = line.Split(parts, '|');
            KindSet named = default, capitals = default, shared = default, country = default;
            for (int i = 1; i < count; i++)
            {
                ReadOnlySpan<char> part = line[parts[i]];
                KindSet kinds = default;
                foreach (Range number in part[1..].Split(','))
                {
                    kinds |= KindSet.Of((Kind)ushort.Parse(part[1..][number], NumberStyles.None, CultureInfo.InvariantCulture));
                }

                _ = part[0] switch { 'n' => named = kinds, 'u' => capitals = kinds, 's' => shared = kinds, _ => country = kinds };
            }

            table.Add(line[parts[0]].ToString(), new Meaning { Named = named, Capitals = capitals, Shared = shared, Country = country });
        }

        return table;
    }

    /// <summary>Adds what the word at the start speaks of, alone or with the words behind it.</summary>
    /// <param name="words">Words in lower case, one space between them.</param>
    /// <param name="length">Length of the first.</param>
    /// <param name="meaning">What is added to.</param>
    /// <returns>Whether the word is in the table.</returns>
    public bool Find(ReadOnlySpan<char> words, int length, ref Meaning meaning)
    {
        ReadOnlySpan<char> word = words[..length];
        for (int place = PlaceOf(word); _entries[place] is { } entry; place = (place + 1) % Size)
        {
            if (word.SequenceEqual(entry.Word))
            {
                meaning.Add(entry.Alone);
                foreach ((string following, Meaning longer) in entry.Longer)
                {
                    if (words[length..].StartsWith(following))
                    {
                        meaning.Add(longer);
                    }
                }

                return true;
            }
        }

        return false;
    }

    private void Add(string phrase, Meaning meaning)
    {
        if (phrase[0] >= ContextWords.FirstUnspaced)
        {
            _unspaced.Add((phrase, meaning));
            return;
        }

        int space = phrase.IndexOf(' ', StringComparison.Ordinal);
        Entry entry = GetOrAdd(space < 0 ? phrase : phrase[..space]);
        if (space < 0)
        {
            entry.Alone = meaning;
        }
        else
        {
            entry.Longer.Add((phrase[space..] + ' ', meaning));
        }
    }

    private Entry GetOrAdd(string word)
    {
        int place = PlaceOf(word);
        for (; _entries[place] is { } entry; place = (place + 1) % Size)
        {
            if (string.Equals(entry.Word, word, StringComparison.Ordinal))
            {
                return entry;
            }
        }

        return _entries[place] = new Entry(word);
    }

    // Six characters and the length tell these words apart well enough.
    private static int PlaceOf(ReadOnlySpan<char> word)
    {
        uint hash = (uint)word.Length;
        hash = (hash * 0x9E3779B1) ^ word[0];
        hash = (hash * 0x9E3779B1) ^ word[^1];
        hash = (hash * 0x9E3779B1) ^ word[word.Length / 2];
        hash = (hash * 0x9E3779B1) ^ word[word.Length / 4];
        hash = (hash * 0x9E3779B1) ^ word[word.Length * 3 / 4];
        hash = (hash * 0x9E3779B1) ^ word[Math.Min(1, word.Length - 1)];
        return (int)((hash * 0x9E3779B1) >> 20);
    }

    private sealed class Entry(string word)
    {
        public string Word { get; } = word;

        public Meaning Alone { get; set; }

        public List<(string Following, Meaning Meaning)> Longer { get; } = [];
    }
}
