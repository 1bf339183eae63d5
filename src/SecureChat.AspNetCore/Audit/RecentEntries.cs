namespace SecureChat.AspNetCore;

/// <summary>
/// The newest entries of the log by id, whoever appended them: a fact that two hosts tell, or one host before and after a crash,
/// is appended once. Bounded; a fact told again behind more entries than this is appended again under its id. Not thread-safe.
/// </summary>
internal sealed class RecentEntries
{
    public const int Count = 1000;

    private readonly Dictionary<string, AuditEntry> _entries = new(Count, StringComparer.Ordinal);
    private readonly Queue<string> _order = new(Count);

    public AuditEntry? Find(string? id) => id is null ? null : _entries.GetValueOrDefault(id);

    public void Add(IEnumerable<AuditEntry> entries)
    {
        foreach (AuditEntry entry in entries)
        {
            if (_entries.TryAdd(entry.Id, entry))
            {
                _order.Enqueue(entry.Id);
                if (_order.Count > Count)
                {
                    _entries.Remove(_order.Dequeue());
                }
            }
        }
    }
}
