using System.Buffers;

namespace SecureChat.Masking;

/// <summary>
/// What follows a word for a password, as people write it: "password: x", "my password is x", "pwd=x". A sentence about passwords
/// ("forgot my password again") has none.
/// </summary>
internal static class PasswordDetector
{
    private const int Shortest = 4;
    private const int Longest = 128;

    // A longer value of a field is a text about passwords.
    private const int LongestOfField = StreamingMasker.MinWindow - 1;

    private static readonly string[] Words =
        ["password", "passwort", "passwd", "passphrase", "passcode", "kennwort", "contrasena", "contrase\u00F1a", "senha", "mot de passe", "mdp", "wachtwoord", "pwd", "parola d'ordine", "haslo", "l\u00F6senord"];

    private static readonly SearchValues<string> Found = SearchValues.Create(Words, StringComparison.OrdinalIgnoreCase);

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Links = Set("is", "was", "lautet", "ist", "war", "es", "era", "est", "\u00E9", "e", "\u00E8", "eh", "will", "be", "now", "set", "to", "as", "are", "jetzt", "sind", "ahora", "maintenant");

    // Words that go on with a sentence, and what people say of a password.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NoPasswords = Set(
        "again", "reset", "wrong", "incorrect", "not", "expired", "required", "too", "forgot", "forgotten", "the", "my", "your", "his", "her", "our", "their", "changed", "change", "please", "correct", "right",
        "weak", "strong", "protected", "must", "should", "could", "would", "can", "cannot", "has", "had", "have", "and", "or", "for", "from", "with", "that", "this", "they", "when", "where", "which", "what",
        "invalid", "field", "manager", "policy", "hint", "link", "page", "form", "email", "mail", "screen", "box", "lost", "stolen", "safe", "secure", "secret", "good", "same", "different", "case", "long",
        "short", "being", "been", "never", "always", "only", "also", "still", "there", "here", "because", "before", "after", "does", "doesn't", "didn't", "isn't", "works", "work", "working", "accepted",
        "rejected", "blocked", "locked", "empty", "missing", "none", "null", "nil", "true", "false", "undefined", "string", "optional", "recovery", "requirements", "vergessen", "falsch", "richtig", "nicht",
        "zurucksetzen", "zur\u00FCcksetzen", "\u00E4ndern", "andern", "abgelaufen", "gesperrt", "ung\u00FCltig", "olvidada", "olvidado", "incorrecta", "incorrecto", "correcta", "nueva", "nuevo", "oubli\u00E9", "oublie", "incorrecte",
        "expir\u00E9", "esqueci", "errada", "incorreta", "nova", "vergeten", "onjuist", "something", "someone", "hard", "easy", "simple", "unique", "known", "shared", "stored", "hashed", "encrypted", "masked", "hidden", "sent", "about", "until", "every", "each", "some", "any", "just", "like", "very");

    // What a name of a field has behind the word when its value is a password all the same.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Repeats = Set("confirm", "confirmation", "confirmed", "repeat", "repeated", "again", "verify", "verification", "check", "new", "old", "current", "hash", "value");

    /// <summary>Whether a field with these words as its name holds a password, whatever its value looks like: "userPassword", "password 2".</summary>
    public static bool IsName(ReadOnlySpan<char> words)
    {
        int at = 0;
        bool isName = false;
        while (words[at..].IndexOfAny(Found) is var next and >= 0)
        {
            at += next;
            while (at < words.Length && char.IsLetter(words[at]))
            {
                at++;
            }

            isName = true;
        }

        ReadOnlySpan<char> rest = words[at..].Trim(" 0123456789");
        return isName && (rest.IsEmpty || Repeats.Contains(rest));
    }

    /// <summary>Whether the text has a word for a password, so that it must be looked at even without a digit.</summary>
    public static bool MayHold(ReadOnlySpan<char> text) => text.ContainsAny(Found);

    public static void Detect(ReadOnlySpan<char> text, MaskContext context, ref Findings findings)
    {
        for (int at = 0, next; at < text.Length && (next = text[at..].IndexOfAny(Found)) >= 0;)
        {
            int word = at + next;
            int end = word;
            while (end < text.Length && (char.IsLetter(text[end]) || (text[end] is ' ' or '\'' && end - word < 12 && StartsWithWord(text[word..], end - word))))
            {
                end++;
            }

            at = Math.Max(end, word + 1);
            Read(text, at, ref findings);
        }

        if (context.HoldsPassword)
        {
            ReadOnlySpan<char> whole = text.Trim();
            if (whole.Length > 0 && text.Length <= LongestOfField && !NoPasswords.Contains(whole) && !IsMasked(whole))
            {
                int start = text.IndexOf(whole);
                findings.Add(Kind.Password, start, start + whole.Length, Ranks.Password);
            }
        }
        else if (context.Asks(Kind.Password) && text.Length <= Longest && !text.Trim().Contains(' ') && Value(text, 0) is { Length: >= Shortest } value && IsStrong(value))
        {
            int start = text.IndexOf(value);
            findings.Add(Kind.Password, start, start + value.Length, Ranks.Password);
        }
    }

    // "mot de passe" has spaces in it.
    private static bool StartsWithWord(ReadOnlySpan<char> text, int length)
    {
        foreach (string word in Words)
        {
            if (word.Length > length && text.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static void Read(ReadOnlySpan<char> text, int at, ref Findings findings)
    {
        bool isNamed = false;
        bool isLinked = false;
        for (int words = 0; words < 4; words++)
        {
            int begin = at;
            while (at < text.Length && (text[at] is ' ' or '\t' or ':' or '=' or '>' or '-' or '"' or '\'' or '`' or '(' or '*' or '\u00A0' || (text[at] is '\n' && isNamed)))
            {
                // One or two stars are markup; more are the mask of a password that stood here.
                if (text[at..].StartsWith("***"))
                {
                    return;
                }

                isNamed |= text[at] is ':' or '=' or '>';
                at++;
            }

            if (at == begin)
            {
                return;
            }

            ReadOnlySpan<char> value = Value(text, at);
            ReadOnlySpan<char> bare = value.TrimEnd("!");
            if (value.Length == 0)
            {
                return;
            }

            if (Links.Contains(bare) && !(isNamed && !isLinked && words == 0 && IsStrong(value)))
            {
                isLinked = true;
                at += value.Length;
                continue;
            }

            bool isSaid = isNamed || isLinked;
            bool isPassword = value.Length >= Shortest
                && !NoPasswords.Contains(bare)
                && value.ContainsAnyExcept(Characters.Mask, '*', '.')
                && !value.Contains("://", StringComparison.Ordinal)
                && (IsStrong(value) || (isSaid && (isNamed || EndsSentence(text, at + value.Length))));
            if (isPassword && value.IndexOf(Characters.Mask) < 0)
            {
                findings.Add(Kind.Password, at, at + value.Length, isSaid ? Ranks.Password : Ranks.Password - 20);
            }

            return;
        }
    }

    // Up to the next space, without the quotes and the signs of the sentence around it.
    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> text, int at)
    {
        int end = at;
        while (end < text.Length && end - at < Longest && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        ReadOnlySpan<char> value = text[at..end];
        int amp = value.IndexOf('&');
        if (amp > 0 && value[amp..].Contains('='))
        {
            value = value[..amp];
        }

        return value.TrimEnd(".,;:?\"'`)]}>*");
    }

    private static bool IsMasked(ReadOnlySpan<char> value)
    {
        foreach (char c in value)
        {
            if (!Characters.IsMask(c) && c != '*')
            {
                return false;
            }
        }

        return true;
    }

    private static bool EndsSentence(ReadOnlySpan<char> text, int at) =>
        at >= text.Length || text[at] is '.' or ',' or ';' or '\n' or '"' or '\'' or '!' || text[at..].TrimStart(' ').Length == 0;

    /// <summary>A digit or sign among letters: no word of a language.</summary>
    private static bool IsStrong(ReadOnlySpan<char> value)
    {
        bool letter = false;
        bool other = false;
        foreach (char c in value)
        {
            letter |= char.IsLetter(c);
            other |= char.IsAsciiDigit(c) || c is '!' or '#' or '$' or '%' or '&' or '@' or '*' or '^' or '+' or '=' or '_' or '~';
        }

        return letter && other;
    }

    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(params string[] words) =>
        new HashSet<string>(words, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
