namespace SecureChat.AspNetCore;

/// <summary>
/// A page: up to <see cref="MaxEntries"/> lines in one immutable record, named by the number of its first entry. Inserting it if
/// absent is what numbers the log: of two hosts that append the same number one wins, the other reads on and tries behind it.
/// </summary>
internal static class AuditPage
{
    public const string Partition = "log";

    public const int MaxEntries = 256;

    public static RecordKey KeyOf(long firstSequence) =>
        new() { Kind = RecordKinds.AuditPage, Partition = Partition, Id = SequenceId.Format(firstSequence) };

    /// <summary>Checks a page against the tail before it and adds its entries to <paramref name="entries"/>.</summary>
    /// <param name="record">The page.</param>
    /// <param name="before">The end of the log before this page, or <see langword="null"/> when it is not known: then the page is checked as far as it goes by itself.</param>
    /// <param name="entries">Receives the entries up to the first broken one; may be <see langword="null"/>.</param>
    /// <param name="broken">What is wrong, or <see langword="null"/>.</param>
    /// <returns>The tail after the page, as far as it holds.</returns>
    public static AuditTail Read(StoreRecord record, AuditTail? before, List<AuditEntry>? entries, out AuditBreak? broken)
    {
        long expected = before is null ? -1 : before.Sequence + 1;
        if (!long.TryParse(record.Key.Id, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long first)
            || first < 1
            || !string.Equals(record.Key.Id, SequenceId.Format(first), StringComparison.Ordinal))
        {
            broken = new AuditBreak { Sequence = Math.Max(expected, 1), Fault = AuditFault.PageId };
            return before ?? AuditTail.Empty;
        }

        if (expected < 0)
        {
            expected = first;
        }

        AuditTail tail = before ?? new AuditTail { Sequence = first - 1, Chain = [], PageId = 0 };
        if (first != expected)
        {
            broken = new AuditBreak { Sequence = expected, Fault = first > expected ? AuditFault.Gap : AuditFault.Duplicate };
            return tail;
        }

        // A page is inserted once and never replaced; any other version means that somebody wrote over it.
        if (record.Version != 1)
        {
            broken = new AuditBreak { Sequence = expected, Fault = AuditFault.Replaced };
            return tail;
        }

        ReadOnlyMemory<byte> rest = record.Body;
        int count = 0;
        while (true)
        {
            if (count > 0 && rest.IsEmpty)
            {
                broken = null;
                return tail;
            }

            expected = tail.Sequence + 1;
            if (count == MaxEntries
                || !AuditFormat.TryReadLine(ref rest, out ReadOnlyMemory<byte> canonical, out byte[] chain)
                || AuditFormat.TryReadCanonical(canonical.Span) is not { } entry)
            {
                broken = new AuditBreak { Sequence = expected, Fault = AuditFault.Malformed };
                return tail;
            }

            if (entry.Seq != expected)
            {
                AuditFault fault = count == 0 ? AuditFault.PageId : entry.Seq > expected ? AuditFault.Gap : AuditFault.Duplicate;
                broken = new AuditBreak { Sequence = expected, Fault = fault };
                return tail;
            }

            // Without the chain before the page its first hash cannot be recomputed; the following ones can.
            if (tail.Chain.Length > 0 && !AuditFormat.Next(tail.Chain, canonical.Span).AsSpan().SequenceEqual(chain))
            {
                broken = new AuditBreak { Sequence = expected, Fault = AuditFault.Hash };
                return tail;
            }

            tail = new AuditTail { Sequence = expected, Chain = chain, PageId = first };
            entries?.Add(AuditFormat.ToEntry(entry, canonical, chain));
            count++;
        }
    }
}
