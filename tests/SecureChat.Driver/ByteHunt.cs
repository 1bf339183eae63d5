using System.Text;
using System.Text.Json;

namespace SecureChat.Driver;

/// <summary>Looks for values in bytes, in every encoding in which they could have leaked.</summary>
public static class ByteHunt
{
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
        }

        return hits;
    }

    /// <summary>Every way a value may be written: separators, UTF-8 and UTF-16, base64 at each alignment, hexadecimal, JSON escapes.</summary>
    public static IEnumerable<(string Encoding, byte[] Pattern)> Patterns(string value)
    {
        foreach ((string spelling, string text) in Spellings(value))
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            yield return ($"{spelling} UTF-8", utf8);
            yield return ($"{spelling} UTF-16", Encoding.Unicode.GetBytes(text));
            yield return ($"{spelling} UTF-16BE", Encoding.BigEndianUnicode.GetBytes(text));
            yield return ($"{spelling} hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
            yield return ($"{spelling} HEX", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
            string escaped = string.Concat(text.Select(character => $"\\u{(int)character:x4}"));
            yield return ($"{spelling} JSON-escaped", Encoding.ASCII.GetBytes(escaped));
            yield return ($"{spelling} JSON-ESCAPED", Encoding.ASCII.GetBytes(string.Concat(text.Select(character => $"\\u{(int)character:X4}"))));
            string json = JsonSerializer.Serialize(text)[1..^1];
            if (json != text)
            {
                yield return ($"{spelling} JSON", Encoding.UTF8.GetBytes(json));
            }

            // Base64 of a longer text that contains the value: it starts at one of three alignments, and the characters at its
            // edges also depend on the neighbours, so only the inner ones are searched for.
            for (int shift = 0; shift < 3; shift++)
            {
                byte[] padded = [.. new byte[shift], .. utf8];
                string base64 = Convert.ToBase64String(padded);
                int from = shift == 0 ? 0 : shift + 1;
                int to = base64.TrimEnd('=').Length - (padded.Length % 3 == 0 ? 0 : 1);
                if (to - from >= 8)
                {
                    string inner = base64[from..to];
                    yield return ($"{spelling} base64+{shift}", Encoding.ASCII.GetBytes(inner));
                    yield return ($"{spelling} base64url+{shift}", Encoding.ASCII.GetBytes(inner.Replace('+', '-').Replace('/', '_')));
                }
            }
        }
    }

    private static IEnumerable<(string, string)> Spellings(string value)
    {
        yield return ("plain", value);
        if (value.Length < 8 || !value.All(char.IsAsciiDigit))
        {
            yield break;
        }

        foreach (char separator in " -.")
        {
            yield return ($"grouped by '{separator}'", string.Join(separator, value.Chunk(4).Select(group => new string(group))));
        }

        if (value.Length == 9)
        {
            yield return ("as SSN", $"{value[..3]}-{value[3..5]}-{value[5..]}");
        }
    }
}
