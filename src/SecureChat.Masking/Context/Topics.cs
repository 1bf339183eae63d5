namespace SecureChat.Masking;

/// <summary>Sets of kinds whose words the detectors in code look for.</summary>
internal static class Topics
{
    /// <summary>The kinds, without the topics of words that are none.</summary>
    public static KindSet Kinds { get; } = ~(KindSet.Of(Kind.Unrelated) | KindSet.Of(Kind.Version) | KindSet.Of(Kind.BehindCard));

    public static KindSet Card { get; } = KindSet.Of(Kind.PaymentCard);

    /// <summary>Orders, parcels, tickets: numbers that are nobody's secret.</summary>
    public static KindSet Unrelated { get; } = KindSet.Of(Kind.Unrelated);

    /// <summary>Releases of software: numbers with dots that are no addresses.</summary>
    public static KindSet Version { get; } = KindSet.Of(Kind.Version);

    public static KindSet SecurityCode { get; } = KindSet.Of(Kind.CardSecurityCode);

    /// <summary>What may stand between a card, its expiry and its code.</summary>
    public static KindSet BehindCard { get; } = KindSet.Of(Kind.BehindCard) | KindSet.Of(Kind.CardSecurityCode);

    public static KindSet Expiry { get; } = KindSet.Of(Kind.CardExpiry);

    public static KindSet Pin { get; } = KindSet.Of(Kind.Pin);

    public static KindSet BankCode { get; } = KindSet.Of(Kind.SwiftBic);

    public static KindSet Ssn { get; } = KindSet.Of(Kind.UsSsn);

    public static KindSet Phone { get; } = KindSet.Of(Kind.Phone);
}
