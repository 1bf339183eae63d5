using System.Buffers;

namespace SecureChat.Masking;

/// <summary>The password in scheme://user:password@host (RFC 3986, section 3.2.1). The user name is none.</summary>
internal static class UrlCredentialsDetector
{
    private const int Longest = 256;

    private static readonly SearchValues<char> AfterAuthority = SearchValues.Create(" \t\r\n\"'<>/?#");

    public static void Detect(ReadOnlySpan<char> text, ref Findings findings)
    {
        for (int at = 0, next; (next = text[at..].IndexOf("://")) >= 0;)
        {
            int start = at + next + 3;
            ReadOnlySpan<char> rest = text.Slice(start, Math.Min(Longest, text.Length - start));
            int end = rest.IndexOfAny(AfterAuthority);
            ReadOnlySpan<char> authority = end < 0 ? rest : rest[..end];
            int sign = authority.LastIndexOf('@');
            int colon = sign < 0 ? -1 : authority[..sign].IndexOf(':');
            if (colon >= 0 && sign - colon > 1 && authority[(colon + 1)..sign].ContainsAnyExcept(Characters.Mask, ':'))
            {
                findings.Add(Kind.UrlCredentials, start + colon + 1, start + sign, Ranks.UrlCredentials);
            }

            at = start;
        }
    }
}
