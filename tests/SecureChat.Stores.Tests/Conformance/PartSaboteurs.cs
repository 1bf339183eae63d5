using System.Collections.Concurrent;
using Acme;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>A consent store that keeps every clause, until one of its steps is replaced by one that breaks one.</summary>
internal sealed class ConsentSaboteur : IConsentStore, IDisposable
{
    private readonly AcmeConsentStore _inner = new();
    private readonly ConcurrentDictionary<string, ConsentRecord> _told = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, ConsentRecord> _instead = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ConsentRecord> _all = new();
    private int _recording;
    private int _withdrawing;
    private bool _isDisposed;
    private string _text = nameof(ConsentSaboteur);

    /// <summary>One saboteur for every clause that one store alone can break, and the clauses that go with it.</summary>
    public static IReadOnlyList<(string[] Broken, string Fault, Func<ConsentSaboteur> Make)> All { get; } =
    [
        (["CON-001"], "drops the withdrawal that a record comes with", static () => new()
        {
            OnFind = static (self, _, consentId, found) => found is { WithdrawnAt: not null } && self._told[consentId].WithdrawnAt is not null ? With(found, null) : found,
        }),
        (["CON-002"], "finds by the id of the consent alone", static () => new()
        {
            OnFind = static (self, _, consentId, found) => found ?? self._told.GetValueOrDefault(consentId),
        }),
        (["CON-003"], "takes what is told later", static () => new()
        {
            OnRecord = static (self, consent) =>
            {
                if (self._told.TryGetValue(consent.ConsentId, out ConsentRecord? before) && before.ConversationId == consent.ConversationId && consent.GivenAt > before.GivenAt)
                {
                    self._instead[Name(consent)] = consent;
                }
            },
        }),
        (["CON-004"], "forgets a withdrawal when the consent is told again", static () => new()
        {
            OnRecord = static (self, consent) =>
            {
                if (self._told.ContainsKey(consent.ConsentId) && consent.SubjectRef is null)
                {
                    self._instead[Name(consent)] = consent;
                }
            },
        }),
        (["CON-005"], "withdraws all of a conversation", static () => new()
        {
            OnWithdraw = static async (self, consent, at, answer, token) =>
            {
                foreach (ConsentRecord other in await self._inner.ListAsync(consent.ConversationId, token))
                {
                    await self._inner.WithdrawAsync(other.ConversationId, other.ConsentId, at, token);
                }

                return answer;
            },
        }),
        (["CON-006", "CON-011"], "takes the time of an earlier withdrawal that comes later", static () => new()
        {
            OnWithdraw = static (self, _, at, answer, _) => Task.FromResult(answer is { WithdrawnAt: { } stands } && at < stands ? self._instead[Name(answer)] = With(answer, at) : answer),
        }),
        (["CON-007"], "withdraws what was never given", static () => new()
        {
            OnWithdraw = static (_, consent, at, answer, _) => Task.FromResult<ConsentRecord?>(answer ?? With(consent, at)),
        }),
        (["CON-008"], "lists the newest first", static () => new() { OnList = static listed => listed.Count < 10 ? [.. listed.Reverse()] : listed }),
        (["CON-009"], "does not see the case of a subject", static () => new()
        {
            OnListBySubject = static (self, subject, _) => [.. self._all.Where(consent => string.Equals(consent.SubjectRef, subject, StringComparison.OrdinalIgnoreCase))
                .DistinctBy(Name).Select(consent => self._inner.FindAsync(consent.ConversationId, consent.ConsentId, CancellationToken.None).AsTask().Result!).OrderBy(static consent => consent.GivenAt)],
        }),
        (["CON-010"], "lists one page", static () => new() { OnList = static listed => [.. listed.Take(100)] }),
        (["CON-011"], "answers each of a crowd with its own time", static () => new()
        {
            OnWithdraw = static async (self, _, at, answer, _) =>
            {
                Interlocked.Increment(ref self._withdrawing);
                await Task.Delay(30, CancellationToken.None);
                bool isCrowded = Volatile.Read(ref self._withdrawing) > 12;
                await Task.Delay(30, CancellationToken.None);
                Interlocked.Decrement(ref self._withdrawing);
                return isCrowded ? With(answer!, at) : answer;
            },
        }),
        (["CON-012"], "loses a withdrawal while others record", static () => new()
        {
            OnRecordAsync = static async self =>
            {
                Interlocked.Increment(ref self._recording);
                await Task.Delay(Random.Shared.Next(1, 40), CancellationToken.None);
                Interlocked.Decrement(ref self._recording);
            },
            OnWithdraw = static (self, _, _, answer, _) => Task.FromResult(Volatile.Read(ref self._recording) > 0 ? null : answer),
        }),
        (["CON-013"], "ignores the token", static () => new() { IgnoresToken = true }),
        (["CON-015"], "shows in its text what it recorded last", static () => new() { OnRecord = static (self, consent) => self._text = consent.Purpose }),
        (["CON-016"], "throws when it is disposed twice", static () => new() { IsStrict = true }),
    ];

    public Action<ConsentSaboteur, ConsentRecord>? OnRecord { get; init; }

    public Func<ConsentSaboteur, Task>? OnRecordAsync { get; init; }

    public Func<ConsentSaboteur, string, string, ConsentRecord?, ConsentRecord?>? OnFind { get; init; }

    public Func<ConsentSaboteur, ConsentRecord, DateTimeOffset, ConsentRecord?, CancellationToken, Task<ConsentRecord?>>? OnWithdraw { get; init; }

    public Func<IReadOnlyList<ConsentRecord>, IReadOnlyList<ConsentRecord>>? OnList { get; init; }

    public Func<ConsentSaboteur, string, IReadOnlyList<ConsentRecord>, IReadOnlyList<ConsentRecord>>? OnListBySubject { get; init; }

    public bool IgnoresToken { get; init; }

    public bool IsStrict { get; init; }

    public async ValueTask RecordAsync(ConsentRecord consent, CancellationToken cancellationToken)
    {
        Heeded(cancellationToken).ThrowIfCancellationRequested();
        OnRecord?.Invoke(this, consent);
        await (OnRecordAsync?.Invoke(this) ?? Task.CompletedTask);
        _told.TryAdd(consent.ConsentId, consent);
        _all.Enqueue(consent);
        await _inner.RecordAsync(consent, Heeded(cancellationToken));
    }

    public async ValueTask<ConsentRecord?> FindAsync(string conversationId, string consentId, CancellationToken cancellationToken)
    {
        ConsentRecord? found = await _inner.FindAsync(conversationId, consentId, Heeded(cancellationToken));
        found = found is not null && _instead.TryGetValue(Name(found), out ConsentRecord? instead) ? instead : found;
        return OnFind is { } find ? find(this, conversationId, consentId, found) : found;
    }

    public async ValueTask<ConsentRecord?> WithdrawAsync(string conversationId, string consentId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ConsentRecord? answer = await _inner.WithdrawAsync(conversationId, consentId, at, Heeded(cancellationToken));
        return OnWithdraw is { } withdraw ? await withdraw(this, answer ?? Nobodys(conversationId, consentId), at, answer, cancellationToken) : answer;
    }

    public async ValueTask<IReadOnlyList<ConsentRecord>> ListAsync(string conversationId, CancellationToken cancellationToken)
    {
        IReadOnlyList<ConsentRecord> listed = await _inner.ListAsync(conversationId, Heeded(cancellationToken));
        return OnList?.Invoke(listed) ?? listed;
    }

    public async ValueTask<IReadOnlyList<ConsentRecord>> ListBySubjectAsync(string subjectRef, CancellationToken cancellationToken)
    {
        IReadOnlyList<ConsentRecord> listed = await _inner.ListBySubjectAsync(subjectRef, Heeded(cancellationToken));
        return OnListBySubject?.Invoke(this, subjectRef, listed) ?? listed;
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(IsStrict && _isDisposed, this);
        _isDisposed = true;
    }

    public override string ToString() => _text;

    private static string Name(ConsentRecord consent) => consent.ConversationId + "/" + consent.ConsentId;

    private static ConsentRecord Nobodys(string conversationId, string consentId) => new()
    {
        ConsentId = consentId,
        ConversationId = conversationId,
        RequestId = "none",
        Purpose = "none",
        NoticeKey = "none",
        NoticeVersion = "none",
        Language = "none",
        NoticeSha256 = "none",
        DataClasses = [],
        GivenAt = DateTimeOffset.UnixEpoch,
    };

    private static ConsentRecord With(ConsentRecord from, DateTimeOffset? withdrawnAt) => new()
    {
        ConsentId = from.ConsentId,
        ConversationId = from.ConversationId,
        RequestId = from.RequestId,
        SubjectRef = from.SubjectRef,
        Purpose = from.Purpose,
        NoticeKey = from.NoticeKey,
        NoticeVersion = from.NoticeVersion,
        Language = from.Language,
        NoticeSha256 = from.NoticeSha256,
        DataClasses = from.DataClasses,
        GivenAt = from.GivenAt,
        WithdrawnAt = withdrawnAt,
    };

    private CancellationToken Heeded(CancellationToken cancellationToken) => IgnoresToken ? CancellationToken.None : cancellationToken;
}

/// <summary>An audit sink that keeps every clause, until its step is replaced by one that breaks one.</summary>
internal sealed class SinkSaboteur : IAuditSink, IDisposable
{
    private readonly AcmeAuditSink _inner = new();
    private readonly List<IReadOnlyList<AuditEntry>> _later = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private long _last;
    private int _inside;
    private bool _isDisposed;

    /// <summary>One saboteur for every clause that one sink alone can break.</summary>
    public static IReadOnlyList<(string[] Broken, string Fault, Func<SinkSaboteur> Make)> All { get; } =
    [
        (["SNK-001"], "keeps a single entry until more come", static () => new() { OnWrite = static (_, entries) => entries.Count == 1 ? [] : entries }),
        (["SNK-002"], "writes a batch from its end", static () => new() { OnWrite = static (_, entries) => entries.Count == 7 ? [.. entries.Reverse()] : entries }),
        (["SNK-003"], "takes a hundred at most", static () => new() { OnWrite = static (_, entries) => [.. entries.Take(100)] }),
        (["SNK-004"], "refuses what it has", static () => new()
        {
            OnWrite = static (self, entries) => entries.Where(entry => self._known.Add(entry.Id)).ToList() is [] ? throw new InvalidOperationException("These entries are here already.") : entries,
        }),
        (["SNK-005"], "drops what is numbered lower than what it has", static () => new()
        {
            OnWrite = static (self, entries) =>
            {
                AuditEntry[] taken = entries.Count == 20 ? [.. entries.Where(entry => entry.Sequence > self._last)] : [.. entries];
                self._last = Math.Max(self._last, entries.Max(static entry => entry.Sequence));
                return taken;
            },
        }),
        (["SNK-006"], "loses what comes while it writes", static () => new()
        {
            OnWrite = static (self, entries) =>
            {
                bool isBusy = Interlocked.Increment(ref self._inside) > 1;
                Thread.Sleep(20);
                Interlocked.Decrement(ref self._inside);
                return isBusy ? [] : entries;
            },
        }),
        (["SNK-007"], "keeps the list and writes it later", static () => new()
        {
            OnWrite = static (self, entries) =>
            {
                lock (self._later)
                {
                    self._later.Add(entries);
                }

                return [];
            },
        }),
        (["SNK-008"], "ignores the token", static () => new() { IgnoresToken = true }),
        (["SNK-010"], "throws when it is disposed twice", static () => new() { IsStrict = true }),
    ];

    public Func<SinkSaboteur, IReadOnlyList<AuditEntry>, IReadOnlyList<AuditEntry>>? OnWrite { get; init; }

    public bool IgnoresToken { get; init; }

    public bool IsStrict { get; init; }

    public async ValueTask WriteAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken = IgnoresToken ? CancellationToken.None : cancellationToken;
        cancellationToken.ThrowIfCancellationRequested();
        await _inner.WriteAsync([.. OnWrite?.Invoke(this, entries) ?? entries], cancellationToken);
    }

    public async Task<IReadOnlyList<string>> ReadAsync()
    {
        foreach (IReadOnlyList<AuditEntry> entries in _later)
        {
            await _inner.WriteAsync([.. entries], CancellationToken.None);
        }

        _later.Clear();
        return [.. _inner.Received.Select(static entry => entry.Id)];
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(IsStrict && _isDisposed, this);
        _isDisposed = true;
    }
}

/// <summary>A masker that keeps every clause, until its answer is changed to one that breaks one.</summary>
internal sealed class MaskerSaboteur : IMasker, IDisposable
{
    private readonly Masking.EngineMasker _inner = new();
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private bool _isDisposed;
    private string _text = nameof(MaskerSaboteur);

    /// <summary>One saboteur for every clause.</summary>
    public static IReadOnlyList<(string[] Broken, string Fault, Func<MaskerSaboteur> Make)> All { get; } =
    [
        (["MSK-001"], "hides an ordinary word", static () => new()
        {
            OnAnswer = static (_, request, result) => request.Text.IndexOf("parcel", StringComparison.Ordinal) is >= 0 and int at
                ? new MaskResult { Text = request.Text.Replace("parcel", "••••••", StringComparison.Ordinal), Spans = [new SensitiveSpan { Kind = "word", Start = at, Length = 6, Confidence = 1 }] }
                : result,
        }),
        (["MSK-002"], "gives up on long texts", static () => new()
        {
            OnAnswer = static (_, request, result) => request.Text.Length > 5000 ? new MaskResult { Text = request.Text } : result,
        }),
        (["MSK-003"], "does not know one kind of card", static () => new()
        {
            OnAnswer = static (_, request, result) => request.Text.Length < 100 && request.Text.Contains("378282246310005", StringComparison.Ordinal) ? new MaskResult { Text = request.Text } : result,
        }),
        (["MSK-004"], "is surer than sure", static () => new()
        {
            OnAnswer = static (_, _, result) => new MaskResult
            {
                Text = result.Text,
                Spans = [.. result.Spans.Select(static span => new SensitiveSpan { Kind = span.Kind, Start = span.Start, Length = span.Length, Confidence = 2, Action = span.Action })],
                Amendments = result.Amendments,
            },
        }),
        (["MSK-005"], "adds a word", static () => new()
        {
            OnAnswer = static (_, request, result) => request.Text.StartsWith("my card", StringComparison.Ordinal) && result.Spans.Count > 0 ? new MaskResult { Text = result.Text + " (masked)", Spans = result.Spans } : result,
        }),
        (["MSK-006"], "masks its own mask", static () => new()
        {
            OnAnswer = static (_, request, result) => request.Text.Contains('•', StringComparison.Ordinal) ? new MaskResult { Text = result.Text + "•", Spans = result.Spans } : result,
        }),
        (["MSK-007"], "answers otherwise the second time", static () => new()
        {
            OnAnswer = static (self, request, result) => request.Text.StartsWith("my card", StringComparison.Ordinal) && self._seen.AddOrUpdate(request.Text, 1, static (_, count) => count + 1) > 1
                ? new MaskResult { Text = result.Text.Replace('•', '*'), Spans = result.Spans }
                : result,
        }),
        (["MSK-008"], "masks again what the other side said", static () => new()
        {
            OnAnswer = static (_, request, result) => request.Recent.FirstOrDefault(message => message.Sender != request.Sender) is { } other
                ? new MaskResult { Text = result.Text, Spans = result.Spans, Amendments = [new MaskAmendment { Sequence = other.Sequence, Text = "[masked]" }] }
                : result,
        }),
        (["MSK-009"], "ignores the token", static () => new() { IgnoresToken = true }),
        (["MSK-010"], "shows in its text what it masked last", static () => new()
        {
            OnAnswer = static (self, request, result) =>
            {
                self._text = request.Text;
                return result;
            },
        }),
        (["MSK-011"], "throws when it is disposed twice", static () => new() { IsStrict = true }),
    ];

    public Func<MaskerSaboteur, MaskRequest, MaskResult, MaskResult>? OnAnswer { get; init; }

    public bool IgnoresToken { get; init; }

    public bool IsStrict { get; init; }

    public async ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken)
    {
        MaskResult result = await _inner.MaskAsync(request, IgnoresToken ? CancellationToken.None : cancellationToken);
        return OnAnswer?.Invoke(this, request, result) ?? result;
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(IsStrict && _isDisposed, this);
        _isDisposed = true;
    }

    public override string ToString() => _text;
}

/// <summary>Feeds in one process that keep every clause, until a step is replaced by one that breaks one.</summary>
internal sealed class FeedSaboteur(FeedSaboteur.Bus bus) : IConversationFeed, IDisposable
{
    private bool _isDisposed;

    /// <summary>One saboteur for every clause, and the clauses that go with it.</summary>
    public static IReadOnlyList<(string[] Broken, string Fault, Func<Bus, FeedSaboteur> Make)> All { get; } =
    [
        (["FED-001", "FED-002", "FED-003", "FED-004", "FED-005", "FED-006", "FED-007", "FED-008", "FED-009"], "is heard by itself alone", static _ => new(new Bus())),
        (["FED-002"], "gives each hint to one of those who listen", static bus => new(bus) { OnSend = static bus => bus.Listeners.OrderBy(static pair => pair.Key).Take(1).Select(static pair => pair.Value) }),
        (["FED-003"], "cuts long ids", static bus => new(bus) { OnHint = static (id, _) => id[..Math.Min(id.Length, 40)] }),
        (["FED-004", "FED-003"], "does not see the case of an id", static bus => new(bus) { OnHint = static (id, _) => id.ToLowerInvariant() }),
        (["FED-005"], "loses what comes after a thousand", static bus => new(bus) { OnHint = static (id, count) => count > 1000 && id.Length < 60 ? null : id }),
        (["FED-006"], "says twice that it listens", static bus => new(bus) { SaysTwice = true }),
        (["FED-007"], "tells several at once", static bus => new(bus) { IsParallel = true }),
        (["FED-008"], "ends without a word", static bus => new(bus) { EndsQuietly = true }),
        (["FED-009"], "ignores the token of who announces", static bus => new(bus) { IgnoresToken = true }),
        (["FED-010"], "throws when it is disposed twice", static bus => new(bus) { IsStrict = true }),
    ];

    public Func<Bus, IEnumerable<Action<string>>>? OnSend { get; init; }

    public Func<string, int, string?>? OnHint { get; init; }

    public bool SaysTwice { get; init; }

    public bool IsParallel { get; init; }

    public bool EndsQuietly { get; init; }

    public bool IgnoresToken { get; init; }

    public bool IsStrict { get; init; }

    public ValueTask AnnounceAsync(IReadOnlyList<ConversationHint> hints, CancellationToken cancellationToken)
    {
        (IgnoresToken ? CancellationToken.None : cancellationToken).ThrowIfCancellationRequested();
        foreach (ConversationHint hint in hints)
        {
            if ((OnHint is { } change ? change(hint.ConversationId, Interlocked.Increment(ref bus.Sent)) : hint.ConversationId) is { } id)
            {
                foreach (Action<string> listener in OnSend?.Invoke(bus) ?? bus.Listeners.Values)
                {
                    listener(id);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask ListenAsync(Action listening, Action<ConversationHint> heard, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var hints = System.Threading.Channels.Channel.CreateUnbounded<string>();
        int number = Interlocked.Increment(ref bus.Joined);
        bus.Listeners[number] = id => hints.Writer.TryWrite(id);
        listening();
        if (SaysTwice)
        {
            listening();
        }

        async Task TellAsync()
        {
            await foreach (string id in hints.Reader.ReadAllAsync(cancellationToken))
            {
                heard(new ConversationHint { ConversationId = id });
            }
        }

        try
        {
            await Task.WhenAll(Enumerable.Range(0, IsParallel ? 4 : 1).Select(_ => Task.Run(TellAsync, CancellationToken.None)));
        }
        catch (OperationCanceledException) when (EndsQuietly)
        {
        }
        finally
        {
            bus.Listeners.TryRemove(number, out _);
        }
    }

    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(IsStrict && _isDisposed, this);
        _isDisposed = true;
    }

    /// <summary>What feeds share.</summary>
    public sealed class Bus
    {
        public int Sent;

        public int Joined;

        public ConcurrentDictionary<int, Action<string>> Listeners { get; } = [];
    }
}
