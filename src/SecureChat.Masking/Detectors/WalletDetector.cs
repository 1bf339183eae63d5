using System.Security.Cryptography;

namespace SecureChat.Masking;

/// <summary>
/// Cryptocurrency addresses: Base58Check (Bitcoin, Litecoin, Dogecoin, Tron, Ripple's own alphabet not), bech32 and bech32m (BIP 173,
/// BIP 350), and Ethereum (EIP-55: mixed case is its check; one case only beside a word for a wallet).
/// </summary>
internal static class WalletDetector
{
    private const int Shortest = 26;
    private const int Longest = 90;
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const string Bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, ref Findings findings)
    {
        int done = 0;
        foreach (DigitGroup group in digits.Groups)
        {
            if (group.Start < done)
            {
                continue;
            }

            int start = group.Start;
            while (start > done && char.IsAsciiLetterOrDigit(text[start - 1]))
            {
                start--;
            }

            int end = group.End;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
            {
                end++;
            }

            done = end;
            if (end - start is >= Shortest and <= Longest && IsWallet(text, start, end, context))
            {
                findings.Add(Kind.CryptoWallet, start, end, Ranks.Wallet);
            }
        }
    }

    private static bool IsWallet(ReadOnlySpan<char> text, int start, int end, MaskContext context)
    {
        ReadOnlySpan<char> value = text[start..end];
        if (value.Length == 42 && value.StartsWith("0x") && IsHex(value[2..]))
        {
            bool mixed = value[2..].ContainsAnyInRange('a', 'f') && value[2..].ContainsAnyInRange('A', 'F');
            return mixed ? HasEip55(value[2..]) : context.Asks(Kind.CryptoWallet) || ContextWords.AllBefore(text, start).Named.Has(Kind.CryptoWallet);
        }

        return value.Length <= 35 ? IsBase58Check(value) || IsBech32(value) : IsBech32(value);
    }

    private static bool IsHex(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    // 21 bytes (one says the network) and four of a double SHA-256 over them.
    private static bool IsBase58Check(ReadOnlySpan<char> value)
    {
        const int Bytes = 25;
        if (value.Length > 35 || value[0] is not ('1' or '3' or 'L' or 'M' or 'D' or '9' or 'A' or 'T' or 'm' or 'n' or '2'))
        {
            return false;
        }

        Span<byte> number = stackalloc byte[Bytes];
        number.Clear();
        foreach (char c in value)
        {
            int carry = Base58.IndexOf(c, StringComparison.Ordinal);
            if (carry < 0)
            {
                return false;
            }

            for (int i = Bytes - 1; i >= 0; i--)
            {
                carry += number[i] * 58;
                number[i] = (byte)carry;
                carry >>= 8;
            }

            if (carry != 0)
            {
                return false;
            }
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(number[..21], hash);
        SHA256.HashData(hash, hash);
        return hash[..4].SequenceEqual(number[21..]);
    }

    private static bool IsBech32(ReadOnlySpan<char> value)
    {
        int separator = value.LastIndexOf('1');
        if (separator is < 1 or > 8 || value.Length - separator < 7 || (value.ContainsAnyInRange('a', 'z') && value.ContainsAnyInRange('A', 'Z')))
        {
            return false;
        }

        uint check = 1;
        for (int i = 0; i < separator; i++)
        {
            check = Step(check) ^ (uint)((value[i] | 0x20) >> 5);
        }

        check = Step(check);
        for (int i = 0; i < separator; i++)
        {
            check = Step(check) ^ (uint)((value[i] | 0x20) & 31);
        }

        foreach (char c in value[(separator + 1)..])
        {
            int number = Bech32.IndexOf((char)(char.IsAsciiLetter(c) ? c | 0x20 : c), StringComparison.Ordinal);
            if (number < 0)
            {
                return false;
            }

            check = Step(check) ^ (uint)number;
        }

        return check is 1 or 0x2BC830A3;

        static uint Step(uint check)
        {
            uint top = check >> 25;
            check = (check & 0x1FFFFFF) << 5;
            check ^= (top & 1) != 0 ? 0x3B6A57B2u : 0;
            check ^= (top & 2) != 0 ? 0x26508E6Du : 0;
            check ^= (top & 4) != 0 ? 0x1EA119FAu : 0;
            check ^= (top & 8) != 0 ? 0x3D4233DDu : 0;
            check ^= (top & 16) != 0 ? 0x2A1462B3u : 0;
            return check;
        }
    }

    // A letter is a capital where the Keccak-256 of the lower-case text has a nibble of eight or more.
    private static bool HasEip55(ReadOnlySpan<char> value)
    {
        Span<byte> lower = stackalloc byte[40];
        for (int i = 0; i < 40; i++)
        {
            lower[i] = (byte)char.ToLowerInvariant(value[i]);
        }

        Span<byte> hash = stackalloc byte[Keccak.Length];
        Keccak.Hash(lower, hash);
        for (int i = 0; i < 40; i++)
        {
            int nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 15;
            if (char.IsAsciiLetter(value[i]) && char.IsAsciiLetterUpper(value[i]) != nibble >= 8)
            {
                return false;
            }
        }

        return true;
    }
}
