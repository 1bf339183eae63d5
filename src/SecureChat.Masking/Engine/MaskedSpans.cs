using System.Buffers;

namespace SecureChat.Masking;

/// <summary>One hidden place in offsets of the original.</summary>
internal readonly record struct MaskedSpan(Kind Kind, int Start, int End, double Confidence, KindSet Others = default, MaskAction Action = MaskAction.Mask)
{
    public int Length => End - Start;
}

/// <summary>The hidden places of one text, in the caller's memory first and in pooled memory when there are many.</summary>
internal ref struct MaskedSpans
{
    /// <summary>Room for the places of an ordinary message.</summary>
    public const int Usual = 4;

    private Span<MaskedSpan> _items;
    private MaskedSpan[]? _rented;

    public MaskedSpans(Span<MaskedSpan> room) => _items = room;

    public int Count { get; private set; }

    public readonly Span<MaskedSpan> Items => _items[..Count];

    public void Add(MaskedSpan span)
    {
        if (Count == _items.Length)
        {
            MaskedSpan[] larger = ArrayPool<MaskedSpan>.Shared.Rent(Count * 2);
            Items.CopyTo(larger);
            Dispose();
            _rented = larger;
            _items = larger;
        }

        _items[Count++] = span;
    }

    /// <summary>Whether a place touches one of the first <paramref name="sorted"/>, which are in order and do not overlap.</summary>
    public readonly bool Overlaps(int sorted, int start, int end)
    {
        int low = 0;
        int high = sorted;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_items[middle].End <= start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < sorted && _items[low].Start < end;
    }

    /// <summary>Puts the places in order.</summary>
    public readonly void Sort() => Items.Sort(static (one, other) =>
    {
        int order = one.Start.CompareTo(other.Start);
        return order != 0 ? order : ((int)one.Kind).CompareTo((int)other.Kind);
    });

    /// <summary>
    /// Puts the places in order. Those that overlap become one, hidden whole: what two masks keep of one text could be put together.
    /// </summary>
    public void Merge(scoped Span<char> work)
    {
        if (Count < 2)
        {
            return;
        }

        Sort();
        int kept = 0;
        for (int i = 1; i < Count; i++)
        {
            MaskedSpan last = _items[kept];
            MaskedSpan next = _items[i];
            if (next.Start < last.End)
            {
                _items[kept] = new MaskedSpan(last.Kind, last.Start, Math.Max(last.End, next.End), Math.Max(last.Confidence, next.Confidence), Action: Stricter(last.Action, next.Action));
                MaskWriter.HideAll(work[last.Start..Math.Max(last.End, next.End)]);
            }
            else
            {
                _items[++kept] = next;
            }
        }

        Count = kept + 1;
    }

    public readonly SensitiveSpan[] ToArray(OwnKinds own)
    {
        if (Count == 0)
        {
            return [];
        }

        var spans = new SensitiveSpan[Count];
        for (int i = 0; i < spans.Length; i++)
        {
            MaskedSpan span = _items[i];
            spans[i] = new SensitiveSpan { Kind = own.IdOf(span.Kind), Start = span.Start, Length = span.Length, Confidence = span.Confidence, OtherKinds = own.IdsOf(span.Others), Action = span.Action };
        }

        return spans;
    }

    // What holds a value that may not be sent may not be sent; two values in one are no one value that could be sealed.
    private static MaskAction Stricter(MaskAction one, MaskAction other) =>
        one == MaskAction.Block || other == MaskAction.Block ? MaskAction.Block : one == other && one != MaskAction.Seal ? one : MaskAction.Mask;

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<MaskedSpan>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
