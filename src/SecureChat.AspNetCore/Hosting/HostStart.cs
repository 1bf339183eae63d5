namespace SecureChat.AspNetCore;

/// <summary>Work in the background waits until the host listens: before that it would only keep the start from the processors.</summary>
internal static class HostStart
{
    /// <summary>Returns when the host has started, without having used the thread of who starts it.</summary>
    public static async Task WaitForStartAsync(this IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}
