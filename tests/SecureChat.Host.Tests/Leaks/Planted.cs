using System.Globalization;

namespace SecureChat.Host.Tests;

/// <summary>What a run plants: other values in every run, so that nothing else in the process looks like them. The seed brings them back.</summary>
internal sealed class Planted
{
    /// <summary>Numbers in texts that are nobody's: examples and limits in messages to people, and statuses, which telemetry writes as text.</summary>
    private static readonly string[] OurNumbers =
    [
        "7946", "0958", "9470", "2026",
        "101", "200", "201", "204", "400", "401", "403", "404", "405", "409", "410", "413", "414", "415", "422", "429", "431", "499", "500", "503",

        // Kestrel's minimum data rate, which it tells its event source with the options of a connection.
        "240",
    ];

    public Planted(int codes = 50, int? seed = null)
    {
        Seed = seed ?? Random.Shared.Next();
        var random = new Random(Seed);
        Card = CardNumber(random);
        OtherCard = CardNumber(random);
        SocialSecurityNumber = string.Create(CultureInfo.InvariantCulture, $"{random.Next(100, 660)}-{random.Next(10, 99)}-{random.Next(1000, 9999)}");
        Password = "P<w&\"d\\" + Letters(random, 12);
        Phrase = Letters(random, 20);

        // What is shown of the planted values themselves, and years, are no codes.
        HashSet<string> taken = [.. OurNumbers, Card[^4..], OtherCard[^4..], .. SocialSecurityNumber.Split('-'), .. SecureChatErrors.All.SelectMany(Numbers)];
        List<string> chosen = [];
        while (chosen.Count < codes)
        {
            string code = random.Next(2) == 0
                ? random.Next(1000).ToString("D3", CultureInfo.InvariantCulture)
                : random.Next(10_000).ToString("D4", CultureInfo.InvariantCulture);
            bool isYear = code.Length == 4 && int.Parse(code, CultureInfo.InvariantCulture) is > 1900 and < 2200;
            if (!isYear && taken.Add(code))
            {
                chosen.Add(code);
            }
        }

        Codes = chosen;
    }

    public int Seed { get; }

    /// <summary>The card of messages, forms, reasons and names.</summary>
    public string Card { get; }

    /// <summary>The card that is split over several messages.</summary>
    public string OtherCard { get; }

    /// <summary>With its dashes.</summary>
    public string SocialSecurityNumber { get; }

    /// <summary>With characters that encoders write in other ways. Goes into forms: no masker finds a password in free text.</summary>
    public string Password { get; }

    /// <summary>Words of a message that nothing masks: the parties read them, files and logs must not hold them.</summary>
    public string Phrase { get; }

    public IReadOnlyList<string> Codes { get; }

    /// <summary>Values that nobody gets in clear, by name, in the spellings that are hunted for.</summary>
    public IReadOnlyDictionary<string, string[]> Secrets => new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["card"] = [Card],
        ["split card"] = [OtherCard],
        ["SSN"] = [SocialSecurityNumber, SocialSecurityNumber.Replace("-", "", StringComparison.Ordinal)],
        ["password"] = [Password],
    };

    public static string Spaced(string card, string separator = " ") => string.Join(separator, card.Chunk(4).Select(static group => new string(group)));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, {Codes.Count} codes");

    private static IEnumerable<string> Numbers(SecureChatError error) => WordHunt.Codes($"{error.Title} {error.NextStep}");

    private static string Letters(Random random, int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(26)))]);

    private static string CardNumber(Random random)
    {
        int[] digits = [4, .. Enumerable.Range(0, 14).Select(_ => random.Next(10)), 0];
        int sum = 0;
        for (int i = 0; i < 15; i++)
        {
            int doubled = i % 2 == 0 ? digits[i] * 2 : digits[i];
            sum += doubled > 9 ? doubled - 9 : doubled;
        }

        digits[15] = (10 - (sum % 10)) % 10;
        return string.Concat(digits);
    }
}
