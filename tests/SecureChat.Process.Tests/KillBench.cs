using SecureChat.Driver;
using SecureChat.Host.Tests;

namespace SecureChat.ProcessTests;

/// <summary>A host process that is killed in the middle of what it does, and started again on the same folder.</summary>
internal sealed class KillBench : IAsyncDisposable
{
    private const int MostWrites = 80;

    private const int SweepRounds = 6;

    private static readonly TimeSpan TellingGrace = TimeSpan.FromSeconds(11);

    private static readonly TimeSpan DeathLimit = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly string[] _arguments;
    private HostProcess _host = null!;
    private TimeSpan _ahead;

    private KillBench(string[] arguments) => _arguments = arguments;

    public HostProcess Host => _host;

    public string Folder => _folder.Path;

    /// <summary>The steps after which the host was killed so far.</summary>
    public List<string> Kills { get; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Plays a scene again and again, with the host killed after the first write of what is handed to the last argument, after the
    /// second, and so on, until it ends without a death: between each pair of steps, whatever the steps are.
    /// </summary>
    /// <param name="engine">Where the host keeps its records.</param>
    /// <param name="operation">What is killed.</param>
    /// <param name="steps">Steps that must have been among the kill points; without them the test has looked at something else.</param>
    /// <param name="play">The scene, from its preparation to its last check.</param>
    public static async Task EverywhereAsync(
        StoreEngine engine, string operation, string[] steps, Func<KillBench, KillScene, Func<Func<Task<Answer>>, Task<Answer?>>, Task> play)
    {
        await using KillBench bench = await StartAsync(engine);
        for (int write = 1; write <= MostWrites; write++)
        {
            bool died = false;
            using var scene = new KillScene(bench, write);
            try
            {
                await play(bench, scene, async act =>
                {
                    (Answer? answer, died) = await bench.KillAsync(write, act);
                    return answer;
                });
            }
            catch (Exception fault)
            {
                string after = died ? $"after write {write} ({bench.Kills[^1]})" : "not";
                throw new InvalidOperationException($"{operation}, killed {after}, seed {Seed.Current}: {fault.Message}", fault);
            }

            if (!died)
            {
                Assert.All(steps, step => Assert.Contains(step, bench.Kills));
                Assert.StartsWith("OK", await HostControl.RunCommandAsync(bench.Folder, "audit", "verify"), StringComparison.Ordinal);
                Seed.Report($"{operation} on {engine}: killed at {bench.Kills.Count} points: {string.Join(", ", bench.Kills)}");
                return;
            }
        }

        Assert.Fail($"{operation} did not end within {MostWrites} writes.");
    }

    /// <summary>
    /// Starts a host whose sweeper works when the test says so: what a sweep writes by itself would be counted among the writes of
    /// the operation that is killed.
    /// </summary>
    public static async Task<KillBench> StartAsync(StoreEngine engine, params string[] arguments)
    {
        var bench = new KillBench(["sweep=300", .. arguments]);
        try
        {
            await Engines.PrepareAsync(engine, bench.Folder);
            await bench.RestartAsync();
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Lets the operation run on a host that dies right after its Nth write, and starts the host again. Gives the answer, if one
    /// arrived, and whether the host died.
    /// </summary>
    public async Task<(Answer? Answer, bool Died)> KillAsync(int afterWrites, Func<Task<Answer>> act)
    {
        await _host.ArmAsync(afterWrites);
        Answer? answer = await TryAsync(act);
        if (answer is not null && await TryAsync(() => _host.ArmAsync(0)))
        {
            return (answer, false);
        }

        await BuryAsync();
        await RestartAsync();
        return (answer, true);
    }

    /// <summary>Waits for the armed switch to have killed the host, and starts it again.</summary>
    public async Task BuryAsync()
    {
        Assert.True(await _host.DiesWithinAsync(DeathLimit), $"The host neither answered nor died within {DeathLimit.TotalSeconds} s. It said: {string.Join('\n', _host.Output)}");
        Kills.Add(_host.Output.LastOrDefault(static line => line.StartsWith("killed after ", StringComparison.Ordinal))?["killed after ".Length..] ?? "nothing");
    }

    public async Task RestartAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _host = await HostProcess.StartAsync(_folder.Path, [.. _arguments, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ahead={_ahead.TotalSeconds:0}")]);
    }

    /// <summary>Starts the host again when that much time has passed.</summary>
    public async Task RestartLaterAsync(TimeSpan time)
    {
        _ahead += time;
        await RestartAsync();
    }

    /// <summary>Lets time pass and the sweeper do what is due then, and what that makes due.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        _ahead += time;
        await _host.SetAheadAsync(_ahead);
        for (int round = 0; round < SweepRounds; round++)
        {
            await _host.SweepAsync();
            if (!StoredRecords.Unfinished(Folder).Any())
            {
                return;
            }

            // A checkpoint gave way to a reader; what it owes is due after another grace.
            _ahead += TellingGrace;
            await _host.SetAheadAsync(_ahead);
        }
    }

    /// <summary>An operation that does not survive its host has no answer.</summary>
    public static async Task<Answer?> TryAsync(Func<Task<Answer>> act)
    {
        Answer? answer = null;
        await TryAsync(async () => { answer = await act(); });
        return answer;
    }

    public static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Dispose();
    }
}
