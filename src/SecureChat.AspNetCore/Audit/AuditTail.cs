namespace SecureChat.AspNetCore;

/// <summary>The end of the log as far as it was read: the last entry's number, the chain after it, and the page it lies in.</summary>
internal sealed class AuditTail
{
    /// <summary>Before the first entry.</summary>
    public static AuditTail Empty { get; } = new() { Sequence = 0, Chain = AuditFormat.EmptyChain(), PageId = 0 };

    public required long Sequence { get; init; }

    public required byte[] Chain { get; init; }

    /// <summary>Number of the first entry of the last page; 0 when there is none. No page has id 0.</summary>
    public required long PageId { get; init; }

    public override string ToString() => $"{nameof(AuditTail)} {Sequence}";
}
