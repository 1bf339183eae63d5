namespace SecureChat;

/// <summary>
/// Which of the two stores. Ciphertext and keys live apart, so that a copy of one opens nothing, and destroying a key
/// reaches every copy of its ciphertext, backups included.
/// </summary>
public enum RecordStoreSlot
{
    /// <summary>Events, forms, consent, audit, limits.</summary>
    Data = 0,

    /// <summary>Release keys, conversation keys, wrapped key-encryption keys. Has its own, short backup life.</summary>
    Keys = 1,
}
