using System.Numerics;
using System.Runtime.CompilerServices;

namespace SecureChat.Masking;

/// <summary>A set of kinds: one bit each, those of a host's own in the last word. Immutable.</summary>
internal readonly struct KindSet : IEquatable<KindSet>
{
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;
    private readonly ulong _e;

    private KindSet(ulong a, ulong b, ulong c, ulong d, ulong e)
    {
        _a = a;
        _b = b;
        _c = c;
        _d = d;
        _e = e;
    }

    /// <summary>Every kind.</summary>
    public static KindSet All => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    public bool IsEmpty => (_a | _b | _c | _d | _e) == 0;

    public int Count => BitOperations.PopCount(_a) + BitOperations.PopCount(_b) + BitOperations.PopCount(_c) + BitOperations.PopCount(_d) + BitOperations.PopCount(_e);

    public static KindSet Of(Kind kind)
    {
        ulong bit = 1UL << ((int)kind & 63);
        return ((int)kind >> 6) switch
        {
            0 => new KindSet(bit, 0, 0, 0, 0),
            1 => new KindSet(0, bit, 0, 0, 0),
            2 => new KindSet(0, 0, bit, 0, 0),
            3 => new KindSet(0, 0, 0, bit, 0),
            _ => new KindSet(0, 0, 0, 0, bit),
        };
    }

    public static KindSet operator |(KindSet one, KindSet other) => new(one._a | other._a, one._b | other._b, one._c | other._c, one._d | other._d, one._e | other._e);

    public static KindSet operator &(KindSet one, KindSet other) => new(one._a & other._a, one._b & other._b, one._c & other._c, one._d & other._d, one._e & other._e);

    public static KindSet operator ~(KindSet set) => new(~set._a, ~set._b, ~set._c, ~set._d, ~set._e);

    public static bool operator ==(KindSet one, KindSet other) => one.Equals(other);

    public static bool operator !=(KindSet one, KindSet other) => !one.Equals(other);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(Kind kind)
    {
        ulong word = ((int)kind >> 6) switch
        {
            0 => _a,
            1 => _b,
            2 => _c,
            3 => _d,
            _ => _e,
        };
        return (word >> ((int)kind & 63) & 1) != 0;
    }

    public bool Equals(KindSet other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d && _e == other._e;

    public override bool Equals(object? obj) => obj is KindSet other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d, _e);

    public override string ToString() => $"{nameof(KindSet)} {Count}";
}
