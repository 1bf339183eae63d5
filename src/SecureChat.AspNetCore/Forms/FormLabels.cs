using System.Text.RegularExpressions;

namespace SecureChat.AspNetCore;

/// <summary>Recognises labels that ask for what has a field type of its own (E22). Read once, when the host starts.</summary>
internal static partial class FormLabels
{
    public static bool AsksForCardCode(string? text) => text is not null && CardCode().IsMatch(text);

    public static bool AsksForCardNumber(string? text) => text is not null && CardNumber().IsMatch(text);

    // The words on cards and in checkouts: CVV, CVC, CVN, CSC, CAV2 with their digits, PIN, and how people spell them out.
    [GeneratedRegex(
        @"(?<![\p{L}\p{Nd}])(?:cvv2?|cvc2?|cvn2?|cav2|csc|cryptogramme)(?![\p{L}\p{Nd}])"
        + @"|(?<![\p{L}\p{Nd}])pin(?:[- ]?(?:code|number|nummer))?(?![\p{L}\p{Nd}])"
        + @"|(?:card|credit|bank)[^\p{L}\p{Nd}]{0,3}(?:security|verification|validation)|(?:security|verification|card)[^\p{L}\p{Nd}]{0,3}code"
        + @"|kartenpr[üu]f|pr[üu]f(?:nummer|ziffer)|code de s[ée]curit[ée]|c[óo]digo de seguridad|s[äa]kerhetskod|codice di sicurezza"
        + @"|(?:three|3|four|4)[^\p{L}\p{Nd}]{0,3}digits? (?:code|on (?:the )?(?:back|front))",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CardCode();

    [GeneratedRegex(
        @"(?:credit|debit|payment|bank)?[^\p{L}\p{Nd}]?card[^\p{L}\p{Nd}]{0,3}(?:number|no\.?(?![\p{L}\p{Nd}])|#)"
        + @"|(?:kredit)?kartennummer|num[ée]ro de (?:la )?carte|n[úu]mero de (?:la )?tarjeta|kortnummer|numero (?:della )?carta",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CardNumber();
}
