namespace SecureChat.Masking;

/// <summary>When a number of a kind needs a word beside it, or a question before it.</summary>
internal enum ContextNeed : byte
{
    /// <summary>Shape and check digits are evidence enough.</summary>
    None,

    /// <summary>The usual grouping is enough; an unbroken run needs it.</summary>
    Bare,

    /// <summary>Unless the number is the whole text.</summary>
    Text,

    /// <summary>Always.</summary>
    Always,
}
