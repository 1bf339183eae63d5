using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>Check digits and issuer ranges of what forms collect: the masker's own, so that both agree on what is a card or an IBAN.</summary>
internal static class FieldChecks
{
    /// <summary>ASCII digits only: known issuer range, its length, Luhn (ISO/IEC 7812-1).</summary>
    public static bool IsCardNumber(ReadOnlySpan<char> digits) =>
        digits.Length is >= PaymentCards.MinDigits and <= PaymentCards.MaxDigits
        && !digits.ContainsAnyExceptInRange('0', '9')
        && PaymentCards.IsValid(digits);

    /// <summary>Upper case without separators: known country, its length and shape, mod 97 (ISO 13616, ISO 7064).</summary>
    public static bool IsIban(ReadOnlySpan<char> iban) => Iban.IsValid(iban);
}
