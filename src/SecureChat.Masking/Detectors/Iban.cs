namespace SecureChat.Masking;

/// <summary>International bank account numbers (ISO 13616): length and shape by country, ISO 7064 mod 97-10. Thread-safe.</summary>
internal static class Iban
{
    /// <summary>Fewest characters of an IBAN (Norway).</summary>
    public const int MinLength = 15;

    /// <summary>IBANs with fewer digits are not looked for: too many of their characters could be words.</summary>
    public const int MinDigits = 8;

    /// <summary>Most characters of an IBAN in the table (Russia 33; the standard allows 34).</summary>
    public const int MaxLength = 34;

    // Country, then the account part: n digits, a letters, c either. From the SWIFT registry, then the countries that use the format
    // without being registered.
    private const string Table =
        "AD n8c12 AE n19 AL n8c16 AT n16 AZ a4c20 BA n16 BE n12 BG a4n6c8 BH a4c14 BI n23 BR n23a1c1 BY c4n4c16 CH n5c12 CR n18 CY n8c16 " +
        "CZ n20 DE n18 DJ n23 DK n14 DO c4n20 EE n16 EG n25 ES n20 FI n14 FK a2n12 FO n14 FR n10c11n2 GB a4n14 GE a2n16 GI a4c15 GL n14 " +
        "GR n7c16 GT c24 HN a4n20 HR n17 HU n24 IE a4n14 IL n19 IQ a4n15 IS n22 IT a1n10c12 JO a4n4c18 KW a4c22 KZ n3c13 LB n4c20 " +
        "LC a4c24 LI n5c12 LT n16 LU n3c13 LV a4c13 LY n21 MC n10c11n2 MD c20 ME n18 MK n3c10n2 MN n16 MR n23 MT a4n5c18 MU a4n19a3 " +
        "NI a4n20 NL a4n10 NO n11 OM n3c16 PK a4c16 PL n24 PS a4c21 PT n21 QA a4c21 RO a4c16 RS n18 RU n14c15 SA n2c18 SC a4n20a3 " +
        "SD n14 SE n20 SI n15 SK n20 SM a1n10c12 SO n19 ST n21 SV a4n20 TL n19 TN n20 TR n6c16 UA n6c19 VA n18 VG a4n16 XK n16 YE a4n4c18 " +
        "AO n21 BF c2n22 BJ c2n22 CF n23 CG n23 CI c2n22 CM n23 CV n21 DZ n22 GA n23 GQ n23 GW c2n19 IR n22 KM n23 MA n24 MG n23 " +
        "ML c2n22 MZ n21 NE c2n22 SN c2n22 TD n23 TG c2n22";

    private static readonly string?[] Shapes = Parse();

    /// <summary>
    /// Whether the value is an IBAN: known country, its length and shape, check digits right. Upper or lower case; spaces and dashes
    /// between the characters are skipped.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> value)
    {
        Span<char> compact = stackalloc char[MaxLength];
        int length = 0;
        foreach (char c in value)
        {
            if (c is ' ' or '-' or '\u00A0')
            {
                continue;
            }

            if (length == MaxLength || !char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }

            compact[length++] = char.ToUpperInvariant(c);
        }

        if (length < MinLength || ShapeOf(compact[0], compact[1]) is not { } shape || length != shape.Length + 4)
        {
            return false;
        }

        for (int i = 0; i < shape.Length; i++)
        {
            if (!Fits(shape[i], compact[i + 4]))
            {
                return false;
            }
        }

        return HasValidCheckDigits(compact[..length]);
    }

    /// <summary>One letter (n, a or c) per character of the account part, or null for an unknown country.</summary>
    public static string? ShapeOf(char first, char second)
    {
        int row = (first | 0x20) - 'a';
        int column = (second | 0x20) - 'a';
        return (uint)row < 26 && (uint)column < 26 ? Shapes[(row * 26) + column] : null;
    }

    /// <summary>Whether a character may stand where the shape says n, a or c.</summary>
    public static bool Fits(char shape, char c) => shape switch
    {
        'n' => char.IsAsciiDigit(c),
        'a' => char.IsAsciiLetter(c),
        _ => char.IsAsciiLetterOrDigit(c),
    };

    /// <summary>ISO 7064 mod 97-10 over a compact, upper-case value.</summary>
    public static bool HasValidCheckDigits(ReadOnlySpan<char> compact)
    {
        if (!char.IsAsciiDigit(compact[2]) || !char.IsAsciiDigit(compact[3]))
        {
            return false;
        }

        // 00, 01 and 99 are never given out, though they may satisfy the sum.
        int check = ((compact[2] - '0') * 10) + compact[3] - '0';
        if (check is < 2 or > 98)
        {
            return false;
        }

        int remainder = 0;
        for (int i = 0; i < compact.Length; i++)
        {
            char c = compact[(i + 4) % compact.Length];
            remainder = char.IsAsciiDigit(c)
                ? ((remainder * 10) + c - '0') % 97
                : ((remainder * 100) + c - 'A' + 10) % 97;
        }

        return remainder == 1;
    }

    private static string?[] Parse()
    {
        var shapes = new string?[26 * 26];
        string[] parts = Table.Split(' ');
        Span<char> shape = stackalloc char[MaxLength];
        for (int i = 0; i < parts.Length; i += 2)
        {
            int length = 0;
            ReadOnlySpan<char> pattern = parts[i + 1];
            for (int at = 0; at < pattern.Length;)
            {
                char kind = pattern[at++];
                int count = 0;
                while (at < pattern.Length && char.IsAsciiDigit(pattern[at]))
                {
                    count = (count * 10) + pattern[at++] - '0';
                }

                shape.Slice(length, count).Fill(kind);
                length += count;
            }

            shapes[((parts[i][0] - 'A') * 26) + parts[i][1] - 'A'] = new string(shape[..length]);
        }

        return shapes;
    }
}
