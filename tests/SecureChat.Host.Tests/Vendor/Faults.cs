using System.Collections.Concurrent;

namespace SecureChat.Host.Tests.Vendor;

/// <summary>What a vendor's class does wrong.</summary>
public enum Fault
{
    /// <summary>Throws; nothing was done.</summary>
    Throw,

    /// <summary>Does what was asked and then throws: the outcome is unknown to the caller.</summary>
    ThrowAfter,

    /// <summary>Never answers, and ignores its token; holds no thread.</summary>
    Hang,

    /// <summary>Does what was asked and then never answers.</summary>
    HangAfter,

    /// <summary>Blocks the thread it is called on, and ignores its token.</summary>
    Block,

    /// <summary>Throws what would be "there is no such thing" if anybody believed it.</summary>
    ThrowNotFound,

    /// <summary>Answers, but not what was asked.</summary>
    Nonsense,
}

/// <summary>
/// The vendor classes of one host go wrong as a test says, at the call it says; otherwise they work, and every call is counted.
/// Thread-safe. Disposing ends everything that hangs.
/// </summary>
public sealed class Faults : IDisposable
{
    /// <summary>What a fault's own text carries: it must not turn up anywhere.</summary>
    public const string Canary = "5105105105105100";

    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<Plan> _plans = [];
    private Plan? _plan;
    private int _blocked;
    private int _mostBlocked;

    /// <summary>Calls by member, for example <c>vault.claim</c> or <c>data.replace.form</c>.</summary>
    public IReadOnlyDictionary<string, int> Calls => _calls;

    /// <summary>How many calls went wrong since the last time that something was armed.</summary>
    public int Hits
    {
        get
        {
            lock (_lock)
            {
                return _plans.Count == 0 ? 0 : _plans[^1].Hits;
            }
        }
    }

    /// <summary>The most threads that were held at once by calls that block.</summary>
    public int MostBlocked => Volatile.Read(ref _mostBlocked);

    public static Exception Vendor() => new InvalidOperationException($"could not store {Canary} for alice@example.com");

    /// <summary>From now on every fitting call goes wrong; or only the nth.</summary>
    public void Arm(Func<string, bool> members, Fault fault, int nth = 0) => Set(new Plan(members, fault, nth, null));

    /// <summary>From now on every fitting call answers what <paramref name="replace"/> makes of the honest answer.</summary>
    public void Lie<T>(string member, Func<T, T?> replace) => Set(new Plan(name => name == member, Fault.Nonsense, 0, answer => replace((T)answer!)));

    /// <summary>The same, with what was asked.</summary>
    public void Lie<TRequest, T>(string member, Func<TRequest, T, T?> replace) =>
        Set(new Plan(name => name == member, Fault.Nonsense, 0, null) { Answer = (request, answer) => replace((TRequest)request!, (T)answer!) });

    /// <summary>Nothing goes wrong from now on; what hangs goes on hanging.</summary>
    public void Disarm() => Set(null);

    /// <summary>Nothing goes wrong from now on, and what blocks a thread gives it back.</summary>
    public void Unblock()
    {
        Disarm();
        lock (_lock)
        {
            _plans.ForEach(static plan => plan.Released.Set());
        }
    }

    public void Dispose()
    {
        Unblock();
        _end.TrySetResult();
    }

    /// <summary>One call of a vendor's member.</summary>
    public async ValueTask<T> CallAsync<T>(string member, Func<ValueTask<T>> call, object? request = null)
    {
        _calls.AddOrUpdate(member, 1, static (_, count) => count + 1);
        Plan? plan;
        lock (_lock)
        {
            plan = _plan is { } armed && armed.Takes(member) ? armed : null;
        }

        switch (plan?.Fault)
        {
            case Fault.Throw:
                throw Vendor();
            case Fault.ThrowNotFound:
                throw new SecureChatException(SecureChatErrors.NotFound, Canary);
            case Fault.Hang:
                await _end.Task;
                throw Vendor();
            case Fault.Block:
                Block(plan);
                throw Vendor();
            case Fault.ThrowAfter:
                await call();
                throw Vendor();
            case Fault.HangAfter:
                await call();
                await _end.Task;
                throw Vendor();
            case Fault.Nonsense:
                T honest = await call();
                return (T)(plan.Answer is { } answer ? answer(request, honest) : plan.Replace!(honest))!;
            default:
                return await call();
        }
    }

    private void Block(Plan plan)
    {
        int held = Interlocked.Increment(ref _blocked);
        int most;
        while (held > (most = Volatile.Read(ref _mostBlocked)) && Interlocked.CompareExchange(ref _mostBlocked, held, most) != most)
        {
        }

        plan.Released.Wait();
        Interlocked.Decrement(ref _blocked);
    }

    private void Set(Plan? plan)
    {
        lock (_lock)
        {
            _plan = plan;
            if (plan is not null)
            {
                _plans.Add(plan);
            }
        }
    }

    private sealed class Plan(Func<string, bool> members, Fault fault, int nth, Func<object?, object?>? replace)
    {
        private int _seen;
        private int _hits;

        public Fault Fault => fault;

        public Func<object?, object?>? Replace => replace;

        public Func<object?, object?, object?>? Answer { get; init; }

        public ManualResetEventSlim Released { get; } = new();

        public int Hits => Volatile.Read(ref _hits);

        public bool Takes(string member)
        {
            if (!members(member) || (nth > 0 && ++_seen != nth))
            {
                return false;
            }

            Interlocked.Increment(ref _hits);
            return true;
        }
    }
}
