using System.Numerics;
using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// Checks a public P-256 point from outside. Done here and not left to the platform, so that Windows, Linux and macOS refuse
/// the same inputs: a point off the curve would leak the other side's private key bit by bit. Works on public data only, so
/// its time may vary.
/// </summary>
internal static class P256Point
{
    public const int Length = 65;
    public const int CoordinateLength = 32;

    private static readonly BigInteger P = Parse(Convert.FromHexString("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF"));
    private static readonly BigInteger B = Parse(Convert.FromHexString("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B"));

    /// <summary>
    /// Whether the bytes are an uncompressed SEC 1 point on P-256. The point at infinity has no such form, and the curve's
    /// cofactor is 1, so a point on the curve is in the right group.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> point)
    {
        if (point.Length != Length || point[0] != 0x04)
        {
            return false;
        }

        BigInteger x = Parse(point.Slice(1, CoordinateLength));
        BigInteger y = Parse(point[(1 + CoordinateLength)..]);
        if (x >= P || y >= P)
        {
            return false;
        }

        BigInteger right = ((x * x * x) - (3 * x) + B) % P;
        if (right.Sign < 0)
        {
            right += P;
        }

        return (y * y) % P == right;
    }

    /// <summary>The point as a key. Throws for anything <see cref="IsValid"/> refuses.</summary>
    public static ECDiffieHellman Import(ReadOnlySpan<byte> point)
    {
        if (!IsValid(point))
        {
            throw new CryptographicException("Not an uncompressed point on P-256.");
        }

        return ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = point.Slice(1, CoordinateLength).ToArray(),
                Y = point[(1 + CoordinateLength)..].ToArray(),
            },
        });
    }

    public static void Export(ECDiffieHellman key, Span<byte> point)
    {
        ECPoint q = key.ExportParameters(includePrivateParameters: false).Q;
        if (q.X is not { Length: CoordinateLength } x || q.Y is not { Length: CoordinateLength } y)
        {
            throw new CryptographicException("Not a P-256 key.");
        }

        point[0] = 0x04;
        x.CopyTo(point[1..]);
        y.CopyTo(point[(1 + CoordinateLength)..]);
    }

    private static BigInteger Parse(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);
}
