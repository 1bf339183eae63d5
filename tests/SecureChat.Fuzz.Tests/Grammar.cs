using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SecureChat.Fuzz.Tests;

/// <summary>A text in pieces, so that it can be made smaller, and what was hidden in it on purpose.</summary>
internal sealed class Sample
{
    public required List<string> Pieces { get; init; }

    /// <summary>Digits of a card that must not survive; null for none.</summary>
    public string? Card { get; init; }

    /// <summary>The piece that holds what was planted.</summary>
    public string? Planted { get; init; }

    /// <summary>Name in front of an at sign that must not survive; null for none.</summary>
    public string? Mailbox { get; init; }

    public string Text => string.Concat(Pieces);

    public override string ToString() => nameof(Sample);
}

/// <summary>Makes texts with structure: prose, values of every kind, the shapes they come in, and the ways to spell digits that evade.</summary>
internal static class Grammar
{
    private static readonly string[] Words =
    [
        "hello", "the", "order", "my", "card", "number", "is", "please", "call", "SSN", "tax", "id", "phone", "Kundennummer", "Steuernummer", "meine", "ist", "carte", "numéro", "passeport", "tarjeta",
        "número", "carta", "codice", "fiscale", "номер", "карты", "电话", "卡号", "電話番号", "بطاقة", "password", "pin", "cvv", "expires", "born", "on", "ticket", "invoice", "IBAN", "BIC", "token", "key",
    ];

    private static readonly string[] Hazards =
    [
        "\uD83D", "\uDE42", "\0", "\u200B", "\u200D", "\u2060", "\uFEFF", "\u202E", "\u2066", "\u0301", "\u0301\u0302\u0303\u0304", "🙂", "👨‍👩‍👧", "4️⃣", "&#", "&#x", "&amp;", "&amp;#52;", "&#52;", "&lt;", "%", "%4", "%34", "%zz", "%%",
        "•", "••••", "•••• •••• •••• 4242", "****", "[payment-card]", "\u00A0", "\u2009", "\u3000", "\r\n", "\t", "￼", "½", "²", "Ⅳ", "①", "𝟒", "۴", "4", "42", "424242424242", "-", "--", "/", "+", "(", ")", "@", ".", ",", ":", "#", "$", "€", "=", "\"", "'", "{", "}", "[", "]", "<b>", "|", ";", "\\",
    ];

    private static readonly string[] Examples = Load();

    public static Sample Make(int seed, int index)
    {
        var random = new Random(HashCode(seed, index));
        var pieces = new List<string>();
        string? card = null;
        string? mailbox = null;
        string? spelt = null;
        int count = 1 + random.Next(9);
        int planted = random.Next(3) == 0 ? -1 : random.Next(count);
        for (int i = 0; i < count; i++)
        {
            if (i == planted && random.Next(4) != 0)
            {
                card = Card(random);
                spelt = $" {Spell(Group(card, random), random)} ";
                pieces.Add(spelt);
                continue;
            }

            if (i == planted)
            {
                mailbox = "qz" + random.Next(100_000, 999_999).ToString(CultureInfo.InvariantCulture) + "q";
                pieces.Add($" {mailbox}@example.org ");
                continue;
            }

            pieces.Add(random.Next(10) switch
            {
                0 or 1 or 2 => Words[random.Next(Words.Length)],
                3 or 4 => Examples[random.Next(Examples.Length)],
                5 => Spell(Examples[random.Next(Examples.Length)], random),
                6 => Hazards[random.Next(Hazards.Length)],
                7 => random.NextInt64(0, (long)Math.Pow(10, 1 + random.Next(18))).ToString(CultureInfo.InvariantCulture),
                8 => Cut(Examples[random.Next(Examples.Length)], random),
                _ => Shape(random),
            });
            pieces.Add(random.Next(8) switch { 0 => "", 1 => ", ", 2 => "\n", 3 => ": ", 4 => Hazards[random.Next(Hazards.Length)], _ => " " });
        }

        return new Sample { Pieces = pieces, Card = card, Mailbox = mailbox, Planted = spelt };
    }

    /// <summary>All digits of a text, whatever alphabet or escape they are written in: what a reader, or a program behind the engine, makes of it.</summary>
    public static string DigitsIn(string text)
    {
        for (int round = 0; round < 2; round++)
        {
            text = System.Net.WebUtility.HtmlDecode(text);
        }

        var digits = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && text[i + 1] == '3' && char.IsAsciiDigit(text[i + 2]))
            {
                digits.Append(text[i + 2]);
                i += 2;
            }
            else if (CharUnicodeInfo.GetDecimalDigitValue(text, i) is >= 0 and var digit)
            {
                digits.Append((char)('0' + digit));
                i += char.IsHighSurrogate(text[i]) ? 1 : 0;
            }
            else if (char.IsLetter(text[i]) || text[i] == '\u2022')
            {
                // A word or a mask parts numbers.
                digits.Append(' ');
            }
        }

        return digits.ToString();
    }

    // Two samples of neighbouring numbers share nothing.
    private static int HashCode(int seed, int index) => unchecked((int)((uint)seed * 2654435761u) ^ (int)((uint)(index + 1) * 2246822519u));

    private static string Card(Random random)
    {
        (string prefix, int length) = random.Next(5) switch { 0 => ("4", 16), 1 => ("5" + random.Next(1, 6), 16), 2 => (random.Next(2) == 0 ? "34" : "37", 15), 3 => ("6011", 16), _ => ("3530", 16) };
        Span<char> digits = stackalloc char[length];
        prefix.CopyTo(digits);
        for (int i = prefix.Length; i < length - 1; i++)
        {
            digits[i] = (char)('0' + random.Next(10));
        }

        for (char check = '0'; check <= '9'; check++)
        {
            digits[^1] = check;
            int sum = 0;
            for (int i = 0; i < length; i++)
            {
                int value = digits[length - 1 - i] - '0';
                sum += i % 2 == 0 ? value : value * 2 > 9 ? (value * 2) - 9 : value * 2;
            }

            if (sum % 10 == 0)
            {
                break;
            }
        }

        return digits.ToString();
    }

    private static string Group(string card, Random random)
    {
        string separator = random.Next(6) switch { 0 => "", 1 or 2 => " ", 3 => "-", 4 => ".", _ => "\u00A0" };
        return card.Length == 15
            ? string.Join(separator, card[..4], card[4..10], card[10..])
            : string.Join(separator, Enumerable.Range(0, card.Length / 4).Select(i => card.Substring(i * 4, 4)));
    }

    private static string Cut(string text, Random random)
    {
        int from = random.Next(text.Length);
        return text.Substring(from, random.Next(text.Length - from + 1));
    }

    private static string Shape(Random random)
    {
        string value = Examples[random.Next(Examples.Length)];
        string word = Words[random.Next(Words.Length)];
        return random.Next(6) switch
        {
            0 => $"{{\"{word}\":\"{value}\"}}",
            1 => $"{word}={value}&{word}=",
            2 => $"{word};{value};{word}",
            3 => $"[{word}] {value} ({word})",
            4 => $"2026-11-23T10:11:12Z INFO {word} {value}",
            _ => $"<{word}>{value}</{word}>",
        };
    }

    // Every digit is spelt in one of these ways, and things that nobody sees stand between.
    private static string Spell(string text, Random random)
    {
        int way = random.Next(8);
        var spelt = new StringBuilder();
        foreach (char c in text)
        {
            int digit = char.IsAsciiDigit(c) ? c - '0' : -1;
            spelt.Append(digit < 0 ? c.ToString() : way switch
            {
                1 => ((char)('\uFF10' + digit)).ToString(),
                2 => ((char)('\u0660' + digit)).ToString(),
                3 => ((char)('\u0966' + digit)).ToString(),
                4 => char.ConvertFromUtf32(0x1D7CE + digit),
                5 => $"&#{48 + digit};",
                6 => $"%3{digit}",
                7 => $"{c}\u200B",
                _ => c.ToString(),
            });
        }

        return spelt.ToString();
    }

    private static string[] Load()
    {
        var texts = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Rules"), "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement kind in document.RootElement.GetProperty("kinds").EnumerateArray())
            {
                foreach (string name in (string[])["examples", "counterExamples"])
                {
                    texts.AddRange(kind.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray().Select(static text => text.GetString()!).Where(static text => text.Length > 0) : []);
                }

                texts.Add(kind.GetProperty("title").GetString()! + ": " + texts[^1]);
            }
        }

        return [.. texts];
    }
}
