using Xunit;

namespace SecureChat.Conformance;

/// <summary>What all suites do alike.</summary>
internal static class SuiteParts
{
    /// <summary>A call that takes longer hangs. Long enough for a slow disk and a busy machine.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether a clause is passed over; its reason is printed beside the test.</summary>
    public static bool IsMissing(Capability capability)
    {
        if (!capability.IsSupported)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"Not supported: {capability.Reason}");
        }

        return !capability.IsSupported;
    }

    /// <summary>Asynchronously where it can be.</summary>
    public static async ValueTask DisposeAsync(object provider)
    {
        switch (provider)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    /// <summary>Runs calls at once on threads of their own, begun together.</summary>
    public static async Task<T[]> AtOnceAsync<T>(int callers, Func<int, Task<T>> call)
    {
        using var start = new Barrier(callers);
        var tasks = new Task<T>[callers];
        for (int i = 0; i < callers; i++)
        {
            int caller = i;
            tasks[i] = Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TimeLimit, Token);
                    return call(caller);
                },
                Token,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap();
        }

        return await Task.WhenAll(tasks).WaitAsync(TimeLimit, Token);
    }

    /// <summary>Throws when an answer does not come.</summary>
    public static Task<T> WithinAsync<T>(ValueTask<T> call) => call.AsTask().WaitAsync(TimeLimit, Token);

    /// <summary>Throws when an answer does not come.</summary>
    public static Task WithinAsync(ValueTask call) => call.AsTask().WaitAsync(TimeLimit, Token);

    /// <summary>A method that a suite must override to keep what a capability promises.</summary>
    public static InvalidOperationException Missing(string method, string capability) =>
        new($"Override {method}, or override {capability} with Capability.Missing(\"...\") and say why.");
}
