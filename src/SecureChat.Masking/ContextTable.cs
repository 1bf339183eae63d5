namespace SecureChat.Masking;

/// <summary>
/// The context phrases by their first word, in one open hash table: a word is looked up once for all topics. Immutable, thread-safe.
/// </summary>
internal sealed class ContextTable
{
    private const int Size = 2048;

    private readonly Entry?[] _entries = new Entry?[Size];
    private readonly List<(string Text, Topics Topic)> _unspaced = [];

    /// <summary>Phrases in scripts without spaces between words: they are found inside a run of letters.</summary>
    public IReadOnlyList<(string Text, Topics Topic)> Unspaced => _unspaced;

    public ContextTable Add(Topics topic, params ReadOnlySpan<string> phrases)
    {
        foreach (string phrase in phrases)
        {
            if (phrase[0] >= ContextWords.FirstUnspaced)
            {
                _unspaced.Add((phrase, topic));
                continue;
            }

            int space = phrase.IndexOf(' ', StringComparison.Ordinal);
            Entry entry = GetOrAdd(space < 0 ? phrase : phrase[..space]);
            if (space < 0)
            {
                entry.Alone |= topic;
            }
            else
            {
                entry.Longer.Add((phrase[space..] + ' ', topic));
            }
        }

        return this;
    }

    /// <summary>Which of the wanted topics the word at the start speaks of, alone or with the words behind it.</summary>
    /// <param name="words">Words in lower case, one space between them.</param>
    /// <param name="length">Length of the first.</param>
    /// <param name="wanted">Topics to look for.</param>
    public Topics Find(ReadOnlySpan<char> words, int length, Topics wanted)
    {
        ReadOnlySpan<char> word = words[..length];
        for (int place = PlaceOf(word); _entries[place] is { } entry; place = (place + 1) % Size)
        {
            if (word.SequenceEqual(entry.Word))
            {
                Topics found = entry.Alone & wanted;
                foreach ((string following, Topics topic) in entry.Longer)
                {
                    if ((topic & wanted) != 0 && words[length..].StartsWith(following))
                    {
                        found |= topic;
                    }
                }

                return found;
            }
        }

        return Topics.None;
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

    // Four characters and the length tell these words apart well enough.
    private static int PlaceOf(ReadOnlySpan<char> word)
    {
        uint hash = (uint)word.Length;
        hash = (hash * 0x9E3779B1) ^ word[0];
        hash = (hash * 0x9E3779B1) ^ word[^1];
        hash = (hash * 0x9E3779B1) ^ word[word.Length / 2];
        hash = (hash * 0x9E3779B1) ^ word[word.Length / 4];
        return (int)((hash * 0x9E3779B1) >> 21);
    }

    private sealed class Entry(string word)
    {
        public string Word { get; } = word;

        public Topics Alone { get; set; }

        public List<(string Following, Topics Topic)> Longer { get; } = [];
    }
}
