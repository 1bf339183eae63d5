using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

/// <summary>Two host processes on the same records.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private TwoHosts(TempFolder folder, HostProcess one, HostProcess two)
    {
        _folder = folder;
        One = one;
        Two = two;
    }

    public HostProcess One { get; }

    public HostProcess Two { get; }

    public string Folder => _folder.Path;

    public TimeSpan Ahead { get; private set; }

    public HostProcess this[int number] => number % 2 == 0 ? One : Two;

    /// <summary>Both start at the same moment on an empty folder: they also race for schema, keys and canary.</summary>
    public static async Task<TwoHosts> StartAsync(StoreEngine engine, params string[] arguments)
    {
        var folder = new TempFolder();
        await Engines.PrepareAsync(engine, folder.Path);
        Task<HostProcess>[] starting = [HostProcess.StartAsync(folder.Path, arguments), HostProcess.StartAsync(folder.Path, arguments)];
        try
        {
            HostProcess[] hosts = await Task.WhenAll(starting);
            return new TwoHosts(folder, hosts[0], hosts[1]);
        }
        catch
        {
            foreach (Task<HostProcess> one in starting)
            {
                if (await Task.WhenAny(one) is { IsCompletedSuccessfully: true })
                {
                    await (await one).DisposeAsync();
                }
            }

            folder.Dispose();
            throw;
        }
    }

    /// <summary>Moves the clock of both, by the same step.</summary>
    public Task AdvanceAsync(TimeSpan step)
    {
        Ahead += step;
        return Task.WhenAll(One.SetAheadAsync(Ahead), Two.SetAheadAsync(Ahead));
    }

    public async ValueTask DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
        _folder.Dispose();
    }
}
