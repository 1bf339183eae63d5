namespace SecureChat.Masking;

/// <summary>What the mask of a kind leaves standing; never more than a third of a value.</summary>
internal enum MaskShape : byte
{
    Full,
    LastTwo,
    LastFour,
    CountryAndLastFour,
    Email,
}
