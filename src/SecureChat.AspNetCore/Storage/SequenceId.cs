using System.Globalization;

namespace SecureChat.AspNetCore;

/// <summary>Sequences as record ids: 19 digits, so that the order of bytes is the order of numbers.</summary>
internal static class SequenceId
{
    public static string Format(long sequence) => sequence.ToString("D19", CultureInfo.InvariantCulture);

    public static long Parse(string id) => long.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>
    /// The last record of a partition whose ids are sequences, found in O(log n) reads: the store lists forward only, so the end is
    /// searched by doubling from <paramref name="known"/> and then halving. Ids must be dense enough that every record's
    /// successor is listed after it, which holds for any set of ids.
    /// </summary>
    public static async ValueTask<StoreRecord?> FindLastAsync(
        IRecordStore store, string kind, string partition, long known, CancellationToken cancellationToken)
    {
        StoreRecord? last = null;
        long low = Math.Max(known - 1, -1);
        long step = 64;

        // Invariant: `last` is the greatest record seen; everything after it is unknown.
        while (true)
        {
            StoreRecord? next = await FirstAfterAsync(low);
            if (next is null)
            {
                break;
            }

            last = next;
            low = Parse(next.Key.Id);
            if (low > long.MaxValue - step)
            {
                break;
            }

            StoreRecord? far = await FirstAfterAsync(low + step);
            if (far is not null)
            {
                last = far;
                low = Parse(far.Key.Id);
                step = Math.Min(step * 2, long.MaxValue / 4);
                continue;
            }

            // Nothing beyond low + step: the end lies in (low, low + step].
            long high = low + step;
            while (low < high)
            {
                long middle = low + ((high - low) / 2);
                StoreRecord? beyond = await FirstAfterAsync(middle);
                if (beyond is null)
                {
                    high = middle;
                }
                else
                {
                    last = beyond;
                    low = Parse(beyond.Key.Id);
                }
            }

            break;
        }

        return last;

        async ValueTask<StoreRecord?> FirstAfterAsync(long sequence)
        {
            IReadOnlyList<StoreRecord> page = await store.ListAsync(
                new RecordQuery { Kind = kind, Partition = partition, AfterId = sequence < 0 ? null : Format(sequence), Limit = 1 },
                cancellationToken);
            return page.Count == 0 ? null : page[0];
        }
    }
}
