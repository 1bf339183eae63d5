using System.Threading.Channels;

namespace SecureChat.AspNetCore;

/// <summary>
/// Hands form events to the application's listeners, each behind a queue of its own: whoever submits or reveals never waits for a
/// listener, and one that hangs holds up no other. In order, at most once, bounded in time and memory.
/// </summary>
internal sealed partial class FormNotifier : IHostedService, IDisposable
{
    /// <summary>Time limit of one call.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Events that may wait for one listener; what comes on top is dropped for it, and logged.</summary>
    public const int QueueLength = 1024;

    private readonly Lazy<Queue[]> _queues;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly ILogger<FormNotifier> _logger;
    private Task _calling = Task.CompletedTask;
    private bool _isDisposed;

    public FormNotifier(IServiceProvider services, TimeProvider time, ILogger<FormNotifier> logger)
    {
        // Made when they are needed and not injected: a listener may itself use ISecureChat, which leads back here.
        _queues = new Lazy<Queue[]>(() => [.. services.GetServices<ISecureChatEvents>().Select(static listener => new Queue(listener))]);
        _time = time;
        _logger = logger;
    }

    /// <summary>Queues a fact that listeners are told of. Never blocks and never throws.</summary>
    public void Notify(FormRecord form, FormFact fact)
    {
        Call? call = fact.Action switch
        {
            AuditAction.FormSubmitted => static (listener, formEvent, token) => listener.FormSubmittedAsync(formEvent, token),
            AuditAction.RevealOutcome => static (listener, formEvent, token) => listener.ValuesOpenedAsync(formEvent, token),
            AuditAction.ValuesDestroyed => static (listener, formEvent, token) => listener.ValuesDestroyedAsync(formEvent, token),
            _ => null,
        };
        if (call is not null)
        {
            Enqueue(call, EventOf(form, fact.ValueIds, fact.At, fact.Actor == ParticipantRole.Agent ? fact.ActorId : null, fact.Reason));
        }
    }

    /// <summary>Queues the alarm that an agent asked for what was opened elsewhere. Never blocks and never throws.</summary>
    public void Alarm(FormRecord form, IReadOnlyList<string> valueIds, string agentId) =>
        Enqueue(static (listener, formEvent, token) => listener.OpenedElsewhereAsync(formEvent, token), EventOf(form, valueIds, _time.GetUtcNow(), agentId, reason: null));

    private static FormEvent EventOf(FormRecord form, IReadOnlyList<string> valueIds, DateTimeOffset at, string? agentId, DestroyReason? reason) => new()
    {
        ConversationId = form.ConversationId,
        RequestId = form.RequestId,
        FormKey = form.FormKey,
        ValueIds = valueIds,
        At = at,
        AgentId = agentId,
        Reason = reason,
    };

    private void Enqueue(Call call, FormEvent formEvent)
    {
        foreach (Queue queue in _queues.Value)
        {
            if (!queue.Events.Writer.TryWrite((call, formEvent)))
            {
                LogDropped(_logger, queue.Name);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _calling = Task.WhenAll(_queues.Value.Select(queue => Task.Run(() => CallAsync(queue), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>What is queued is still told, as long as the host gives time for it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (Queue queue in _queues.Value)
        {
            queue.Events.Writer.TryComplete();
        }

        try
        {
            await _calling.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _stopping.CancelAsync();
        }
    }

    public void Dispose()
    {
        // The container knows this object under two names and disposes it once for each.
        if (!_isDisposed)
        {
            _isDisposed = true;
            _stopping.Cancel();
            _stopping.Dispose();
        }
    }

    private async Task CallAsync(Queue queue)
    {
        CancellationToken stopping = _stopping.Token;
        try
        {
            await foreach ((Call call, FormEvent formEvent) in queue.Events.Reader.ReadAllAsync(stopping))
            {
                try
                {
                    await Guard.CallAsync(
                        queue.Calls,
                        async token =>
                        {
                            await call(queue.Listener, formEvent, token);
                            return true;
                        },
                        Timeout,
                        _time,
                        static fault => new SecureChatException(SecureChatErrors.Internal, null, fault),
                        stopping);
                }
                catch (SecureChatException fault)
                {
                    // A listener cannot veto what has happened.
                    LogFailed(_logger, queue.Name, fault.InnerException?.GetType().Name ?? "unknown");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host has stopped.
        }
    }

    private delegate ValueTask Call(ISecureChatEvents listener, FormEvent formEvent, CancellationToken cancellationToken);

    private sealed class Queue(ISecureChatEvents listener)
    {
        public ISecureChatEvents Listener { get; } = listener;

        public ForeignCalls Calls { get; } = new();

        public string Name { get; } = listener.GetType().Name;

        public Channel<(Call Call, FormEvent Event)> Events { get; } = Channel.CreateBounded<(Call, FormEvent)>(
            new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    [LoggerMessage(1311, LogLevel.Warning, "The event listener {Listener} failed with {Fault}", EventName = "FormListenerFailed")]
    private static partial void LogFailed(ILogger logger, string listener, string fault);

    [LoggerMessage(1312, LogLevel.Warning, "The event listener {Listener} does not keep up; an event was not handed to it", EventName = "FormListenerBehind")]
    private static partial void LogDropped(ILogger logger, string listener);
}
