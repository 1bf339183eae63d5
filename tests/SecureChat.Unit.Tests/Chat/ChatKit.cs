using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>What several hosts of one test share: the store, the keys, the clock, the audit log.</summary>
internal sealed class ChatWorld
{
    private readonly ConcurrentDictionary<string, byte[]> _keys = new(StringComparer.Ordinal);

    public TestRecordStore Store { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public ConcurrentQueue<AuditFact> Audit { get; } = new();

    public ChatTestMasker Masker { get; } = new();

    public Action<AuditFact>? OnAudit { get; set; }

    /// <summary>The saboteur: bodies are stored as they are.</summary>
    public bool StoresPlain { get; set; }

    public Action<SecureChatOptions>? Configure { get; init; }

    /// <summary>Registers chat with this world's parts, as one host would.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddLogging();
        services.AddOptions<SecureChatOptions>().Configure(options => Configure?.Invoke(options));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IMasker>(Masker);
        services.AddKeyedSingleton<IRecordStore>(RecordStoreSlot.Data, Store);
        services.AddKeyedSingleton<IRecordStore>(RecordStoreSlot.Keys, Store);
        services.AddSingleton<SecureChatStores>();
        services.AddSingleton(new EventBodies(CreateKeyAsync, SealAsync, TryOpenAsync, DestroyKeyAsync));
        services.AddSingleton(new ChatAudit(AppendAsync));
        services.AddSingleton(provider => new VisitorSubjects(
            provider.GetService<IVisitorIdentity>(),
            static (subject, _) => ValueTask.FromResult("ref-" + subject.Length.ToString(CultureInfo.InvariantCulture)),
            provider.GetRequiredService<IOptions<SecureChatOptions>>(),
            Time));
        services.AddSingleton(TestMacs.New());
        services.AddChat();
    }

    /// <summary>Opens every stored event of a conversation, newest state of each.</summary>
    public async Task<string> PlainEventsAsync(string conversationId)
    {
        IReadOnlyList<StoreRecord> records = await Store.ListAsync(
            new RecordQuery { Kind = RecordKinds.ConversationEvent, Partition = conversationId, Limit = 1000 }, CancellationToken.None);
        var text = new StringBuilder();
        foreach (StoreRecord record in records)
        {
            byte[]? body = await TryOpenAsync(conversationId, SequenceId.Parse(record.Key.Id), record.Body, CancellationToken.None);
            text.Append(body is null ? "destroyed" : Encoding.UTF8.GetString(body)).Append('\n');
        }

        return text.ToString();
    }

    private ValueTask CreateKeyAsync(string conversationId, CancellationToken cancellationToken)
    {
        _keys[conversationId] = RandomNumberGenerator.GetBytes(32);
        return ValueTask.CompletedTask;
    }

    private ValueTask DestroyKeyAsync(string conversationId, CancellationToken cancellationToken)
    {
        _keys.TryRemove(conversationId, out _);
        return ValueTask.CompletedTask;
    }

    private ValueTask<byte[]> SealAsync(string conversationId, long sequence, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (StoresPlain)
        {
            return ValueTask.FromResult(body.ToArray());
        }

        if (!_keys.TryGetValue(conversationId, out byte[]? key))
        {
            throw new SecureChatException(SecureChatErrors.KeyUnavailable);
        }

        byte[] result = new byte[12 + 16 + body.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, 12));
        using var aes = new AesGcm(key, 16);
        aes.Encrypt(result.AsSpan(0, 12), body.Span, result.AsSpan(28), result.AsSpan(12, 16), BitConverter.GetBytes(sequence));
        return ValueTask.FromResult(result);
    }

    private ValueTask<byte[]?> TryOpenAsync(string conversationId, long sequence, ReadOnlyMemory<byte> sealedBody, CancellationToken cancellationToken)
    {
        if (StoresPlain)
        {
            return ValueTask.FromResult<byte[]?>(sealedBody.ToArray());
        }

        if (!_keys.TryGetValue(conversationId, out byte[]? key))
        {
            return ValueTask.FromResult<byte[]?>(null);
        }

        byte[] body = new byte[sealedBody.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(sealedBody.Span[..12], sealedBody.Span[28..], sealedBody.Span[12..28], body, BitConverter.GetBytes(sequence));
        return ValueTask.FromResult<byte[]?>(body);
    }

    private ValueTask AppendAsync(AuditFact fact, CancellationToken cancellationToken)
    {
        OnAudit?.Invoke(fact);
        Audit.Enqueue(fact);
        return ValueTask.CompletedTask;
    }
}

/// <summary>One host without HTTP.</summary>
internal sealed class ChatKit : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public ChatKit(ChatWorld world, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        world.AddTo(services);
        more?.Invoke(services);
        _provider = services.BuildServiceProvider();
        World = world;
    }

    public ChatWorld World { get; }

    public Conversations Conversations => _provider.GetRequiredService<Conversations>();

    public ConversationEvents Events => _provider.GetRequiredService<ConversationEvents>();

    public MessageService Messages => _provider.GetRequiredService<MessageService>();

    public ConversationFanOut Feed => _provider.GetRequiredService<ConversationFanOut>();

    public static Agent Agent(string id, bool supervisor = false) =>
        new() { Id = id, SessionId = id, DisplayName = "Agent " + id, IsAgent = true, IsSupervisor = supervisor };

    public static string ClientId(int number = 0) => "client-message-" + number.ToString("D6", CultureInfo.InvariantCulture);

    public async Task<StartedConversation> StartAsync() =>
        (await Conversations.StartAsync(principal: null, type: null, address: null, CancellationToken.None)).Value!;

    public async Task<Outcome<ConversationEvent>> SendAsync(Conversation conversation, string text, string? clientId = null, MessageSender? sender = null) =>
        await Messages.SendAsync(conversation, sender ?? MessageSender.Visitor, clientId ?? SecureChatId.New(), text, CancellationToken.None);

    public async Task<IReadOnlyList<ConversationEvent>> EventsAsync(string conversationId) =>
        (await Events.ListAsync(conversationId, 0, 1000, CancellationToken.None)).Events;

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
