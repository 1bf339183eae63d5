using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ExistingApp;

/// <summary>The second factor that this app's clerks have: an authenticator app (TOTP, RFC 6238), one key for the one clerk.</summary>
internal static class ClerkAuthenticator
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(20);

    /// <summary>What an authenticator app is given, in base 32.</summary>
    public static string Key { get; } = string.Concat(Enumerable.Range(0, 32).Select(static i =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(int)((BinaryPrimitives.ReadUInt64BigEndian([0, 0, 0, .. Secret.AsSpan(i / 8 * 5, 5)]) >> (35 - (i % 8 * 5))) & 31)]));

    /// <summary>The time step whose code this is: the one of now or a neighbour, because clocks differ. Null for a code that is wrong.</summary>
    public static long? StepOf(string code, DateTimeOffset now)
    {
        long current = now.ToUnixTimeSeconds() / 30;
        for (long step = current - 1; step <= current + 1; step++)
        {
            if (string.Equals(Code(step), code.Trim(), StringComparison.Ordinal))
            {
                return step;
            }
        }

        return null;
    }

    private static string Code(long step)
    {
        byte[] counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 as every authenticator app speaks it.
        byte[] mac = HMACSHA1.HashData(Secret, counter);
#pragma warning restore CA5350
        int number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
