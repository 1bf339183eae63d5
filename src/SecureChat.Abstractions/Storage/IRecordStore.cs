namespace SecureChat;

/// <summary>
/// The one class a storage vendor writes. Everything SecureChat keeps (conversation events, forms with their sealed values,
/// consent, the audit log, single-use proofs, limits, wrapped keys) is a <see cref="StoreRecord"/> behind these nine members.
/// </summary>
/// <remarks>
/// <para><b>Duties.</b> Every member is linearizable for one record: once <see cref="ReplaceAsync"/> has answered
/// <see langword="true"/> to one caller, no other caller in any process can get <see langword="true"/> for the same expected
/// version. "At most one viewer" rests on that clause. When <see cref="RecordStoreDescription.IsDurable"/> is set, an answer is
/// given only after the change survives a killed process.</para>
/// <para><b>Errors.</b> Expected outcomes are return values. Any fault is an exception; SecureChat wraps the store, bounds it in
/// time, maps the exception to <see cref="SecureChatStoreException"/> (<c>SC3001</c>) and refuses the request. A store must never
/// answer "not found" for a fault, must not retry a write whose outcome is unknown, must not log bodies, and lets
/// <see cref="OperationCanceledException"/> pass through. Arguments outside the limits are an <see cref="ArgumentException"/>
/// before the engine is touched; <see cref="RecordRules"/> checks them in one call. A token that is cancelled before a call
/// starts means that nothing happens.</para>
/// <para><b>Threads.</b> Called concurrently from many threads. <b>Order</b> of partitions and ids is the order of their UTF-8
/// bytes. Kind, partition and id are compared exactly (case-sensitive, no Unicode normalisation). Two instances are in use at
/// once, one per <see cref="RecordStoreSlot"/>; they must not share records.</para>
/// <para>Prove an implementation with the conformance kit: inherit <c>RecordStoreConformanceTests</c>.</para>
/// </remarks>
public interface IRecordStore
{
    /// <summary>What this store is and what it promises. Constant for the life of the instance; must not touch the network.</summary>
    RecordStoreDescription Description { get; }

    /// <summary>
    /// Creates or migrates the schema. Called once per instance before any other member, on every host, possibly by several
    /// hosts at the same time. Must refuse (throw) when the stored schema is newer than this code knows.
    /// </summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1009</c>: the stored schema is newer than this version.</exception>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Inserts a record if no record with the same key exists. The stored version is 1 whatever
    /// <see cref="StoreRecord.Version"/> says.
    /// </summary>
    /// <returns><see langword="true"/> when inserted; <see langword="false"/> when a record with this key exists.</returns>
    ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken);

    /// <summary>Reads one record from the primary, never from a replica that may lag.</summary>
    /// <returns>The record, or <see langword="null"/> when there is none.</returns>
    ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Compare-and-set: replaces body and due time if the stored version equals <see cref="StoreRecord.Version"/>, and raises the
    /// stored version by one, in one atomic step.
    /// </summary>
    /// <returns><see langword="true"/> when replaced; <see langword="false"/> when the version differs or there is no such record.</returns>
    ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken);

    /// <summary>Deletes a record if its stored version equals <paramref name="version"/>, in one atomic step.</summary>
    /// <returns><see langword="true"/> when deleted; <see langword="false"/> when the version differs or there is no such record.</returns>
    ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken);

    /// <summary>Deletes every record of a kind in a partition.</summary>
    /// <returns>The number of records deleted; 0 when there were none.</returns>
    ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken);

    /// <summary>Lists records of one kind and partition in ascending order of id (UTF-8 bytes).</summary>
    ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Lists records of one kind, over all partitions, whose due time is at or before <see cref="DueQuery.Before"/>, oldest due
    /// time first; those due at the same millisecond in ascending order of partition and id (UTF-8 bytes), so that
    /// <see cref="DueQuery.After"/> steps over what cannot be handled. Records without a due time are never listed.
    /// </summary>
    ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Makes what was deleted or replaced unreadable in the store's own files, as far as the engine can: overwritten pages,
    /// truncated write-ahead log. Called after a destruction; a destruction is reported complete only when this answers
    /// <see cref="ScrubResult.Complete"/>.
    /// </summary>
    ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken);

    /// <summary>The store's own clock, which hosts compare with theirs: seconds apart is a warning, a minute refuses reveals.</summary>
    ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken);
}
