using System.Runtime.CompilerServices;

namespace SecureChat.AspNetCore;

/// <summary>Whatever lives has a due time, so the due list up to the end of time is the list of all that lives of a kind.</summary>
internal static class LivingRecords
{
    private const int Batch = 200;

    public static async IAsyncEnumerable<StoreRecord> ListAsync(
        GuardedRecordStore store, string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset end = DateTimeOffset.MaxValue.AddDays(-1);
        HashSet<string> seen = new(StringComparer.Ordinal);
        StoreRecord? last = null;
        IReadOnlyList<StoreRecord> page;
        do
        {
            page = await store.ListDueAsync(new DueQuery { Kind = kind, Before = end, After = last, Limit = Batch }, cancellationToken);
            foreach (StoreRecord record in page)
            {
                // What was handed out may be due later than before, and is met again.
                last = record;
                if (seen.Add($"{record.Key.Partition}/{record.Key.Id}"))
                {
                    yield return record;
                }
            }
        }
        while (page.Count == Batch);
    }
}
