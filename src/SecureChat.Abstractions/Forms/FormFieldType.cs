using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>What a field takes; decides validation, mask, autocomplete hint and <see cref="DataClass"/>.</summary>
[JsonConverter(typeof(WireNames<FormFieldType>))]
public enum FormFieldType
{
    /// <summary>One line of text, 1 to 500 characters.</summary>
    Text = 0,

    /// <summary>A person's name, 1 to 200 characters.</summary>
    Name = 1,

    /// <summary>An e-mail address.</summary>
    Email = 2,

    /// <summary>A phone number in international form (E.164).</summary>
    Phone = 3,

    /// <summary>A calendar date, <c>yyyy-MM-dd</c>.</summary>
    Date = 4,

    /// <summary>A decimal number with a point.</summary>
    Number = 5,

    /// <summary>One of the choices of the field.</summary>
    Choice = 6,

    /// <summary>A payment card number: known issuer range, right length, Luhn (ISO/IEC 7812-1).</summary>
    CardNumber = 7,

    /// <summary>The last four digits of a card, and no more.</summary>
    CardLastFour = 8,

    /// <summary>A card's expiry, <c>MM/YY</c>, not in the past.</summary>
    CardExpiry = 9,

    /// <summary>A card security code, three or four digits. Always <see cref="DataClass.AuthenticationData"/>.</summary>
    SecurityCode = 10,

    /// <summary>An IBAN: country, length, mod 97 (ISO 13616).</summary>
    Iban = 11,

    /// <summary>A national identity number, 4 to 32 letters, digits and separators.</summary>
    NationalId = 12,

    /// <summary>A password or other secret, 1 to 1,000 characters, never trimmed.</summary>
    Secret = 13,

    /// <summary>A health note, 1 to 4,000 characters, several lines.</summary>
    HealthNote = 14,
}
