namespace SecureChat.Masking;

/// <summary>Letters and digits without anything between them, and what parts them from the chunk before.</summary>
internal readonly record struct Chunk(int Length, int GapBefore);
