namespace SecureChat.AspNetCore;

/// <summary>
/// Recomputes the log from nothing but its bytes and names the first entry that does not hold. It trusts no field: numbers come
/// from counting, hashes from hashing, and the spelling of every byte is checked.
/// </summary>
/// <remarks>
/// Without heads a chain proves that nothing was changed, taken out or put in between the first and the last entry that are
/// there. That the last entry is the last that was written, and that the log as a whole is the one that was written, only an
/// exported head can prove (E52).
/// </remarks>
internal static class AuditVerifier
{
    // A page is up to 1 MiB; this bounds what is in memory at once.
    private const int PagesPerRead = 16;

    public static async ValueTask<AuditVerification> VerifyAsync(
        IRecordStore store, IReadOnlyList<AuditHead> heads, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var anchors = new HeadChecker(heads);
        AuditTail tail = AuditTail.Empty;
        AuditBreak? broken = anchors.Disagreement;
        string? after = null;
        var entries = new List<AuditEntry>();
        while (broken is null)
        {
            IReadOnlyList<StoreRecord> pages = await store.ListAsync(
                new RecordQuery { Kind = RecordKinds.AuditPage, Partition = AuditPage.Partition, AfterId = after, Limit = PagesPerRead }, cancellationToken);
            foreach (StoreRecord page in pages)
            {
                cancellationToken.ThrowIfCancellationRequested();
                entries.Clear();
                AuditTail next = AuditPage.Read(page, tail, entries, out broken);

                // A head may contradict an entry before the page's own first fault.
                broken = anchors.Check(entries) ?? broken;
                if (broken is not null)
                {
                    tail = broken.Sequence > tail.Sequence + entries.Count ? next : TailBefore(tail, entries, broken.Sequence);
                    break;
                }

                tail = next;
                after = page.Key.Id;
                progress?.Report(tail.Sequence);
            }

            if (pages.Count < PagesPerRead)
            {
                break;
            }
        }

        broken ??= anchors.CheckEnd(tail.Sequence);
        return new AuditVerification
        {
            Count = tail.Sequence,
            HeadHash = Convert.ToHexStringLower(tail.Chain),
            HeadsCompared = heads.Count,
            Broken = broken,
        };
    }

    /// <summary>Verifies one JSON Lines file of <see cref="JsonLinesAuditSink"/>.</summary>
    public static ValueTask<AuditVerification> VerifyFileAsync(Stream file, IReadOnlyList<AuditHead> heads, CancellationToken cancellationToken) =>
        VerifyFilesAsync([file], heads, cancellationToken);

    /// <summary>
    /// Verifies JSON Lines files together: those of several days, and of several hosts, each of which wrote only its own
    /// entries. Lines may stand in any order, as hosts interleave; every number between the lowest and the highest must occur
    /// exactly once.
    /// </summary>
    public static async ValueTask<AuditVerification> VerifyFilesAsync(
        IReadOnlyList<Stream> files, IReadOnlyList<AuditHead> heads, CancellationToken cancellationToken)
    {
        var anchors = new HeadChecker(heads);
        var lines = new List<FileLine>();
        AuditBreak? malformed = null;
        foreach (Stream file in files)
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken);
            ReadOnlyMemory<byte> rest = content.GetBuffer().AsMemory(0, (int)content.Length);
            long previous = 0;
            while (!rest.IsEmpty)
            {
                if (!AuditFormat.TryReadLine(ref rest, out ReadOnlyMemory<byte> canonical, out byte[] chain)
                    || AuditFormat.TryReadCanonical(canonical.Span) is not { } entry)
                {
                    // A line that cannot be read has no number of its own: it is named after the one before it.
                    if (malformed is null || previous + 1 < malformed.Sequence)
                    {
                        malformed = new AuditBreak { Sequence = previous + 1, Fault = AuditFault.Malformed };
                    }

                    break;
                }

                lines.Add(new FileLine(entry.Seq, canonical.ToArray(), chain));
                previous = entry.Seq;
            }
        }

        lines.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        long first = lines.Count == 0 ? 1 : lines[0].Sequence;
        byte[] head = AuditFormat.EmptyChain();
        long count = 0;
        AuditBreak? broken = anchors.Disagreement;
        foreach (FileLine line in lines)
        {
            if (broken is not null)
            {
                break;
            }

            long expected = first + count;
            if (line.Sequence != expected)
            {
                broken = line.Sequence > expected
                    ? new AuditBreak { Sequence = expected, Fault = AuditFault.Gap }
                    : new AuditBreak { Sequence = line.Sequence, Fault = AuditFault.Duplicate };
            }
            else if ((count > 0 || first == 1) && !AuditFormat.Next(head, line.Canonical).AsSpan().SequenceEqual(line.Chain))
            {
                broken = new AuditBreak { Sequence = expected, Fault = AuditFault.Hash };
            }
            else
            {
                broken = anchors.Check(line.Sequence, line.Chain);
            }

            if (broken is null)
            {
                head = line.Chain;
                count++;
            }
        }

        // A line that cannot be read hides an entry, which shows as a gap behind it or as nothing at all when it was the last.
        if (malformed is not null && (broken is null || malformed.Sequence <= broken.Sequence))
        {
            broken = malformed;
        }

        broken ??= anchors.CheckEnd(first + count - 1);
        return new AuditVerification
        {
            Count = count,
            FirstSequence = first,
            HeadHash = Convert.ToHexStringLower(head),
            HeadsCompared = heads.Count,
            Broken = broken,
        };
    }

    private static AuditTail TailBefore(AuditTail tail, List<AuditEntry> entries, long sequence)
    {
        int good = (int)Math.Clamp(sequence - 1 - tail.Sequence, 0, entries.Count);
        return good == 0
            ? tail
            : new AuditTail { Sequence = entries[good - 1].Sequence, Chain = Convert.FromHexString(entries[good - 1].ChainHash), PageId = entries[0].Sequence };
    }

    private sealed record FileLine(long Sequence, byte[] Canonical, byte[] Chain);

    /// <summary>Compares entries with exported heads as they go by.</summary>
    private sealed class HeadChecker
    {
        private readonly Dictionary<long, string> _heads = [];
        private readonly long _last;

        public HeadChecker(IReadOnlyList<AuditHead> heads)
        {
            foreach (AuditHead head in heads)
            {
                if (!_heads.TryAdd(head.Sequence, head.ChainHash)
                    && !string.Equals(_heads[head.Sequence], head.ChainHash, StringComparison.Ordinal)
                    && (Disagreement is null || head.Sequence < Disagreement.Sequence))
                {
                    Disagreement = new AuditBreak { Sequence = head.Sequence, Fault = AuditFault.HeadsDisagree };
                }

                _last = Math.Max(_last, head.Sequence);
            }
        }

        public AuditBreak? Disagreement { get; }

        public AuditBreak? Check(List<AuditEntry> entries)
        {
            foreach (AuditEntry entry in entries)
            {
                if (Differs(entry.Sequence, entry.ChainHash))
                {
                    return new AuditBreak { Sequence = entry.Sequence, Fault = AuditFault.HeadDiffers };
                }
            }

            return null;
        }

        public AuditBreak? Check(long sequence, byte[] chain) =>
            _heads.Count > 0 && Differs(sequence, Convert.ToHexStringLower(chain))
                ? new AuditBreak { Sequence = sequence, Fault = AuditFault.HeadDiffers }
                : null;

        public AuditBreak? CheckEnd(long sequence) =>
            sequence < _last ? new AuditBreak { Sequence = sequence + 1, Fault = AuditFault.TailCut } : null;

        private bool Differs(long sequence, string chainHash) =>
            _heads.TryGetValue(sequence, out string? known) && !string.Equals(known, chainHash, StringComparison.Ordinal);
    }
}
