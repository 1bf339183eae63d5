namespace SecureChat.Masking;

/// <summary>
/// Words near a value that say what it is. Compared on a lower-case copy of a bounded neighbourhood in which everything but letters
/// is a space, so that "cardNumber", "card_number" and "Card-Number:" are one spelling. Thread-safe.
/// </summary>
internal static class ContextWords
{
    /// <summary>From here on scripts put no spaces between words.</summary>
    public const char FirstUnspaced = '\u3000';

    /// <summary>Room for one neighbourhood.</summary>
    private const int BufferLength = 96;

    private const int Reach = 72;

    private static readonly ContextTable Table = new ContextTable()
        .Add(Topics.Card,
            "card", "cards", "cardnumber", "creditcard", "debitcard", "credit", "debit", "cc", "ccnum", "pan", "visa", "mastercard", "master", "maestro",
            "amex", "american express", "discover", "diners", "jcb", "rupay", "unionpay", "dankort",
            "karte", "karten", "kartennr", "kartennummer", "kreditkarte", "kreditkartennummer", "bankkarte", "girokarte",
            "tarjeta", "carte", "cb", "carta", "cartao", "kaart", "creditcard", "kreditkort", "kort", "karta", "karty",
            "\u30AF\u30EC\u30B8\u30C3\u30C8", "\u5361\u53F7", "\u043A\u0430\u0440\u0442\u0430", "\u043A\u0430\u0440\u0442\u044B")
        .Add(Topics.NotCard,
            "order", "orders", "orderid", "tracking", "shipment", "parcel", "package", "awb", "invoice", "ticket", "case", "reference", "ref", "imei", "serial",
            "ean", "isbn", "upc", "gtin", "barcode", "timestamp", "ts", "epoch", "id", "uuid", "meter", "account",
            "bestellung", "bestellnummer", "sendung", "sendungsnummer", "rechnung", "vorgang", "auftrag", "pedido", "envio", "factura", "commande", "colis",
            "facture", "encomenda", "protocolo", "fatura", "ordine", "spedizione", "bestelling", "zending")
        .Add(Topics.SecurityCode,
            "cvv", "cvc", "cvn", "csc", "cid", "cav", "cvd", "cvvs", "cvccvv", "cvvcode", "cvccode", "securitycode",
            "security code", "security number", "security digits", "card code", "card verification", "verification value", "verification digits",
            "code on the back", "digits on the back", "number on the back", "numbers on the back", "back of the card", "back of my card", "back of card",
            "prufziffer", "prufnummer", "prufzahl", "pruefziffer", "pruefnummer", "kartenprufnummer", "kartenpruefnummer", "kartenprufziffer", "sicherheitscode", "sicherheitsnummer",
            "codigo de seguridad", "cod de seguridad", "codigo seguridad", "clave de seguridad", "numero de seguridad",
            "codigo de seguranca", "cod de seguranca", "codigo verificador do cartao",
            "cryptogramme", "crypto", "code de securite", "code secu", "code cvv", "numero de securite",
            "codice di sicurezza", "codice sicurezza", "beveiligingscode", "veiligheidscode",
            "\u30BB\u30AD\u30E5\u30EA\u30C6\u30A3\u30B3\u30FC\u30C9", "\u5B89\u5168\u7801")
        .Add(Topics.Expiry,
            "exp", "expires", "expiry", "expiration", "expire", "valid", "thru", "until", "till", "through", "date", "good", "gultig", "gueltig", "bis", "ablauf",
            "ablaufdatum", "verfall", "val", "validade", "vence", "vencimiento", "vto", "caducidad", "caduca", "fecha", "fin", "expire", "expiration", "scad", "scadenza",
            "and", "y", "und", "et", "e", "with", "con", "mit", "avec", "de", "the", "code", "sec", "security", "its", "is", "mm", "yy", "month", "year", "geldig", "tot")
        .Add(Topics.Ssn,
            "ssn", "ssns", "socialsecurity", "social security", "soc sec", "social sec", "social number", "my social", "your social", "s s n", "ss", "ssnumber", "social is", "social",
            "seguro social", "securite sociale americaine", "sozialversicherungsnummer der usa", "us sozialversicherung")
        .Add(Topics.Phone,
            "phone", "phones", "telephone", "tel", "mobile", "cell", "cellphone", "call me", "call us", "call", "reach me", "text me", "whatsapp", "fax", "sms", "ring me", "dial",
            "telefon", "telefonnummer", "handy", "handynummer", "mobil", "mobilnummer", "ruf", "rufen", "rufnummer", "anrufen", "ruckruf",
            "telefono", "movil", "celular", "llamame", "llame", "llamar", "telephone", "portable", "appelez", "appelle", "joindre",
            "telefone", "telemovel", "ligue", "ligar", "cellulare", "telefoon", "mobiel", "bellen");

    // ASCII letters in lower case; a space for everything else.
    private static ReadOnlySpan<byte> LowerAscii =>
        "                                "u8 +
        "                                "u8 +
        " abcdefghijklmnopqrstuvwxyz     "u8 +
        " abcdefghijklmnopqrstuvwxyz     "u8;

    /// <summary>Which of the wanted topics the words before a place, nearest 72 characters, speak of; the nearest one that does decides.</summary>
    public static Topics Before(ReadOnlySpan<char> text, int place, Topics wanted, bool stopAtNumbers, int reach = Reach)
    {
        Span<char> words = stackalloc char[BufferLength];
        int at = words.Length;
        words[--at] = ' ';
        int end = at;
        bool unspaced = false;
        int i = place - 1;
        for (int steps = 0; i >= 0 && steps < reach && at > 1; i--, steps++)
        {
            char c = text[i];
            char lower;
            if (c < 0x80)
            {
                if (stopAtNumbers && char.IsAsciiDigit(c) && !IsPartOfWord(text, i))
                {
                    break;
                }

                lower = (char)LowerAscii[c];
            }
            else
            {
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

                lower = char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ';
                unspaced |= c >= FirstUnspaced;
            }

            // cardNumber: a capital ends the word that follows it to the left.
            bool camel = char.IsAsciiLetterLower(c) && i + 1 < place && char.IsAsciiLetterUpper(text[i + 1]);
            if ((lower == ' ' || camel) && words[at] != ' ')
            {
                Topics found = Table.Find(words[at..], end - at, wanted);
                if (found != Topics.None)
                {
                    return found;
                }

                words[--at] = ' ';
                end = at;
            }

            if (lower != ' ')
            {
                words[--at] = lower;
            }
        }

        // What goes on to the left is no whole word.
        if (words[at] != ' ' && (i < 0 || !char.IsLetter(text[i])))
        {
            Topics found = Table.Find(words[at..], end - at, wanted);
            if (found != Topics.None)
            {
                return found;
            }
        }

        return unspaced ? FindUnspaced(words[at..], wanted) : Topics.None;
    }

    /// <summary>Which of the wanted topics the words after a place speak of; the nearest one that does decides.</summary>
    public static Topics After(ReadOnlySpan<char> text, int place, Topics wanted, bool stopAtNumbers, int reach)
    {
        Span<char> words = stackalloc char[BufferLength];
        int at = 0;
        words[at++] = ' ';
        bool unspaced = false;
        int i = place;
        for (int steps = 0; i < text.Length && steps < reach && at < words.Length - 2; i++, steps++)
        {
            char c = text[i];
            char lower;
            if (c < 0x80)
            {
                if (stopAtNumbers && char.IsAsciiDigit(c) && !IsPartOfWord(text, i))
                {
                    break;
                }

                lower = (char)LowerAscii[c];
            }
            else
            {
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

                lower = char.IsLetter(c) ? char.ToLowerInvariant(c) : ' ';
                unspaced |= c >= FirstUnspaced;
            }

            if (lower != ' ' || words[at - 1] != ' ')
            {
                words[at++] = lower;
            }
        }

        if (words[at - 1] != ' ' && (i >= text.Length || !char.IsLetter(text[i])))
        {
            words[at++] = ' ';
        }

        Topics found = FindIn(words[..at], wanted);
        return found == Topics.None && unspaced ? FindUnspaced(words[..at], wanted) : found;
    }

    /// <summary>All topics that the last words of a message speak of: what its writer asks for.</summary>
    public static Topics Anywhere(ReadOnlySpan<char> text, Topics wanted)
    {
        const int Step = Reach / 2;
        const int Look = 20 * Step;
        Topics all = Topics.None;
        for (int place = text.Length; place > 0 && place > text.Length - Look && all != wanted; place -= Step)
        {
            // The nearest decides one look, so look again for the rest.
            for (Topics found; all != wanted && (found = Before(text, place, wanted & ~all, stopAtNumbers: false)) != Topics.None;)
            {
                all |= found;
            }
        }

        return all;
    }

    /// <summary>Whether one word alone speaks of a topic.</summary>
    public static bool Is(ReadOnlySpan<char> word, Topics wanted)
    {
        Span<char> words = stackalloc char[BufferLength];
        if (word.Length > words.Length - 1)
        {
            return false;
        }

        word.ToLowerInvariant(words);
        words[word.Length] = ' ';
        return Table.Find(words[..(word.Length + 1)], word.Length, wanted) != Topics.None
            || FindUnspaced(words[..word.Length], wanted) != Topics.None;
    }

    // cvv2, cvc2: one digit on a word belongs to the word.
    private static bool IsPartOfWord(ReadOnlySpan<char> text, int i) =>
        i > 0 && char.IsAsciiLetter(text[i - 1]) && (i + 1 >= text.Length || !char.IsAsciiDigit(text[i + 1]));

    // Words that end with a space; a last one without goes on to the right and is no whole word.
    private static Topics FindIn(ReadOnlySpan<char> words, Topics wanted)
    {
        for (int start = 1, length; start < words.Length && (length = words[start..].IndexOf(' ')) > 0; start += length + 1)
        {
            Topics found = Table.Find(words[start..], length, wanted);
            if (found != Topics.None)
            {
                return found;
            }
        }

        return Topics.None;
    }

    private static Topics FindUnspaced(ReadOnlySpan<char> words, Topics wanted)
    {
        Topics found = Topics.None;
        foreach ((string text, Topics topic) in Table.Unspaced)
        {
            if ((topic & wanted & ~found) != 0 && words.IndexOf(text) >= 0)
            {
                found |= topic;
            }
        }

        return found;
    }
}
