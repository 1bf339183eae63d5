// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

/// <summary>Topics of words, then the kinds; where two claims are otherwise equal, the first one stands.</summary>
internal enum Kind : byte
{
    Unrelated,
    Version,
    BehindCard,
    PrivateKey,
    UrlCredentials,
    Jwt,
    ApiKey,
    Password,
    Email,
    Iban,
    PaymentCard,
    UsSsn,
    CardSecurityCode,
    CardExpiry,
    Pin,
    CryptoWallet,
    IpAddress,
    MacAddress,
    SwiftBic,
    DateOfBirth,
    Phone,
}
