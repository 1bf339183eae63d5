using System.Security.Cryptography;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Reads what the stores hold of a conversation, for the page that shows a developer what happened. It writes nothing, opens no
/// value and shows no byte of a key; what it decrypts is the masked transcript. Only for Development.
/// </summary>
internal sealed class InsideReader(
    SecureChatStores stores, Conversations conversations, ConversationEvents events, FormRecords forms, GuardedConsentStore consents, AuditLog log, TimeProvider time)
{
    private const int ConversationLimit = 50;
    private const int EventLimit = 200;
    private const int RecordLimit = 1000;
    private const int AuditLimit = 2000;
    private const int ShownBytes = 64;

    private static readonly string[] KindsByConversation =
    [
        RecordKinds.Conversation, RecordKinds.ConversationEvent, RecordKinds.Form, RecordKinds.KeptValue, RecordKinds.OpenForm, RecordKinds.Consent, RecordKinds.AuditDetail,
    ];

    private static readonly string[] KeyKinds = [RecordKinds.ConversationKey, RecordKinds.ReleaseKey, RecordKinds.AuditDetailKey];

    /// <summary>The newest conversations, ended ones included while anything of them is due.</summary>
    public async ValueTask<IReadOnlyList<Conversation>> ListAsync(CancellationToken cancellationToken)
    {
        // A conversation is due as long as something of it is left to delete, so this finds the ended ones, too.
        IReadOnlyList<StoreRecord> records = await stores.Data.ListDueAsync(
            new DueQuery { Kind = RecordKinds.Conversation, Before = time.GetUtcNow().AddYears(100), Limit = RecordLimit }, cancellationToken);
        var found = new List<Conversation>(records.Count);
        foreach (StoreRecord record in records)
        {
            if (await conversations.FindAsync(record.Key.Partition, cancellationToken) is { } conversation)
            {
                found.Add(conversation);
            }
        }

        return [.. found.OrderByDescending(static conversation => conversation.CreatedAt).ThenBy(static conversation => conversation.Id, StringComparer.Ordinal).Take(ConversationLimit)];
    }

    public async ValueTask<InsideView?> ReadAsync(string conversationId, CancellationToken cancellationToken)
    {
        if (await conversations.FindAsync(conversationId, cancellationToken) is not { } conversation)
        {
            return null;
        }

        long last = await events.LastSequenceAsync(conversationId, 0, cancellationToken);
        EventPage page = await events.ListAsync(conversationId, Math.Max(0, last - EventLimit), EventLimit, cancellationToken);
        FormRecord[] confirmed = [.. (await forms.ListAsync(conversationId, cancellationToken)).Where(static form => form.IsConfirmed)];
        StoreRecord[] keys = await KeysAsync(conversationId, cancellationToken);
        return new InsideView
        {
            Conversation = ConversationView.Of(conversation),
            Events = page.Events,
            Records = [.. (await DataAsync(conversation, confirmed, cancellationToken)).Select(static record => Show("data", record)), .. keys.Select(static record => Show("keys", record))],
            Forms = [.. confirmed.Select(static form => FormTeller.CardOf(form))],
            Consents = await consents.ListAsync(conversationId, cancellationToken),
            Audit = await AuditAsync(conversationId, cancellationToken),
            Keys = KeyStates(conversation, confirmed, keys),
        };
    }

    public override string ToString() => nameof(InsideReader);

    private async ValueTask<StoreRecord[]> DataAsync(Conversation conversation, FormRecord[] forms, CancellationToken cancellationToken)
    {
        var found = new List<StoreRecord>();
        foreach (string kind in KindsByConversation)
        {
            found.AddRange(await PageAsync(stores.Data, kind, conversation.Id, cancellationToken));
        }

        foreach (FormRecord form in forms)
        {
            found.AddRange(await PageAsync(stores.Data, RecordKinds.StepUp, form.RequestId, cancellationToken));
        }

        return [.. found];
    }

    private async ValueTask<StoreRecord[]> KeysAsync(string conversationId, CancellationToken cancellationToken)
    {
        var found = new List<StoreRecord>();
        foreach (string kind in KeyKinds)
        {
            found.AddRange(await PageAsync(stores.Keys, kind, conversationId, cancellationToken));
        }

        return [.. found];
    }

    private static ValueTask<IReadOnlyList<StoreRecord>> PageAsync(GuardedRecordStore store, string kind, string partition, CancellationToken cancellationToken) =>
        store.ListAsync(new RecordQuery { Kind = kind, Partition = partition, Limit = RecordLimit }, cancellationToken);

    private async ValueTask<IReadOnlyList<InsideAuditEntry>> AuditAsync(string conversationId, CancellationToken cancellationToken)
    {
        long head = (await log.ReadHeadAsync(cancellationToken)).Sequence;
        long after = Math.Max(0, head - AuditLimit);
        var found = new List<InsideAuditEntry>();
        while (after < head)
        {
            IReadOnlyList<AuditEntry> page = await log.ListAsync(after, RecordLimit, cancellationToken);
            if (page.Count == 0)
            {
                break;
            }

            found.AddRange(page.Where(entry => string.Equals(entry.ConversationId, conversationId, StringComparison.Ordinal)).Select(static entry => new InsideAuditEntry
            {
                Sequence = entry.Sequence,
                At = entry.At,
                Action = JsonNamingPolicy.CamelCase.ConvertName(entry.Action.ToString()),
                Outcome = JsonNamingPolicy.CamelCase.ConvertName(entry.Outcome.ToString()),
                Actor = entry.Actor,
                Code = entry.Code,
                Reason = entry.Reason,
                Hash = entry.ChainHash,
            }));
            after = page[^1].Sequence;
        }

        return found;
    }

    /// <summary>What opens what: the keys that are there, and those of which it is known when they were destroyed.</summary>
    private static List<InsideKey> KeyStates(Conversation conversation, FormRecord[] forms, StoreRecord[] present)
    {
        var keys = present.Select(record => Present(record.Key.Kind, record.Key.Kind == RecordKinds.ReleaseKey ? record.Key.Id : conversation.Id)).ToList();
        if (conversation.TranscriptDestroyedAt is { } transcript)
        {
            keys.Add(Destroyed(RecordKinds.ConversationKey, conversation.Id, transcript));
        }

        keys.AddRange(forms.SelectMany(static form => form.Values)
            .Where(static value => value.KeyDestroyedAt is not null)
            .Select(static value => Destroyed(RecordKinds.ReleaseKey, value.ValueId, value.KeyDestroyedAt!.Value)));
        return keys;

        static InsideKey Present(string kind, string id) => new() { Kind = kind, Id = id, State = "present" };
        static InsideKey Destroyed(string kind, string id, DateTimeOffset at) => new() { Kind = kind, Id = id, State = "destroyed", DestroyedAt = at };
    }

    private static InsideRecord Show(string store, StoreRecord record)
    {
        // A wrapped key is of no use without the ring that wraps it. It is not shown all the same: nobody should learn to look at keys.
        bool isKey = store == "keys";
        ReadOnlySpan<byte> body = record.Body.Span;
        return new InsideRecord
        {
            Store = store,
            Kind = record.Key.Kind,
            Partition = record.Key.Partition,
            Id = record.Key.Id,
            Version = record.Version,
            DueAt = record.DueAt,
            Bytes = body.Length,
            Hex = isKey ? string.Empty : Convert.ToHexStringLower(body[..Math.Min(ShownBytes, body.Length)]),
            Note = isKey ? $"A wrapped key; not shown. SHA-256 of what is stored: {Convert.ToHexStringLower(SHA256.HashData(body))}" : NoteOf(record.Key.Kind),
        };
    }

    private static string NoteOf(string kind) => kind switch
    {
        RecordKinds.Conversation => "State, times and the hash of the visitor's token. No message.",
        RecordKinds.ConversationEvent => "Masked first, then encrypted under the conversation's key.",
        RecordKinds.Form => "State, labels and previews; inside, one ciphertext per value, each under a key of its own.",
        RecordKinds.KeptValue => "What a rule sealed out of a message: one ciphertext under a key of its own, waiting for its writer's consent.",
        RecordKinds.OpenForm => "At most one open request per form.",
        RecordKinds.Consent => "Who agreed to which text, by its hash. No value.",
        RecordKinds.AuditDetail => "The name and reason beside an audit entry, encrypted, so that they can be erased.",
        RecordKinds.StepUp => "A proof of a fresh second factor for one claim.",
        _ => kind,
    };
}
