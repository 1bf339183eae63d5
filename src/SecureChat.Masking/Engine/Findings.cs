using System.Buffers;

namespace SecureChat.Masking;

/// <summary>One value in folded offsets. A higher score is a stronger claim; other kinds that the same characters may be stand beside it.</summary>
internal readonly record struct Finding(Kind Kind, int Start, int End, int Score, KindSet Others = default);

/// <summary>A growing list, in the caller's memory first and in pooled memory when there are many: offsets only, no text.</summary>
internal ref struct Findings
{
    /// <summary>Room for the findings of an ordinary message.</summary>
    public const int Usual = 4;

    // A much weaker claim is no other reading of the value, it is none.
    private const int Doubt = 200;

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

    /// <summary>Keeps the first ones.</summary>
    public void Truncate(int count) => _count = count;

    /// <summary>Keeps those of some kinds.</summary>
    public void Keep(KindSet kinds)
    {
        int kept = 0;
        foreach (Finding item in Items)
        {
            if (kinds.Has(item.Kind))
            {
                _items[kept++] = item with { Others = item.Others & kinds };
            }
        }

        _count = kept;
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

        // One mark per character keeps this linear, whatever overlaps whatever: the number of the finding that has it.
        int[] taken = ArrayPool<int>.Shared.Rent(textLength);
        Span<int> marks = taken.AsSpan(0, textLength);
        marks.Clear();
        int kept = 0;
        foreach (Finding item in items)
        {
            Span<int> range = marks[item.Start..item.End];
            if (!range.ContainsAnyExcept(0))
            {
                items[kept++] = item;
                range.Fill(kept);
            }
            else if (range[0] > 0 && items[range[0] - 1] is var better && better.Start == item.Start && better.End == item.End && better.Kind != item.Kind
                && better.Score - item.Score <= Doubt)
            {
                items[range[0] - 1] = better with { Others = better.Others | item.Others | KindSet.Of(item.Kind) };
            }
        }

        ArrayPool<int>.Shared.Return(taken);
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
