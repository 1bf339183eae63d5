namespace SecureChat.AspNetCore;

/// <summary>
/// What is known about the end of one conversation's log. Only a hint about what to try next: whether it is still true is decided
/// by the insert at the next sequence. Written under <see cref="Gate"/>.
/// </summary>
internal sealed class ConversationTail
{
    /// <summary>Client ids remembered per conversation: a retry is recognised among this many latest messages.</summary>
    public const int ClientIdLimit = 256;

    /// <summary>Events read when a conversation is first touched.</summary>
    public const int Window = 200;

    private readonly Dictionary<string, long> _clientIds = new(StringComparer.Ordinal);
    private readonly Queue<string> _clientIdOrder = new();
    private readonly List<RecentMessage> _recent = [];
    private long _last;

    /// <summary>
    /// One writer per process at a time, so that parallel senders do not race each other through the store and the masker always
    /// sees the message before (E31). Other processes are met by the insert.
    /// </summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    public bool IsLoaded { get; set; }

    public bool IsClosed { get; private set; }

    public long Last => Volatile.Read(ref _last);

    /// <summary>Stored messages, masked, oldest first.</summary>
    public IReadOnlyList<RecentMessage> Recent => _recent;

    public bool TryFindClient(ParticipantRole sender, string clientId, out long sequence) =>
        _clientIds.TryGetValue(ClientKey(sender, clientId), out sequence);

    /// <summary>An event whose body cannot be opened any more still counts.</summary>
    public void Skip(long sequence) => Volatile.Write(ref _last, sequence);

    public void Add(ConversationEvent conversationEvent, int recentLimit)
    {
        Volatile.Write(ref _last, conversationEvent.Sequence);
        switch (conversationEvent.Kind)
        {
            case ConversationEventKind.FormChanged or ConversationEventKind.ValueChanged:
                // A card is the system's, whoever caused it: the same fact must not be told twice by two actors.
                Remember(ParticipantRole.System, conversationEvent);
                break;

            case ConversationEventKind.MessageAdded:
                Remember(conversationEvent.Actor, conversationEvent);
                _recent.Add(new RecentMessage
                {
                    Sequence = conversationEvent.Sequence,
                    Sender = conversationEvent.Actor,
                    Text = conversationEvent.Text?.Value ?? string.Empty,
                });
                if (_recent.Count > recentLimit)
                {
                    _recent.RemoveRange(0, _recent.Count - recentLimit);
                }

                break;

            case ConversationEventKind.MessageMasked:
                int at = _recent.FindIndex(message => message.Sequence == conversationEvent.Amends);
                if (at >= 0)
                {
                    _recent[at] = new RecentMessage
                    {
                        Sequence = _recent[at].Sequence,
                        Sender = _recent[at].Sender,
                        Text = conversationEvent.Text?.Value ?? string.Empty,
                    };
                }

                break;

            case ConversationEventKind.Closed:
                IsClosed = true;
                break;

            default:
                break;
        }
    }

    // Visitor, staff and cards have their ids apart: nobody may swallow a message of the other side, or the card that will tell who
    // opened a value, by using its id first.
    private void Remember(ParticipantRole sender, ConversationEvent conversationEvent)
    {
        if (conversationEvent.ClientId is not { } clientId || !_clientIds.TryAdd(ClientKey(sender, clientId), conversationEvent.Sequence))
        {
            return;
        }

        _clientIdOrder.Enqueue(ClientKey(sender, clientId));
        if (_clientIdOrder.Count > ClientIdLimit)
        {
            _clientIds.Remove(_clientIdOrder.Dequeue());
        }
    }

    private static string ClientKey(ParticipantRole sender, string clientId) =>
        sender switch
        {
            ParticipantRole.Visitor => "v:" + clientId,
            ParticipantRole.System => "c:" + clientId,
            _ => "s:" + clientId,
        };
}
