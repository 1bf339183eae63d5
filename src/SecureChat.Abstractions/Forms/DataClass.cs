using System.Text.Json.Serialization;

namespace SecureChat;

/// <summary>Policy group of a field: decides life, delivery and masking.</summary>
[JsonConverter(typeof(WireNames<DataClass>))]
public enum DataClass
{
    /// <summary>Anything not named below.</summary>
    General = 0,

    /// <summary>Name, e-mail address, phone number.</summary>
    Contact = 1,

    /// <summary>Account data in the sense of PCI DSS: card number, expiry, IBAN.</summary>
    AccountData = 2,

    /// <summary>Sensitive authentication data in the sense of PCI DSS 3.3: card security codes, PINs. Shortest life, one delivery, no retry, never held.</summary>
    AuthenticationData = 3,

    /// <summary>Numbers given by a state: SSN, passport, national id.</summary>
    GovernmentId = 4,

    /// <summary>Passwords, keys and other secrets.</summary>
    Credential = 5,

    /// <summary>Health data (GDPR Article 9).</summary>
    Health = 6,
}
