namespace SecureChat;

/// <summary>
/// The limits of the record contract, so that every store refuses the same arguments in the same way. A store calls one of these
/// before it touches its engine. Messages name the argument, never its content. Thread-safe.
/// </summary>
public static class RecordRules
{
    /// <summary>Largest <see cref="RecordQuery.Limit"/> and <see cref="DueQuery.Limit"/>.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Checks a record before insert or replace.</summary>
    /// <exception cref="ArgumentException">The key is not valid, or the body is larger than <see cref="StoreRecord.MaxBodyBytes"/>.</exception>
    public static void ThrowIfInvalid(StoreRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        ThrowIfInvalid(record.Key);
        if (record.Body.Length > StoreRecord.MaxBodyBytes)
        {
            throw new ArgumentException("The body of a record must not be larger than 1 MiB.", nameof(record));
        }
    }

    /// <summary>Checks a key.</summary>
    /// <exception cref="ArgumentException">A part is empty, too long, or holds characters it must not hold.</exception>
    public static void ThrowIfInvalid(RecordKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ThrowIfInvalid(key.Kind, key.Partition);
        ThrowIfNameInvalid(key.Id, "The id");
    }

    /// <summary>Checks a kind and a partition.</summary>
    /// <exception cref="ArgumentException">A part is empty, too long, or holds characters it must not hold.</exception>
    public static void ThrowIfInvalid(string kind, string partition)
    {
        ThrowIfKindInvalid(kind);
        ThrowIfNameInvalid(partition, "The partition");
    }

    /// <summary>Checks a query for a page of a partition.</summary>
    /// <exception cref="ArgumentException">A name is not valid, or the limit is not 1 to <see cref="MaxLimit"/>.</exception>
    public static void ThrowIfInvalid(RecordQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfInvalid(query.Kind, query.Partition);
        if (query.AfterId is not null)
        {
            ThrowIfNameInvalid(query.AfterId, "The id to start after");
        }

        ThrowIfLimitInvalid(query.Limit);
    }

    /// <summary>Checks a query for due records.</summary>
    /// <exception cref="ArgumentException">
    /// The kind is not valid, the record to start after is of another kind or has no due time, or the limit is not 1 to <see cref="MaxLimit"/>.
    /// </exception>
    public static void ThrowIfInvalid(DueQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfKindInvalid(query.Kind);
        if (query.After is { } after)
        {
            ThrowIfInvalid(after.Key);
            if (after.DueAt is null || !string.Equals(after.Key.Kind, query.Kind, StringComparison.Ordinal))
            {
                throw new ArgumentException("The record to start after is of the kind asked for and has a due time.", nameof(query));
            }
        }

        ThrowIfLimitInvalid(query.Limit);
    }

    /// <summary>
    /// Compares two names by their UTF-8 bytes, the order of the contract. It differs from <see cref="string.CompareOrdinal(string, string)"/>
    /// where surrogate pairs (U+10000 and above) meet U+E000 to U+FFFF.
    /// </summary>
    /// <returns>Below zero, zero or above zero, as for <see cref="IComparable"/>.</returns>
    public static int Compare(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        int common = left.AsSpan().CommonPrefixLength(right);
        return common == left.Length || common == right.Length
            ? left.Length.CompareTo(right.Length)
            : Weight(left[common]).CompareTo(Weight(right[common]));

        // UTF-16 puts the surrogates below U+E000, UTF-8 puts what they stand for above U+FFFF.
        static int Weight(char unit) => char.IsSurrogate(unit) ? unit + 0x10000 : unit;
    }

    /// <summary>
    /// Compares two records of one kind in the order of <see cref="IRecordStore.ListDueAsync"/>: due time to the millisecond, then
    /// partition, then id.
    /// </summary>
    /// <returns>Below zero, zero or above zero, as for <see cref="IComparable"/>.</returns>
    public static int CompareDue(StoreRecord left, StoreRecord right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        int order = Nullable.Compare(left.DueAt?.ToUnixTimeMilliseconds(), right.DueAt?.ToUnixTimeMilliseconds());
        order = order != 0 ? order : Compare(left.Key.Partition, right.Key.Partition);
        return order != 0 ? order : Compare(left.Key.Id, right.Key.Id);
    }

    private static void ThrowIfKindInvalid(string kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        bool valid = kind.Length is >= 1 and <= RecordKey.MaxKindLength;
        foreach (char character in kind)
        {
            valid &= character is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-';
        }

        if (!valid)
        {
            throw new ArgumentException("A kind has 1 to 64 characters of a-z 0-9 -.", nameof(kind));
        }
    }

    private static void ThrowIfNameInvalid(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > RecordKey.MaxNameLength)
        {
            throw new ArgumentException($"{what} has 1 to 256 characters.", nameof(name));
        }

        for (int at = 0; at < name.Length; at++)
        {
            char unit = name[at];
            if (unit == '\0')
            {
                throw new ArgumentException($"{what} must not hold U+0000.", nameof(name));
            }

            if (char.IsSurrogate(unit))
            {
                // A lone surrogate has no UTF-8 form: two different names would become the same bytes.
                if (at + 1 >= name.Length || !char.IsSurrogatePair(unit, name[at + 1]))
                {
                    throw new ArgumentException($"{what} must not hold a lone surrogate.", nameof(name));
                }

                at++;
            }
        }
    }

    private static void ThrowIfLimitInvalid(int limit)
    {
        if (limit is < 1 or > MaxLimit)
        {
            throw new ArgumentOutOfRangeException(nameof(limit), "A limit is 1 to 1000.");
        }
    }
}
