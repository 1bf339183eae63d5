namespace SecureChat.Masking;

/// <summary>How strong the claim of a detector is; where two overlap, the stronger one stands. Below the next hundred each detector ranks its own.</summary>
internal static class Ranks
{
    public const int PrivateKey = 1000;
    public const int UrlCredentials = 980;
    public const int Secret = 960;
    public const int Password = 940;
    public const int Email = 900;
    public const int Wallet = 850;
    public const int Network = 820;
    public const int Iban = 800;

    /// <summary>What a plug-in finds, and as much more as it is sure of it.</summary>
    public const int Own = 400;
    public const int OwnRange = 300;

    /// <summary>A number with right check digits beside a word that names it.</summary>
    public const int NamedAndChecked = 680;

    /// <summary>A number without check digits beside such a word.</summary>
    public const int Named = 560;

    public const int Card = 500;
    public const int Ssn = 400;
    public const int Date = 350;
    public const int Pin = 340;
    public const int SecurityCode = 300;

    /// <summary>A number that needs no word.</summary>
    public const int Unnamed = 250;

    public const int Phone = 200;

    /// <summary>A number with right check digits, and nothing else in the text.</summary>
    public const int Alone = 150;
}
