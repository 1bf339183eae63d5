using System.Buffers;
using System.Buffers.Text;

namespace SecureChat.Masking;

/// <summary>
/// API keys and tokens by their published prefixes, JSON Web Tokens (RFC 7519), and long random tokens beside a word for one. A token
/// has a digit, nearly always; one without is found when its kind has a prefix.
/// </summary>
internal static class SecretDetector
{
    private const int Shortest = 16;

    private static readonly SearchValues<char> TokenChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~+/");

    // Prefix and fewest characters behind it. From the issuers' documentation of their token formats.
    private static readonly (string Prefix, int Behind)[] Prefixes =
    [
        ("AKIA", 16), ("ASIA", 16), ("AROA", 16), ("AIDA", 16), ("ghp_", 30), ("gho_", 30), ("ghu_", 30), ("ghs_", 30), ("ghr_", 30), ("github_pat_", 22),
        ("glpat-", 20), ("gldt-", 20), ("glrt-", 20), ("xoxb-", 20), ("xoxp-", 20), ("xoxa-", 20), ("xoxr-", 20), ("xoxs-", 20), ("xoxe-", 20), ("xapp-", 20),
        ("sk_live_", 16), ("sk_test_", 16), ("rk_live_", 16), ("rk_test_", 16), ("whsec_", 24), ("sk-proj-", 20), ("sk-ant-", 20), ("sk-or-", 20), ("sk-", 32),
        ("AIza", 30), ("ya29.", 20), ("GOCSPX-", 20), ("hf_", 30), ("npm_", 30), ("SG.", 40), ("shpat_", 30), ("shpss_", 30), ("shpca_", 30), ("shppa_", 30),
        ("dop_v1_", 40), ("doo_v1_", 40), ("pypi-", 40), ("rubygems_", 40), ("glc_", 30), ("glsa_", 30), ("lin_api_", 30), ("NRAK-", 20), ("dapi", 32), ("xkeysib-", 40),
        ("figd_", 30), ("sq0atp-", 20), ("sq0csp-", 30), ("EAAC", 60), ("key-", 32), ("tfp_", 30), ("ntn_", 30), ("secret_", 32), ("r8_", 30), ("gsk_", 40), ("xai-", 40),
        ("pat-na1-", 30), ("pat-eu1-", 30), ("hvs.", 24), ("hvb.", 24), ("dckr_pat_", 20), ("PMAK-", 40), ("sbp_", 30), ("phc_", 30), ("phx_", 30), ("ATATT3", 60), ("AGE-SECRET-KEY-1", 50),
    ];

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
            while (start > done && TokenChars.Contains(text[start - 1]))
            {
                start--;
            }

            int length = text[group.End..].IndexOfAnyExcept(TokenChars);
            int end = length < 0 ? text.Length : group.End + length;
            done = end;
            if (end - start >= Shortest && !(start > 0 && Characters.IsMask(text[start - 1])) && !(end < text.Length && Characters.IsMask(text[end])))
            {
                Read(text, start, end, context, ref findings);
            }
            else if (end < text.Length && text[end] == ':')
            {
                ReadBotToken(text, start, end, ref findings);
            }
        }
    }

    private static void Read(ReadOnlySpan<char> text, int start, int end, MaskContext context, ref Findings findings)
    {
        while (end > start && text[end - 1] is '.' or '-' or '/')
        {
            end--;
        }

        // The padding of Base64.
        int padded = end;
        while (padded < text.Length && padded - end < 2 && text[padded] == '=')
        {
            padded++;
        }

        ReadOnlySpan<char> token = text[start..end];
        if (IsWebToken(token, out int offset))
        {
            findings.Add(Kind.Jwt, start + offset, end, Ranks.Secret + 2);
            return;
        }

        for (int i = 0; i < token.Length - Shortest + 8; i++)
        {
            if (i > 0 && char.IsAsciiLetterOrDigit(token[i - 1]))
            {
                continue;
            }

            foreach ((string prefix, int behind) in Prefixes)
            {
                if (token.Length - i >= prefix.Length + behind && token[i..].StartsWith(prefix, StringComparison.Ordinal) && IsRandom(token[(i + prefix.Length)..]))
                {
                    findings.Add(Kind.ApiKey, start + i, end, Ranks.Secret + 1);
                    return;
                }
            }
        }

        Meaning before = ContextWords.AllBefore(text, start);
        if ((before.Nearest.Has(Kind.ApiKey) || context.Asks(Kind.ApiKey)) && !token.Contains('/') && IsRandom(token) && IsMixed(token))
        {
            findings.Add(Kind.ApiKey, start, padded, Ranks.Secret);
        }
    }

    // <number>:AA<33 characters>, the token of a messenger's bot.
    private static void ReadBotToken(ReadOnlySpan<char> text, int start, int colon, ref Findings findings)
    {
        int end = colon + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
        {
            end++;
        }

        if (colon - start is >= 8 and <= 10 && end - colon - 1 is >= 34 and <= 36 && text[colon + 1] == 'A' && !text[start..colon].ContainsAnyExceptInRange('0', '9'))
        {
            findings.Add(Kind.ApiKey, start, end, Ranks.Secret + 1);
        }
    }

    // Three or five parts of Base64url, of which the first is a JSON object that names an algorithm.
    private static bool IsWebToken(ReadOnlySpan<char> token, out int start)
    {
        start = token.IndexOf("eyJ");
        if (start < 0 || (start > 0 && char.IsAsciiLetterOrDigit(token[start - 1])))
        {
            return false;
        }

        ReadOnlySpan<char> body = token[start..];
        int dot = body.IndexOf('.');
        if (dot is < 8 or > 1024 || body.Count('.') is not (1 or 2 or 4) || body.ContainsAny('+', '/', '~'))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[1024];
        return Base64Url.TryDecodeFromChars(body[..dot], header, out int written) && header[..written].IndexOf("\"alg\""u8) >= 0;
    }

    /// <summary>Not a placeholder: no word for one, and not few characters over and over.</summary>
    private static bool IsRandom(ReadOnlySpan<char> token)
    {
        if (token.Contains("EXAMPLE", StringComparison.OrdinalIgnoreCase) || token.Contains("xxxx", StringComparison.OrdinalIgnoreCase)
            || token.Contains("your", StringComparison.OrdinalIgnoreCase) || token.Contains("0000000", StringComparison.Ordinal))
        {
            return false;
        }

        ulong low = 0, high = 0;
        foreach (char c in token)
        {
            _ = c < 64 ? low |= 1UL << c : high |= 1UL << (c & 63);
        }

        return System.Numerics.BitOperations.PopCount(low) + System.Numerics.BitOperations.PopCount(high) >= 7;
    }

    private static bool IsMixed(ReadOnlySpan<char> token)
    {
        bool letter = false;
        bool digit = false;
        foreach (char c in token)
        {
            letter |= char.IsAsciiLetter(c);
            digit |= char.IsAsciiDigit(c);
        }

        return letter && digit;
    }
}
