using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// Which agents are here: their console said so within the last minute and a half, on whatever host. That is to whom a conversation can be handed
/// from a list. Agents are named to each other by a keyed hash; ids stay on the server. Thread-safe.
/// </summary>
internal sealed class AgentPresence(SecureChatStores stores, Pseudonyms pseudonyms, TimeProvider time)
{
    /// <summary>Three times what a console waits between two calls: one that is lost sends nobody away.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(90);

    /// <summary>What is younger is not written again: a console that calls often costs reads.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(20);

    private const string Partition = "here";
    private const string Purpose = "agent-presence";
    private const int MaxListed = 200;

    private readonly GuardedRecordStore _store = stores.Data;

    /// <summary>Says that an agent is here, and answers who else is, by name.</summary>
    public async ValueTask<IReadOnlyList<AgentHere>> SayAsync(Agent agent, CancellationToken cancellationToken)
    {
        string mine = await pseudonyms.ForAsync(Purpose, agent.Id, cancellationToken);
        await WriteAsync(mine, agent, cancellationToken);
        IReadOnlyList<StoreRecord> records = await _store.ListAsync(
            new RecordQuery { Kind = RecordKinds.AgentPresence, Partition = Partition, Limit = MaxListed }, cancellationToken);
        return
        [
            .. records.Where(record => IsHere(record) && !string.Equals(record.Key.Id, mine, StringComparison.Ordinal))
                .Select(Read)
                .OrderBy(static other => other.Name, StringComparer.OrdinalIgnoreCase)
                .ThenBy(static other => other.Handle, StringComparer.Ordinal),
        ];
    }

    /// <summary>The agent of a handle, while they are here.</summary>
    public async ValueTask<AgentHere?> FindAsync(string handle, CancellationToken cancellationToken) =>
        IsHandle(handle) && await _store.GetAsync(KeyOf(handle), cancellationToken) is { } record && IsHere(record) ? Read(record) : null;

    private async ValueTask WriteAsync(string handle, Agent agent, CancellationToken cancellationToken)
    {
        StoreRecord? stored = await _store.GetAsync(KeyOf(handle), cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        if (stored is not null && stored.DueAt > now + Lifetime - Fresh && stored.DueAt <= now + Lifetime
            && string.Equals(Read(stored).Name, agent.DisplayName, StringComparison.Ordinal))
        {
            return;
        }

        var record = new StoreRecord
        {
            Key = KeyOf(handle),
            Version = stored?.Version ?? 0,
            DueAt = now + Lifetime,
            Body = JsonSerializer.SerializeToUtf8Bytes(new AgentPresenceBody { AgentId = agent.Id, Name = agent.DisplayName }, SecureChatJson.Options),
        };

        // A conflict is another window of the same agent, which said the same.
        _ = stored is null ? await _store.InsertAsync(record, cancellationToken) : await _store.ReplaceAsync(record, cancellationToken);
    }

    private bool IsHere(StoreRecord record) => record.DueAt > time.GetUtcNow();

    private AgentHere Read(StoreRecord record)
    {
        try
        {
            AgentPresenceBody body = JsonSerializer.Deserialize<AgentPresenceBody>(record.Body.Span, SecureChatJson.Options)
                ?? throw new SecureChatStoreException(_store.Description.Name, "get", isTransient: false);
            return new AgentHere { Handle = record.Key.Id, AgentId = body.AgentId, Name = body.Name };
        }
        catch (JsonException fault)
        {
            throw new SecureChatStoreException(_store.Description.Name, "get", isTransient: false, fault);
        }
    }

    private static bool IsHandle(string handle) => handle.Length == 32 && handle.All(char.IsAsciiHexDigitLower);

    private static RecordKey KeyOf(string handle) => new() { Kind = RecordKinds.AgentPresence, Partition = Partition, Id = handle };
}

/// <summary>An agent who is here.</summary>
internal sealed class AgentHere
{
    /// <summary>What other agents call them by.</summary>
    public required string Handle { get; init; }

    public required string AgentId { get; init; }

    /// <summary>The name of the sign-in; see <see cref="Agent.DisplayName"/>.</summary>
    public string? Name { get; init; }

    /// <summary>The name that visitors may see; see <see cref="Agent.PublicName"/>.</summary>
    public string? PublicName => new Agent { Id = AgentId, SessionId = AgentId, DisplayName = Name }.PublicName;

    public override string ToString() => nameof(AgentHere);
}

/// <summary>Body of a <see cref="RecordKinds.AgentPresence"/> record. In clear, as an agent's id is in the conversation they have, and for minutes.</summary>
internal sealed class AgentPresenceBody
{
    public required string AgentId { get; init; }

    public string? Name { get; init; }

    public override string ToString() => nameof(AgentPresenceBody);
}
