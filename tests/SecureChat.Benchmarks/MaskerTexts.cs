using System.Text;

namespace SecureChat.Benchmarks;

/// <summary>What people type. Sixteen texts of each sort take turns, so that no branch is learnt by heart.</summary>
internal static class MaskerTexts
{
    public const int Count = 16;

    private static readonly string[] English =
    [
        "Hi there, I ordered a lamp last week and it still has not arrived.", "Could you please check where it is right now?", "The parcel service says it left the warehouse.",
        "I would like to change the delivery address if that is possible.", "Thanks a lot, that was quick!", "My neighbour can take it, she is at home all day.",
        "Is there any chance to get it before the weekend?", "Sorry, I do not understand what you mean by that.", "The colour is not what I expected, can I send it back?",
        "Please call my wife and not me.", "I tried to log in but the page only shows a white screen.", "It happens on my phone and on my laptop.",
    ];

    private static readonly string[] EverydayNumbers =
    [
        "Order 12 arrives at 5 pm, table 4.", "We are 2 adults and 3 kids, room 12.", "It costs 49 dollars, I paid 55.", "On May 3 it was 20 degrees.", "Step 1 works, step 2 fails.",
        "Size 42 fits, 43 is too big.", "I waited 15 minutes on hold.", "Version 10 is fine, 9 was not.",
    ];

    private static readonly string[] Foreign =
    [
        "Schöne Grüße aus München, können Sie mir bitte bei der Lieferung helfen?", "Größe und Farbe stimmen leider nicht, ich möchte es zurückschicken.",
        "Où est mon colis, s'il vous plaît ? J'ai déjà écrit à l'équipe hier.", "Здравствуйте, мой заказ до сих пор не пришёл, проверьте пожалуйста.",
        "Dzień dobry, gdzie jest moja paczka? Proszę o szybką odpowiedź.", "注文した商品がまだ届いていません。確認していただけますか。", "Thanks so much 😀 that was really quick 👍 see you",
        "¿Dónde está mi pedido? Aún no ha llegado, señor.", "“Quoted” text — with dashes… and the like", "أين طلبي من فضلك لم يصل بعد", "Το δέμα μου δεν έχει φτάσει ακόμα, μπορείτε να δείτε;", "नमस्ते मेरा ऑर्डर अभी तक नहीं आया",
    ];

    private static readonly string[] CardWords =
    [
        "my card is ", "here it is: ", "card number ", "please charge ", "use my visa ", "the number is ", "ok then take ", "sure, ",
    ];

    private static readonly string[] Cards =
    [
        "4242 4242 4242 4242", "5555-5555-5555-4444", "4111111111111111", "378282246310005", "6011 1111 1111 1117", "3530 1113 3330 0000", "4000 0566 5566 5556", "5105105105105100",
    ];

    public static string[] CleanAscii(int length) => Make(English, length);

    public static string[] CleanNumbers(int length) => Make(EverydayNumbers, length);

    public static string[] CleanForeign(int length) => Make(Foreign, length);

    /// <summary>Hundred characters with one card among them.</summary>
    public static string[] OneCard()
    {
        var texts = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            string text = CardWords[i % CardWords.Length] + Cards[(i * 3) % Cards.Length];
            string before = English[i % English.Length];
            texts[i] = (before[..Math.Min(before.Length, 90 - text.Length)] + " " + text + ", thanks").PadRight(100, '.');
        }

        return texts;
    }

    /// <summary>Inputs that make matchers try everywhere: one short piece over and over.</summary>
    public static IReadOnlyList<string> Adversarial { get; } =
    [
        "4", "42", "4 ", "4242 ", "424242424242424 ", "4-4.4/", "1234567", "0", "٤", "４ ", "𝟒", "4️⃣", "@", "a@", "a@b.", "a.", "%40", "%34", "&#52;", "&nbsp;4", "<b>4", "<", "&", "•", "•4", "4• ", "***4",
        "DE89", "DE89 3704 0044 ", "iban", "AAAA", "NO93 8601 ", "+", "+1", "+1 ", "00", "004", "(4)", "cvv 123 ", "cvv", "123 ", "1234 cvv ", "ssn 123-45-6789 ", "123-45-", "card ", "card 4", "order 4242424242424242 ",
        "card 4242424242424242 12/28 123 ", "call me 0", "phone 030 123 ", "4242424242424242", "42424242424242424242", "a-b@c-d.co ", "é4", "\u200d4", "é\u0301", "x@y.zz@", ": 4:4", "4,4.4", "$4 ", "2026-01-02 10:11:12 ",
    ];

    /// <summary>Those, and texts of values that are all different, by name.</summary>
    public static IReadOnlyList<(string Name, Func<int, string> Make)> Growing { get; } =
    [
        .. Adversarial.Select(static piece => (piece, (Func<int, string>)(length => Repeat(piece, length)))),
        ("different cards", static length => Different("card ", static number => Card(number), length)),
        ("different passwords that begin alike", static length => Different("https://someverylonguser:aaaaaaaaaaaaaaaaaaaa", static number => $"{number}@h.example", length)),
        ("different numbers with a word", static length => Different("my SSN is ", static number => Row.Text($"{536_221_000 + (number % 8000)}"), length)),
    ];

    /// <summary>Lists of people with a card, an address and a phone number each.</summary>
    public static string[] Lists()
    {
        var texts = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            texts[i] = string.Concat(Enumerable.Range(i * 1000, 200).Select(static number => Row.Text($"row {number}: card {Card(number)} mail user{number}@example.org phone +1 415 555 {number % 10_000:0000} and so on\n")));
        }

        return texts;
    }

    private static string Different(string word, Func<int, string> value, int length)
    {
        var text = new StringBuilder(length + 100);
        for (int number = 0; text.Length < length; number++)
        {
            text.Append(word).Append(value(number)).Append(' ');
        }

        text.Length = length;
        return text.ToString();
    }

    private static string Card(int number)
    {
        long digits = 424_242_000_000_000 + (number * 7919L);
        int sum = 0;
        bool isDoubled = true;
        for (long rest = digits; rest > 0; rest /= 10, isDoubled = !isDoubled)
        {
            int digit = (int)(rest % 10) * (isDoubled ? 2 : 1);
            sum += digit > 9 ? digit - 9 : digit;
        }

        return Row.Text($"{digits}{(10 - (sum % 10)) % 10}");
    }

    public static string Repeat(string piece, int length)
    {
        var text = new StringBuilder(length + piece.Length);
        while (text.Length < length)
        {
            text.Append(piece);
        }

        // Not in the middle of a pair.
        text.Length = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return text.ToString();
    }

    private static string[] Make(string[] sentences, int length)
    {
        var texts = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            var text = new StringBuilder(length + 100);
            for (int next = i; text.Length < length; next += 1 + (i % 3))
            {
                text.Append(sentences[next % sentences.Length]).Append(' ');
            }

            text.Length = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
            texts[i] = text.ToString();
        }

        return texts;
    }
}
