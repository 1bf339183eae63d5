namespace SecureChat.Masking;

/// <summary>Parts of the engine that tests switch off one by one, to show that each is needed. The product uses <see cref="All"/>.</summary>
[Flags]
internal enum MaskingSafeguards
{
    None = 0,

    /// <summary>Luhn and mod 97.</summary>
    CheckDigits = 1,

    /// <summary>Prefix and length of cards.</summary>
    IssuerRanges = 2,

    /// <summary>Digits of other scripts, invisible characters, HTML and URL escapes.</summary>
    Folding = 4,

    /// <summary>Looking again at the masked text until nothing is found.</summary>
    Repeat = 8,

    /// <summary>Labels are no words, and what a policy wrote is looked at again.</summary>
    Rewrites = 16,

    All = CheckDigits | IssuerRanges | Folding | Repeat | Rewrites,
}
