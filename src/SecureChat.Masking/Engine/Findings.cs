using System.Buffers;

namespace SecureChat.Masking;

/// <summary>One value in folded offsets. A higher score is a stronger claim.</summary>
internal readonly record struct Finding(Kind Kind, int Start, int End, int Score);

/// <summary>A growing list, in the caller's memory first and in pooled memory when there are many: offsets only, no text.</summary>
internal ref struct Findings
{
    /// <summary>Room for the findings of an ordinary message.</summary>
    public const int Usual = 4;

    private Span<Finding> _items;
    private Finding[]? _rented;
    private int _count;

    public Findings(Span<Finding> room) => _items = room;

    public readonly int Count => _count;

    public readonly Span<Finding> Items => _items[.._count];

    public void Add(Kind kind, int start, int end, int score)
    {
        if (_count == _items.Length)
        {
            Finding[] larger = ArrayPool<Finding>.Shared.Rent(_count * 2);
            Items.CopyTo(larger);
            Dispose();
            _rented = larger;
            _items = larger;
        }

        _items[_count++] = new Finding(kind, start, end, score);
    }

    /// <summary>Keeps, from item <paramref name="from"/> on, those that overlap no better one.</summary>
    public void Resolve(int from, int textLength)
    {
        if (_count - from < 2)
        {
            return;
        }

        Span<Finding> items = Items[from..];
        items.Sort(static (one, other) =>
        {
            int order = other.Score.CompareTo(one.Score);
            order = order != 0 ? order : one.Start.CompareTo(other.Start);
            order = order != 0 ? order : other.End.CompareTo(one.End);

            // As numbers: enums are compared as objects.
            return order != 0 ? order : ((int)one.Kind).CompareTo((int)other.Kind);
        });

        // One mark per character keeps this linear, whatever overlaps whatever.
        bool[] taken = ArrayPool<bool>.Shared.Rent(textLength);
        Span<bool> marks = taken.AsSpan(0, textLength);
        marks.Clear();
        int kept = 0;
        foreach (Finding item in items)
        {
            Span<bool> range = marks[item.Start..item.End];
            if (!range.Contains(true))
            {
                range.Fill(true);
                items[kept++] = item;
            }
        }

        ArrayPool<bool>.Shared.Return(taken);
        _count = from + kept;
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<Finding>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
