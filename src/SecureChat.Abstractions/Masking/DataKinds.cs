namespace SecureChat;

/// <summary>Ids of the kinds of sensitive data that SecureChat detects.</summary>
public static class DataKinds
{
    /// <summary>Payment card number (ISO/IEC 7812-1).</summary>
    public const string PaymentCard = "payment-card";

    /// <summary>Card security code (CVV, CVC, CID).</summary>
    public const string CardSecurityCode = "card-security-code";

    /// <summary>IBAN (ISO 13616).</summary>
    public const string Iban = "iban";

    /// <summary>US Social Security number.</summary>
    public const string UsSsn = "us-ssn";

    /// <summary>E-mail address.</summary>
    public const string Email = "email";

    /// <summary>Phone number.</summary>
    public const string Phone = "phone";
}
