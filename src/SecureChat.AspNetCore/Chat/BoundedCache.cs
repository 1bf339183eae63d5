using System.Diagnostics.CodeAnalysis;

namespace SecureChat.AspNetCore;

/// <summary>Least-recently-used map with a fixed capacity. The lock is held for pointer work only. Thread-safe.</summary>
internal sealed class BoundedCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _nodes = new(comparer);
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _order = new();

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _nodes.Count;
            }
        }
    }

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> create)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
                return node.Value.Value;
            }

            TValue value = create(key);
            _nodes.Add(key, _order.AddFirst(new KeyValuePair<TKey, TValue>(key, value)));
            if (_nodes.Count > capacity)
            {
                _nodes.Remove(_order.Last!.Value.Key);
                _order.RemoveLast();
            }

            return value;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            if (_nodes.TryGetValue(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node))
            {
                value = node.Value.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public void Remove(TKey key)
    {
        lock (_lock)
        {
            if (_nodes.Remove(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node))
            {
                _order.Remove(node);
            }
        }
    }
}
