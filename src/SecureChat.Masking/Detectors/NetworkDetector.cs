using System.Globalization;

namespace SecureChat.Masking;

/// <summary>IP addresses (RFC 791; RFC 4291 with embedded IPv4 and zones) and MAC addresses (IEEE 802), from their first digit on.</summary>
internal static class NetworkDetector
{
    private const int LongestAddress = 64;

    public static void Detect(ReadOnlySpan<char> text, in DigitGroups digits, ref Findings findings)
    {
        int from = findings.Count;
        int done = 0;
        foreach (DigitGroup group in digits.Groups)
        {
            if (group.Start < done)
            {
                continue;
            }

            int start = group.Start;
            while (start > done && IsPart(text[start - 1]))
            {
                start--;
            }

            int end = group.End;
            while (end < text.Length && IsPart(text[end]))
            {
                end++;
            }

            done = end;
            if (end - start <= LongestAddress)
            {
                Read(text, start, end, ref findings);
            }
        }

        findings.Resolve(from, text.Length);
    }

    private static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is ':' or '.' or '-';

    private static void Read(ReadOnlySpan<char> text, int start, int end, ref Findings findings)
    {
        // "at ::1." and "from 10.0.0.1:" end with a sign of the sentence.
        while (end > start && text[end - 1] is '.' or ':' or '-' && !(text[end - 1] == ':' && end - start > 2 && text[end - 2] == ':'))
        {
            end--;
        }

        while (start < end && text[start] is '.' or '-' || (start + 1 < end && text[start] == ':' && text[start + 1] != ':'))
        {
            start++;
        }

        ReadOnlySpan<char> value = text[start..end];
        if (start >= end)
        {
            return;
        }

        bool isBounded = (start == 0 || !(char.IsLetterOrDigit(text[start - 1]) || Characters.IsMask(text[start - 1])))
            && (end == text.Length || !(char.IsLetterOrDigit(text[end]) || Characters.IsMask(text[end])));
        if (!isBounded)
        {
            // A word runs into the colons in front of it.
            if (value.LastIndexOf(':') is var colon and >= 0 && value[colon..].Contains('.'))
            {
                Read(text, start + colon + 1, end, ref findings);
            }

            return;
        }

        if (value.Contains('-') && !IsMac(value))
        {
            // "10.0.0.1-10.0.0.9"
            int dash = value.IndexOf('-');
            Read(text, start, start + dash, ref findings);
            Read(text, start + dash + 1, end, ref findings);
            return;
        }

        if (IsMac(value))
        {
            findings.Add(Kind.MacAddress, start, end, Ranks.Network);
        }
        else if (value.Count(':') >= 2)
        {
            if (IsVersion6(value))
            {
                findings.Add(Kind.IpAddress, start, PrefixEnd(text, ZoneEnd(text, end), 128), Ranks.Network);
            }
        }
        else
        {
            // A port behind it is no part of the address.
            int port = value.IndexOf(':');
            ReadOnlySpan<char> host = port < 0 ? value : value[..port];
            host = FirstFour(host);
            if (IsVersion4(host) && !ContextWords.Before(text, start, Topics.Version, stopAtNumbers: true, reach: 24).Has(Kind.Version))
            {
                end = start + host.Length;
                findings.Add(Kind.IpAddress, start, PrefixEnd(text, end, 32), Ranks.Network);
            }
        }
    }

    // Of five numbers the first four, where the first one has three digits: an object identifier begins with 0 to 2 (ITU-T X.660), and hardly a version with a hundred.
    private static ReadOnlySpan<char> FirstFour(ReadOnlySpan<char> value)
    {
        int first = value.IndexOf('.');
        return first == 3 && value.Count('.') == 4 ? value[..value.LastIndexOf('.')] : value;
    }

    private static bool IsVersion4(ReadOnlySpan<char> value)
    {
        int parts = 0;
        foreach (Range range in value.Split('.'))
        {
            ReadOnlySpan<char> part = value[range];
            if (++parts > 4 || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || (part.Length > 1 && part[0] == '0')
                || int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture) > 255)
            {
                return false;
            }
        }

        return parts == 4;
    }

    // Eight groups of up to four hex digits, one run of them as ::, the last two as an IPv4 address. Times (12:30:15) have three groups.
    private static bool IsVersion6(ReadOnlySpan<char> value)
    {
        int groups = 0;
        bool isShort = false;
        bool hasLongGroup = false;
        for (int i = 0; i < value.Length;)
        {
            if (value[i] == ':')
            {
                if (i + 1 < value.Length && value[i + 1] == ':' && !isShort)
                {
                    isShort = true;
                    i += 2;
                    continue;
                }

                if (i == 0 || i == value.Length - 1 || value[i + 1] == ':' || (i > 0 && value[i - 1] == ':'))
                {
                    return false;
                }

                i++;
                continue;
            }

            int length = value[i..].IndexOf(':');
            ReadOnlySpan<char> group = length < 0 ? value[i..] : value.Slice(i, length);
            if (length < 0 && group.Contains('.'))
            {
                return IsVersion4(group) && (isShort ? groups <= 5 : groups == 6);
            }

            if (group.Length > 4 || group.ContainsAny('.', '-'))
            {
                return false;
            }

            hasLongGroup |= group.Length >= 3;
            groups++;
            i += group.Length;
        }

        // "12:30::" and "a::b" are no addresses that anybody writes; "::1" and "2001:db8::" are.
        return isShort ? groups <= 7 && (hasLongGroup || (groups == 1 && value.StartsWith("::") && value.Length > 2)) : groups == 8;
    }

    private static int ZoneEnd(ReadOnlySpan<char> text, int end)
    {
        int at = end;
        if (at < text.Length && text[at] == '%')
        {
            for (at++; at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '.' or '_' or '-'); at++)
            {
            }
        }

        return at > end + 1 ? at : end;
    }

    // 192.168.1.0/24
    private static int PrefixEnd(ReadOnlySpan<char> text, int end, int most)
    {
        int at = end + 1;
        while (at < text.Length && at - end <= 3 && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - end > 1 && text[end] == '/' && (at == text.Length || !(char.IsLetterOrDigit(text[at]) || text[at] is '/' or '.'))
            && int.Parse(text[(end + 1)..at], NumberStyles.None, CultureInfo.InvariantCulture) <= most ? at : end;
    }

    private static bool IsMac(ReadOnlySpan<char> value)
    {
        if (value.Length == 14 && value[4] == '.' && value[9] == '.')
        {
            return !value[..4].ContainsAny(":.-") && !value[5..9].ContainsAny(":.-") && !value[10..].ContainsAny(":.-") && value.ContainsAnyExcept('0', '.');
        }

        if (value.Length != 17 || value[2] is not (':' or '-'))
        {
            return false;
        }

        for (int i = 0; i < value.Length; i++)
        {
            if (i % 3 == 2 ? value[i] != value[2] : !char.IsAsciiHexDigit(value[i]))
            {
                return false;
            }
        }

        return value.ContainsAnyExcept("0:-");
    }
}
