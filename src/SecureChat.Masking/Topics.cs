namespace SecureChat.Masking;

/// <summary>What a word speaks of.</summary>
[Flags]
internal enum Topics : byte
{
    None = 0,
    Card = 1,
    NotCard = 2,
    SecurityCode = 4,
    Expiry = 8,
    Ssn = 16,
    Phone = 32,
}
