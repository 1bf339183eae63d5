using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>
/// A bounded, short-lived cache of conversation keys in one pinned block, so that the collector makes no copies. A key is zeroed
/// when it expires, is evicted, is removed, or the cache is disposed; a timer does it when nobody asks any more. Thread-safe.
/// </summary>
internal sealed class ConversationKeyCache : IDisposable
{
    public const int Capacity = 1000;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly byte[] _block = GC.AllocateArray<byte>(Capacity * KeyRing.KeyLength, pinned: true);
    private readonly Stack<int> _free = new(Enumerable.Range(0, Capacity));
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = new();
    private readonly ITimer _timer;
    private long _removals;
    private bool _disposed;

    public ConversationKeyCache(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((ConversationKeyCache)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How long a key stays, counted from when it was read from the store and not prolonged by use.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Taken before a key is read from the store and given to <see cref="Add"/>.</summary>
    public long Removals
    {
        get
        {
            lock (_lock)
            {
                return _removals;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Copies under the lock: a slot that another thread zeroes must not be used as a key, it would be all zeros.</summary>
    public bool TryCopy(string conversationId, Span<byte> key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(conversationId, out Entry? entry) || IsExpired(entry))
            {
                return false;
            }

            Slot(entry).CopyTo(key);
            return true;
        }
    }

    /// <summary>
    /// Adds a key that was read when <see cref="Removals"/> was <paramref name="removalsBefore"/>. Refused when any key was removed
    /// since: the read may be older than the destruction, and a destroyed key must not come back.
    /// </summary>
    public void Add(string conversationId, ReadOnlySpan<byte> key, long removalsBefore)
    {
        lock (_lock)
        {
            if (_disposed || _removals != removalsBefore)
            {
                return;
            }

            DropExpired();
            if (_entries.TryGetValue(conversationId, out Entry? known))
            {
                Drop(known);
            }
            else if (_free.Count == 0)
            {
                Drop(_byAge.First!.Value);
            }

            var entry = new Entry(conversationId, _free.Pop(), _time.GetTimestamp());
            key.CopyTo(Slot(entry));
            _entries.Add(conversationId, entry);
            _byAge.AddLast(entry.Node);
            if (_entries.Count == 1)
            {
                _timer.Change(Lifetime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public void Remove(string conversationId)
    {
        lock (_lock)
        {
            _removals++;
            if (_entries.TryGetValue(conversationId, out Entry? entry))
            {
                Drop(entry);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _entries.Clear();
            _byAge.Clear();
            CryptographicOperations.ZeroMemory(_block);
        }

        _timer.Dispose();
    }

    public override string ToString() => nameof(ConversationKeyCache);

    /// <summary>Whether every byte of the block is zero: what is dropped must be gone, not only forgotten.</summary>
    internal bool IsBlank()
    {
        lock (_lock)
        {
            return !_block.AsSpan().ContainsAnyExcept((byte)0);
        }
    }

    private void Sweep()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            DropExpired();
            if (_byAge.First is { } oldest)
            {
                TimeSpan left = Lifetime - _time.GetElapsedTime(oldest.Value.AddedAt);
                _timer.Change(left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void DropExpired()
    {
        while (_byAge.First is { } oldest && IsExpired(oldest.Value))
        {
            Drop(oldest.Value);
        }
    }

    private void Drop(Entry entry)
    {
        CryptographicOperations.ZeroMemory(Slot(entry));
        _entries.Remove(entry.ConversationId);
        _byAge.Remove(entry.Node);
        _free.Push(entry.SlotIndex);
    }

    // The monotonic timestamp: a clock that is set back must not keep keys alive.
    private bool IsExpired(Entry entry) => _time.GetElapsedTime(entry.AddedAt) >= Lifetime;

    private Span<byte> Slot(Entry entry) => _block.AsSpan(entry.SlotIndex * KeyRing.KeyLength, KeyRing.KeyLength);

    private sealed class Entry
    {
        public Entry(string conversationId, int slotIndex, long addedAt)
        {
            ConversationId = conversationId;
            SlotIndex = slotIndex;
            AddedAt = addedAt;
            Node = new LinkedListNode<Entry>(this);
        }

        public string ConversationId { get; }

        public int SlotIndex { get; }

        public long AddedAt { get; }

        public LinkedListNode<Entry> Node { get; }
    }
}
