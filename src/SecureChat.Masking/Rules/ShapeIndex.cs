using System.Runtime.CompilerServices;

namespace SecureChat.Masking;

/// <summary>
/// Which shapes of one length a row of characters fits, all shapes at once: for each place and character one bit for each shape. Made when the first value of
/// its length is looked at. Immutable afterwards, thread-safe.
/// </summary>
internal sealed class ShapeIndex
{
    /// <summary>Most shapes of one length: two words of bits.</summary>
    public const int MaxShapes = 128;

    // 0 to 9 and A to Z.
    private const int Codes = 36;

    private static readonly ShapeIndex?[] Made = new ShapeIndex?[2 * (RuleTable.MaxLength + 2)];

    private readonly ulong[] _bits;

    private ShapeIndex(int length, int from, int to)
    {
        First = from;
        _bits = new ulong[length * Codes * 2];
        for (int shape = from; shape < to; shape++)
        {
            ReadOnlySpan<ulong> sets = RuleTable.SetsOf(shape, length);
            int word = (shape - from) >> 6;
            ulong bit = 1UL << ((shape - from) & 63);
            for (int place = 0; place < length; place++)
            {
                for (int code = 0; code < Codes; code++)
                {
                    _bits[(((place * Codes) + code) * 2) + word] |= (sets[place] >> code & 1) != 0 ? bit : 0;
                }
            }
        }
    }

    /// <summary>Number of the first shape.</summary>
    public int First { get; }

    /// <summary>The index of a length; null when no shape has it.</summary>
    public static ShapeIndex? Of(int length, bool hasLetters)
    {
        int at = length + (hasLetters ? RuleTable.MaxLength + 2 : 0);
        return Volatile.Read(ref Made[at]) ?? Make(length, hasLetters, at);
    }

    /// <summary>The shapes that characters, as numbers 0 to 35, fit: the first 64, and those behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (ulong Low, ulong High) Fitting(ReadOnlySpan<byte> codes)
    {
        ulong low = ulong.MaxValue;
        ulong high = ulong.MaxValue;
        ReadOnlySpan<ulong> bits = _bits;
        for (int place = 0; place < codes.Length && (low | high) != 0; place++)
        {
            int at = ((place * Codes) + codes[place]) * 2;
            low &= bits[at];
            high &= bits[at + 1];
        }

        return (low, high);
    }

    private static ShapeIndex? Make(int length, bool hasLetters, int at)
    {
        (int from, int to) = RuleTable.ShapesOf(length, hasLetters);
        if (from == to)
        {
            return null;
        }

        // Two that are made at the same time are equal.
        var made = new ShapeIndex(length, from, to);
        Volatile.Write(ref Made[at], made);
        return made;
    }
}
