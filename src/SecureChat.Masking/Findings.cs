using System.Buffers;

namespace SecureChat.Masking;

/// <summary>The kinds of this engine, strongest claim first: where two overlap, the first one stands.</summary>
internal enum FoundKind
{
    Email,
    Iban,
    PaymentCard,
    UsSsn,
    CardSecurityCode,
    Phone,
}

/// <summary>One value in folded offsets.</summary>
internal readonly record struct Finding(FoundKind Kind, int Start, int End, int Score)
{
    public string KindId => Kind switch
    {
        FoundKind.Email => DataKinds.Email,
        FoundKind.Iban => DataKinds.Iban,
        FoundKind.PaymentCard => DataKinds.PaymentCard,
        FoundKind.UsSsn => DataKinds.UsSsn,
        FoundKind.CardSecurityCode => DataKinds.CardSecurityCode,
        _ => DataKinds.Phone,
    };
}

/// <summary>A growing list on pooled memory: offsets only, no text.</summary>
internal ref struct Findings
{
    private Finding[]? _items;
    private int _count;

    public readonly int Count => _count;

    public readonly Span<Finding> Items => _items.AsSpan(0, _count);

    public void Add(FoundKind kind, int start, int end, int score)
    {
        if (_items is null || _count == _items.Length)
        {
            Finding[] larger = ArrayPool<Finding>.Shared.Rent(Math.Max(16, _count * 2));
            Items.CopyTo(larger);
            Dispose();
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
            int order = one.Kind.CompareTo(other.Kind);
            order = order != 0 ? order : other.Score.CompareTo(one.Score);
            order = order != 0 ? order : one.Start.CompareTo(other.Start);
            return order != 0 ? order : other.End.CompareTo(one.End);
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
        if (_items is not null)
        {
            ArrayPool<Finding>.Shared.Return(_items);
            _items = null;
        }
    }
}
