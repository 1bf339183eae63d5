using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureChat.Driver;

/// <summary>Looks for values in bytes, in every encoding in which they could have leaked.</summary>
public static class ByteHunt
{
    /// <summary>Digits that stand this close together are one number, whatever is between them: NBSP and UTF-16 included.</summary>
    private const int LongestSeparator = 3;

    /// <summary>Shorter runs of digits meet by chance in a long log.</summary>
    private const int ShortestLooseNumber = 12;

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Names of the encodings in which any of the values stands in the bytes.</summary>
    public static IReadOnlyList<string> Find(ReadOnlySpan<byte> bytes, params string[] values)
    {
        var hits = new List<string>();
        foreach (string value in values)
        {
            foreach ((string encoding, byte[] pattern) in Patterns(value))
            {
                if (bytes.IndexOf(pattern) >= 0)
                {
                    hits.Add(encoding);
                }
            }

            if (IsNumber(value) && value.Length >= ShortestLooseNumber && HasLooseNumber(bytes, value))
            {
                hits.Add("digits with something between");
            }
        }

        return hits;
    }

    /// <summary>Every way a value may be written: separators, UTF-8 and UTF-16, base64 at each alignment, hexadecimal, JSON and URL escapes.</summary>
    public static IEnumerable<(string Encoding, byte[] Pattern)> Patterns(string value)
    {
        foreach ((string spelling, string text) in Spellings(value))
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            byte[] utf16 = Encoding.Unicode.GetBytes(text);
            yield return ($"{spelling} UTF-8", utf8);
            yield return ($"{spelling} UTF-16", utf16);
            yield return ($"{spelling} UTF-16BE", Encoding.BigEndianUnicode.GetBytes(text));
            string escaped = string.Concat(text.Select(character => $"\\u{(int)character:x4}"));
            yield return ($"{spelling} JSON-escaped", Encoding.ASCII.GetBytes(escaped));
            yield return ($"{spelling} JSON-ESCAPED", Encoding.ASCII.GetBytes(string.Concat(text.Select(character => $"\\u{(int)character:X4}"))));
            foreach ((string name, string written) in new[]
            {
                ("JSON", JsonSerializer.Serialize(text)[1..^1]),
                ("relaxed JSON", JsonSerializer.Serialize(text, Relaxed)[1..^1]),
                ("URL-escaped", Uri.EscapeDataString(text)),
            })
            {
                if (written != text)
                {
                    yield return ($"{spelling} {name}", Encoding.UTF8.GetBytes(written));
                }
            }

            foreach ((string name, byte[] raw) in new[] { ("", utf8), ("UTF-16 ", utf16) })
            {
                yield return ($"{spelling} {name}hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(raw)));
                yield return ($"{spelling} {name}HEX", Encoding.ASCII.GetBytes(Convert.ToHexString(raw)));

                // Base64 of a longer text that contains the value: it starts at one of three alignments, and the characters at its
                // edges also depend on the neighbours, so only the inner ones are searched for.
                for (int shift = 0; shift < 3; shift++)
                {
                    byte[] padded = [.. new byte[shift], .. raw];
                    string base64 = Convert.ToBase64String(padded);
                    int from = shift == 0 ? 0 : shift + 1;
                    int to = base64.TrimEnd('=').Length - (padded.Length % 3 == 0 ? 0 : 1);
                    if (to - from >= 8)
                    {
                        string inner = base64[from..to];
                        yield return ($"{spelling} {name}base64+{shift}", Encoding.ASCII.GetBytes(inner));
                        yield return ($"{spelling} {name}base64url+{shift}", Encoding.ASCII.GetBytes(inner.Replace('+', '-').Replace('/', '_')));
                    }
                }
            }
        }
    }

    private static IEnumerable<(string, string)> Spellings(string value)
    {
        yield return ("plain", value);
        if (value.Length < 8 || !IsNumber(value))
        {
            yield break;
        }

        foreach (char separator in " -.")
        {
            yield return ($"grouped by '{separator}'", string.Join(separator, value.Chunk(4).Select(group => new string(group))));
        }

        if (value.Length == 9)
        {
            foreach (char separator in "- .")
            {
                yield return ($"as SSN with '{separator}'", $"{value[..3]}{separator}{value[3..5]}{separator}{value[5..]}");
            }
        }
    }

    private static bool IsNumber(string value) => value.Length > 0 && value.All(char.IsAsciiDigit);

    private static bool HasLooseNumber(ReadOnlySpan<byte> bytes, string digits)
    {
        for (int start = 0; start < bytes.Length; start++)
        {
            int next = bytes[start..].IndexOf((byte)digits[0]);
            if (next < 0)
            {
                return false;
            }

            start += next;
            int at = start + 1, matched = 1, gap = 0;
            while (matched < digits.Length && at < bytes.Length && gap <= LongestSeparator)
            {
                byte current = bytes[at++];
                if (current == (byte)digits[matched])
                {
                    matched++;
                    gap = 0;
                }
                else if (current is >= (byte)'0' and <= (byte)'9')
                {
                    break;
                }
                else
                {
                    gap++;
                }
            }

            if (matched == digits.Length)
            {
                return true;
            }
        }

        return false;
    }
}
