using System.Buffers;

namespace SecureChat.Masking;

/// <summary>
/// Words near a value that say what it is. Compared on a lower-case copy of a bounded neighbourhood in which everything but letters
/// is a space, so that "cardNumber", "card_number" and "Card-Number:" are one spelling. Thread-safe.
/// </summary>
internal static class ContextWords
{
    /// <summary>Room for one neighbourhood.</summary>
    public const int BufferLength = 96;

    private const int Reach = 72;

    public static readonly SearchValues<string> Card = Phrases(
        "card", "cards", "cardnumber", "creditcard", "debitcard", "credit", "debit", "cc", "ccnum", "pan", "visa", "mastercard", "master", "maestro",
        "amex", "american express", "discover", "diners", "jcb", "rupay", "unionpay", "dankort",
        "karte", "karten", "kartennr", "kartennummer", "kreditkarte", "kreditkartennummer", "bankkarte", "girokarte",
        "tarjeta", "carte", "cb", "carta", "cartao", "kaart", "creditcard", "kreditkort", "kort", "karta", "karty",
        "\u30AF\u30EC\u30B8\u30C3\u30C8", "\u5361\u53F7", "\u043A\u0430\u0440\u0442\u0430", "\u043A\u0430\u0440\u0442\u044B");

    public static readonly SearchValues<string> NotCard = Phrases(
        "order", "orders", "orderid", "tracking", "shipment", "parcel", "package", "awb", "invoice", "ticket", "case", "reference", "ref", "imei", "serial",
        "ean", "isbn", "upc", "gtin", "barcode", "timestamp", "ts", "epoch", "id", "uuid", "meter", "account",
        "bestellung", "bestellnummer", "sendung", "sendungsnummer", "rechnung", "vorgang", "auftrag", "pedido", "envio", "factura", "commande", "colis",
        "facture", "encomenda", "protocolo", "fatura", "ordine", "spedizione", "bestelling", "zending");

    public static readonly SearchValues<string> SecurityCode = Phrases(
        "cvv", "cvc", "cvn", "csc", "cid", "cav", "cvd", "cvvs", "cvccvv", "cvvcode", "cvccode", "securitycode",
        "security code", "security number", "security digits", "card code", "card verification", "verification value", "verification digits",
        "code on the back", "digits on the back", "number on the back", "numbers on the back", "back of the card", "back of my card", "back of card",
        "prufziffer", "prufnummer", "prufzahl", "pruefziffer", "pruefnummer", "kartenprufnummer", "kartenpruefnummer", "kartenprufziffer", "sicherheitscode", "sicherheitsnummer",
        "codigo de seguridad", "cod de seguridad", "codigo seguridad", "clave de seguridad", "numero de seguridad",
        "codigo de seguranca", "cod de seguranca", "codigo verificador do cartao",
        "cryptogramme", "crypto", "code de securite", "code secu", "code cvv", "numero de securite",
        "codice di sicurezza", "codice sicurezza", "beveiligingscode", "veiligheidscode",
        "\u30BB\u30AD\u30E5\u30EA\u30C6\u30A3\u30B3\u30FC\u30C9", "\u5B89\u5168\u7801");

    public static readonly SearchValues<string> Expiry = Phrases(
        "exp", "expires", "expiry", "expiration", "expire", "valid", "thru", "until", "till", "through", "date", "good", "gultig", "gueltig", "bis", "ablauf",
        "ablaufdatum", "verfall", "val", "validade", "vence", "vencimiento", "vto", "caducidad", "caduca", "fecha", "fin", "expire", "expiration", "scad", "scadenza",
        "and", "y", "und", "et", "e", "with", "con", "mit", "avec", "de", "the", "code", "sec", "security", "its", "is", "mm", "yy", "month", "year", "geldig", "tot");

    public static readonly SearchValues<string> Ssn = Phrases(
        "ssn", "ssns", "socialsecurity", "social security", "soc sec", "social sec", "social number", "my social", "your social", "s s n", "ss", "ssnumber", "social is", "social",
        "seguro social", "securite sociale americaine", "sozialversicherungsnummer der usa", "us sozialversicherung");

    public static readonly SearchValues<string> Phone = Phrases(
        "phone", "phones", "telephone", "tel", "mobile", "cell", "cellphone", "call me", "call us", "call", "reach me", "text me", "whatsapp", "fax", "sms", "ring me", "dial",
        "telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "ruf", "rufen", "rufnummer", "anrufen", "ruckruf",
        "telefono", "movil", "celular", "llamame", "llame", "llamar", "telephone", "portable", "appelez", "appelle", "joindre",
        "telefone", "telemovel", "ligue", "ligar", "cellulare", "telefoon", "mobiel", "bellen");

    /// <summary>Whether the words before a place, nearest 72 characters, hold one of the phrases.</summary>
    public static bool Before(ReadOnlySpan<char> text, int place, SearchValues<string> phrases, bool stopAtNumbers, int reach = Reach)
    {
        Span<char> words = stackalloc char[BufferLength];
        int at = words.Length;
        words[--at] = ' ';
        int i = place - 1;
        for (int steps = 0; i >= 0 && steps < reach && at > 1; i--, steps++)
        {
            char c = text[i];
            if (Characters.IsMask(c))
            {
                if (stopAtNumbers)
                {
                    break;
                }

                // A run of mask characters counts as one, whatever its length: masking must not bring words closer.
                while (i > 0 && steps < 4 * reach && Characters.IsMask(text[i - 1]))
                {
                    i--;
                }
            }

            if (stopAtNumbers && char.IsAsciiDigit(c) && !IsPartOfWord(text, i))
            {
                break;
            }

            bool letter = char.IsLetter(c);
            char lower = letter ? char.ToLowerInvariant(c) : ' ';
            if (lower == ' ' && words[at] == ' ')
            {
                continue;
            }

            // cardNumber: a capital ends the word that follows it to the left.
            bool camel = letter && char.IsAsciiLetterLower(c) && i + 1 < place && char.IsAsciiLetterUpper(text[i + 1]);
            if (camel)
            {
                words[--at] = ' ';
            }

            words[--at] = lower;
        }

        if (i < 0 || !char.IsLetter(text[i]))
        {
            words[--at] = ' ';
        }

        return words[at..].ContainsAny(phrases);
    }

    /// <summary>Whether the words after a place hold one of the phrases.</summary>
    public static bool After(ReadOnlySpan<char> text, int place, SearchValues<string> phrases, bool stopAtNumbers, int reach)
    {
        Span<char> words = stackalloc char[BufferLength];
        int at = 0;
        words[at++] = ' ';
        int i = place;
        for (int steps = 0; i < text.Length && steps < reach && at < words.Length - 2; i++, steps++)
        {
            char c = text[i];
            if (Characters.IsMask(c))
            {
                if (stopAtNumbers)
                {
                    break;
                }

                while (i + 1 < text.Length && Characters.IsMask(text[i + 1]))
                {
                    i++;
                }
            }

            if (stopAtNumbers && char.IsAsciiDigit(c) && !IsPartOfWord(text, i))
            {
                break;
            }

            char lower = char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ';
            if (lower != ' ' || words[at - 1] != ' ')
            {
                words[at++] = lower;
            }
        }

        if (i >= text.Length || !char.IsLetter(text[i]))
        {
            words[at++] = ' ';
        }

        return words[..at].ContainsAny(phrases);
    }

    /// <summary>Whether the last words of a message hold one of the phrases: what its writer asks for.</summary>
    public static bool Anywhere(ReadOnlySpan<char> text, SearchValues<string> phrases)
    {
        const int Step = Reach / 2;
        const int Look = 20 * Step;
        for (int place = text.Length; place > 0 && place > text.Length - Look; place -= Step)
        {
            if (Before(text, place, phrases, stopAtNumbers: false))
            {
                return true;
            }
        }

        return false;
    }

    // cvv2, cvc2: one digit on a word belongs to the word.
    private static bool IsPartOfWord(ReadOnlySpan<char> text, int i) =>
        i > 0 && char.IsAsciiLetter(text[i - 1]) && (i + 1 >= text.Length || !char.IsAsciiDigit(text[i + 1]));

    private static SearchValues<string> Phrases(params ReadOnlySpan<string> phrases)
    {
        var padded = new string[phrases.Length];
        for (int i = 0; i < phrases.Length; i++)
        {
            // Scripts without spaces between words are found inside a run of letters.
            padded[i] = phrases[i][0] >= '\u3000' ? phrases[i] : $" {phrases[i]} ";
        }

        return SearchValues.Create(padded, StringComparison.Ordinal);
    }
}
