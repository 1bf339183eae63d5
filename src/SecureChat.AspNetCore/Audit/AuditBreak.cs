namespace SecureChat.AspNetCore;

/// <summary>Where the log first fails to verify, and how.</summary>
internal sealed class AuditBreak
{
    /// <summary>Number of the first entry that cannot be trusted.</summary>
    public required long Sequence { get; init; }

    public required AuditFault Fault { get; init; }

    public string Why => Fault switch
    {
        AuditFault.Gap => "the entry is missing",
        AuditFault.Duplicate => "the number occurs twice",
        AuditFault.Malformed => "the entry is not written as the log writes it",
        AuditFault.PageId => "the page does not begin with the entry it is named after",
        AuditFault.Hash => "the entry does not match its hash or the hash before it",
        AuditFault.Replaced => "its page was written over",
        AuditFault.HeadDiffers => "an exported head has another hash for this entry; the log was rewritten",
        AuditFault.TailCut => "an exported head knows later entries; the end of the log was cut off",
        AuditFault.HeadsDisagree => "two exported heads have different hashes for this entry",
        _ => Fault.ToString(),
    };

    public override string ToString() => $"entry {Sequence}: {Why}";
}

/// <summary>Ways in which a log can be broken.</summary>
internal enum AuditFault
{
    Gap = 1,
    Duplicate,
    Malformed,
    PageId,
    Hash,
    Replaced,
    HeadDiffers,
    TailCut,
    HeadsDisagree,
}
