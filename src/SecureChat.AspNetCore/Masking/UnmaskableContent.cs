namespace SecureChat.AspNetCore;

/// <summary>What happens to a body that cannot be masked: of another content type, in another encoding, or compressed.</summary>
public enum UnmaskableContent
{
    /// <summary>A request is refused with 415 (<c>SC6018</c>), an answer is withheld with 500 (<c>SC2002</c>). The default.</summary>
    Refuse,

    /// <summary>It passes as it is. For endpoints that send files which cannot hold what is masked.</summary>
    Pass,
}
