using System.Buffers;
using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>
/// A copy of the log in files, one a day (UTC, by the entry's time): <c>audit-yyyyMMdd.jsonl</c>, in the very lines of the log's
/// pages, so that <c>audit verify</c> and ten lines of any language can check them. Entries hold no personal data, so there is
/// nothing to erase in these files.
/// </summary>
/// <remarks>
/// Processes of one machine share the files. A host writes the entries it appended itself: with several machines, verify their
/// folders together. An entry is on the disk when the write is answered.
/// </remarks>
internal sealed class JsonLinesAuditSink(string folder, TimeProvider time) : IAuditSink
{
    public ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
        // Opening and flushing files block, and a network drive may block for ever: not on the caller's thread.
        new(Task.Run(() => WriteFilesAsync(entries, cancellationToken), cancellationToken));

    private async Task WriteFilesAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        AppendOnlyFile.CreateFolder(folder);
        foreach (IGrouping<string, AuditEntry> day in entries.GroupBy(static entry => entry.At.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)))
        {
            var lines = new ArrayBufferWriter<byte>();
            foreach (AuditEntry entry in day)
            {
                AuditFormat.WriteLine(lines, entry);
            }

            await AppendOnlyFile.AppendAsync(Path.Combine(folder, $"audit-{day.Key}.jsonl"), lines.WrittenMemory, time, cancellationToken);
        }
    }
}
