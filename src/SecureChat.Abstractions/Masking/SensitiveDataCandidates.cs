namespace SecureChat;

/// <summary>What one call of an <see cref="ISensitiveDataDetector"/> found, and the steps it has left. Not thread-safe; of no use behind the call.</summary>
public sealed class SensitiveDataCandidates
{
    /// <summary>Most characters that a detector is given at once.</summary>
    public const int MaxLength = 16_384;

    private const int MostCandidates = 1024;

    private readonly List<SensitiveSpan> _items = [];
    private readonly IReadOnlyList<string> _kinds;
    private readonly int _length;
    private long _steps;

    internal SensitiveDataCandidates(IReadOnlyList<string> kinds, IReadOnlyList<string> askedFor, int length, long steps)
    {
        _kinds = kinds;
        _length = length;
        _steps = steps;
        AskedFor = askedFor;
    }

    /// <summary>Kinds that the other side's last message asked for, as far as SecureChat knows them. Default: none.</summary>
    public IReadOnlyList<string> AskedFor { get; }

    internal IReadOnlyList<SensitiveSpan> Items => _items;

    /// <summary>Whether what was added does not fit, or is too much, or the steps are used up: then the message is held.</summary>
    internal bool IsOverrun { get; private set; }

    /// <summary>Adds a value. Overlapping ones may be added: the most confident stands.</summary>
    /// <param name="kind">One of the detector's kinds.</param>
    /// <param name="start">Its first character in the text that the detector was given.</param>
    /// <param name="length">Its length, 1 or more.</param>
    /// <param name="confidence">How sure it is, above 0 to 1. Above 0.35 it stands against a card number with little evidence, above 0.85 against any. Default: 0.9.</param>
    public void Add(string kind, int start, int length, double confidence = 0.9)
    {
        if (start < 0 || length <= 0 || start > _length - length || !(confidence is > 0 and <= 1) || !_kinds.Contains(kind, StringComparer.Ordinal) || _items.Count == MostCandidates)
        {
            IsOverrun = true;
            return;
        }

        _items.Add(new SensitiveSpan { Kind = kind, Start = start, Length = length, Confidence = confidence });
    }

    /// <summary>Counts work. A loop calls it for each turn, and ends when it answers false.</summary>
    /// <param name="steps">How many.</param>
    /// <returns>False when there are none left; the message is held then.</returns>
    public bool Spend(int steps = 1)
    {
        _steps -= Math.Max(1, steps);
        IsOverrun |= _steps < 0;
        return _steps >= 0;
    }

    /// <summary>The type and how much was found.</summary>
    public override string ToString() => $"{nameof(SensitiveDataCandidates)} {_items.Count}";
}
