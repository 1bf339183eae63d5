namespace SecureChat.Masking;

/// <summary>What words say of the number beside them.</summary>
internal struct Meaning
{
    /// <summary>Kinds that they name.</summary>
    public KindSet Named;

    /// <summary>Kinds that they name when they are written in capitals.</summary>
    public KindSet Capitals;

    /// <summary>Kinds that they may mean, among others.</summary>
    public KindSet Shared;

    /// <summary>Kinds of the country that they name.</summary>
    public KindSet Country;

    /// <summary>Kinds that the nearest word names.</summary>
    public KindSet Nearest;

    public void Add(in Meaning other)
    {
        Named |= other.Named;
        Capitals |= other.Capitals;
        Shared |= other.Shared;
        Country |= other.Country;
    }
}
