namespace SecureChat.Host.Tests;

/// <summary>Waits for what a host does on its own, where no frame says that it is done.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task HoldsAsync(string what, Func<Task<bool>> holds)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, $"{what} did not happen within {Limit.TotalSeconds} s.");
            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }
}
