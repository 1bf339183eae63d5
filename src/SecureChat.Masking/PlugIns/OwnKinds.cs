namespace SecureChat.Masking;

/// <summary>The kinds that a host adds to those of the rule files: numbered behind them. Immutable, thread-safe.</summary>
internal sealed class OwnKinds
{
    /// <summary>Number of the first; those of the rule files are below.</summary>
    public const int First = 256;

    /// <summary>As many as a set has room for.</summary>
    public const int Most = 64;

    private const int LongestId = 64;

    private readonly string[] _ids;

    public OwnKinds(IEnumerable<string> ids)
    {
        _ids = [.. ids.Distinct(StringComparer.Ordinal)];
        if (_ids.Length > Most)
        {
            throw new ArgumentException($"An engine takes at most {Most} kinds of the host's own; these are {_ids.Length}.", nameof(ids));
        }
    }

    public static OwnKinds None { get; } = new([]);

    public int Count => _ids.Length;

    public IEnumerable<Kind> All => Enumerable.Range(First, Count).Select(static number => (Kind)number);

    /// <summary>Whether an id is of the form that a host's own has.</summary>
    public static bool IsOwn(string? id) =>
        id is ['x', '-', _, ..] && id.Length <= LongestId && id.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && id.Count(char.IsAsciiDigit) <= 4;

    public static bool Holds(Kind kind) => (int)kind >= First;

    public string IdOf(Kind kind) => Holds(kind) ? _ids[(int)kind - First] : KindTable.IdOf(kind);

    /// <summary>Ids of a set: those of the rule files in their order, then the host's own.</summary>
    public IReadOnlyList<string> IdsOf(KindSet kinds) =>
        kinds.IsEmpty ? [] : Count == 0 ? KindTable.IdsOf(kinds) : [.. KindTable.IdsOf(kinds), .. All.Where(kinds.Has).Select(IdOf)];

    public bool TryGet(string id, out Kind kind)
    {
        int index = Array.IndexOf(_ids, id);
        kind = (Kind)(First + index);
        return index >= 0 || KindTable.TryGet(id, out kind);
    }
}
