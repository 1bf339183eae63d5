using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>A hunt that finds nothing proves something only if it would have found it.</summary>
public sealed class ByteHuntTests
{
    public static TheoryData<string> Values => ["4929123456781234", "512-34-6789", "512346789", "P<w&\"d\\zürich", "correcthorse"];

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_found_in_every_encoding_at_every_alignment_between_any_neighbours(string value)
    {
        const int Seed = 20;
        var random = new Random(Seed);
        var missed = new List<string>();
        int tried = 0;
        foreach (int before in Enumerable.Range(0, 7))
        {
            foreach (int after in Enumerable.Range(0, 4))
            {
                string text = $"{Letters(random, before)}{value}{Letters(random, after)}";
                foreach ((string name, byte[] written) in Encodings(text))
                {
                    tried++;
                    byte[] noise = new byte[random.Next(200)];
                    random.NextBytes(noise);
                    if (ByteHunt.Find([.. noise, .. written, .. noise], value).Count == 0)
                    {
                        missed.Add($"{name} after {before} before {after}");
                    }
                }
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}: {tried} places");
        Assert.Empty(missed);
    }

    [Theory]
    [InlineData("4929 1234 5678 1234")]
    [InlineData("4929-1234-5678-1234")]
    [InlineData("4929.1234.5678.1234")]
    [InlineData("4929\u00a01234\u00a05678\u00a01234")]
    [InlineData("4929 - 1234 - 5678 - 1234")]
    [InlineData("492 912 345 678 123 4")]
    [InlineData("4 9 2 9 1 2 3 4 5 6 7 8 1 2 3 4")]
    [InlineData("49291234\r\n56781234")]
    public void A_card_is_found_however_its_digits_are_set_apart(string written) =>
        Assert.NotEmpty(ByteHunt.Find(Encoding.UTF8.GetBytes($"x{written}y"), "4929123456781234"));

    [Theory]
    [InlineData("512-34-6789")]
    [InlineData("512 34 6789")]
    [InlineData("512.34.6789")]
    [InlineData("512346789")]
    public void An_ssn_is_found_with_and_without_separators(string written) =>
        Assert.NotEmpty(ByteHunt.Find(Encoding.UTF8.GetBytes($"x{written}y"), "512346789"));

    [Fact]
    public void Nothing_is_found_where_nothing_is()
    {
        const int Seed = 21;
        var random = new Random(Seed);
        byte[] noise = new byte[4 * 1024 * 1024];
        random.NextBytes(noise);
        string digits = string.Concat(Enumerable.Range(0, 200_000).Select(_ => random.Next(10)));
        string masked = "my card is •••• •••• •••• 1234, 4929 1234 and 5678";
        Assert.Empty(ByteHunt.Find([.. noise, .. Encoding.UTF8.GetBytes(digits + masked)], "4929123456781234", "P<w&\"d\\zürich"));
    }

    [Theory]
    [InlineData("the cvv is 042 ok", "042")]
    [InlineData("042", "042")]
    [InlineData("cvv:042.", "042")]
    [InlineData("(0427)", "0427")]
    [InlineData("card 1234, code=777;", "1234 777")]
    [InlineData("at 2026-01-02T03:04:05.678Z in 12.345 ms, 10420, a042, 1.042.5", "")]
    [InlineData("key 8c9e6679-7425-4042-944b-e07fc1f90ae7, GET /events?after=118&limit=200, at Program.cs:line 463", "")]
    [InlineData("/events?code=118, 7425-4042", "118 7425 4042")]
    public void A_code_counts_as_a_word_of_its_own(string text, string found) =>
        Assert.Equal(found, string.Join(' ', WordHunt.Codes(text)));

    [Fact]
    public void Codes_are_found_in_every_string_of_a_document_and_in_what_strings_hold()
    {
        string inner = JsonSerializer.Serialize(new { reason = "cvv 311" });
        string json = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["text"] = "it is 042",
            ["377"] = 999,
            ["list"] = new[] { "118" },
            ["row"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(inner)),
            ["canonical"] = inner.Replace("311", "512", StringComparison.Ordinal),
        });
        Assert.Equal(["042", "118", "311", "377", "512"], WordHunt.Texts(json).SelectMany(WordHunt.Codes).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["042", "118"], WordHunt.Texts(Encoding.UTF8.GetBytes("{\"a\":\"042\",\"b\":777}\n{\"a\":\"118\"}\n")).SelectMany(WordHunt.Codes));
        Assert.Empty(WordHunt.Texts([0xFF, 0x00, .. "042"u8]));
    }

    private static IEnumerable<(string Name, byte[] Bytes)> Encodings(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] utf16 = Encoding.Unicode.GetBytes(text);
        yield return ("UTF-8", utf8);
        yield return ("UTF-16", utf16);
        yield return ("UTF-16BE", Encoding.BigEndianUnicode.GetBytes(text));
        yield return ("base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(utf8)));
        yield return ("base64 of UTF-16", Encoding.ASCII.GetBytes(Convert.ToBase64String(utf16)));
        yield return ("base64url", Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(utf8)));
        yield return ("hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
        yield return ("HEX", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
        yield return ("hex of UTF-16", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf16)));
        yield return ("JSON", JsonSerializer.SerializeToUtf8Bytes(text));
        yield return ("relaxed JSON", JsonSerializer.SerializeToUtf8Bytes(text, Relaxed));
        yield return ("escaped JSON", Encoding.ASCII.GetBytes(string.Concat(text.Select(static character => $"\\u{(int)character:x4}"))));
        yield return ("ESCAPED JSON", Encoding.ASCII.GetBytes(string.Concat(text.Select(static character => $"\\u{(int)character:X4}"))));
        yield return ("URL", Encoding.ASCII.GetBytes(Uri.EscapeDataString(text)));
    }

    private static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Letters(Random random, int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(26)))]);
}
