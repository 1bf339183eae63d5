using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace SecureChat.Benchmarks;

/// <summary>
/// A host as a process of its own, from the start of the process to "listening", with the product on SQLite and without it. The files
/// exist already, as at every start but the first.
/// </summary>
internal static class StartBenchmark
{
    private const double TimeBudget = 300;
    private const double MemoryBudget = 40;

    public static async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        using var folder = new BenchFolder();
        List<(double Time, double Memory)> without = [];
        List<(double Time, double Memory)> with = [];
        List<(double Time, double Memory)> again = [];
        int samples = scale.IsQuick ? 2 : 21;

        // Odd rounds go the other way round. The first is not counted: it makes the files and warms the disk's cache.
        for (int i = 0; i <= samples; i++)
        {
            (List<(double, double)> Into, string Kind)[] round = [(without, StartChild.Without), (with, StartChild.With), (again, StartChild.Without)];
            foreach ((List<(double, double)> into, string kind) in i % 2 == 0 ? round : round.Reverse())
            {
                (double, double) sample = await StartAsync(kind, folder.File(kind));
                if (i > 0)
                {
                    into.Add(sample);
                }
            }
        }

        return [Line("host start", without, with, isBudgeted: true), Line("A/A, host start", without, again, isBudgeted: false)];
    }

    private static Row Line(string name, List<(double Time, double Memory)> without, List<(double Time, double Memory)> with, bool isBudgeted)
    {
        double[] times = [.. with.Zip(without, static (subject, baseline) => subject.Time - baseline.Time)];
        double[] ratios = [.. with.Zip(without, static (subject, baseline) => subject.Time / baseline.Time)];
        double[] memories = [.. with.Zip(without, static (subject, baseline) => subject.Memory - baseline.Memory)];
        return new Row
        {
            Name = name,
            Samples = with.Count,
            Baseline = $"the same host without: {Text(without)}",
            Subject = Text(with),
            Ratio = Row.Text($"{Pair.Median(ratios):0.00}x, {Pair.Median(times):+0;-0} ms ({Pair.Quantile(times, 0.25):+0;-0} to {Pair.Quantile(times, 0.75):+0;-0}), {Math.Round(Pair.Median(memories), 1):+0.0;-0.0;0.0} MiB ({Math.Round(Pair.Quantile(memories, 0.25), 1):+0.0;-0.0;0.0} to {Math.Round(Pair.Quantile(memories, 0.75), 1):+0.0;-0.0;0.0})"),
            Budget = isBudgeted ? Row.Text($"<= {TimeBudget} ms more, <= {MemoryBudget} MiB more") : "",
            IsOk = !isBudgeted || (Pair.Median(times) <= TimeBudget && Pair.Median(memories) <= MemoryBudget),
        };
    }

    private static string Text(List<(double Time, double Memory)> samples)
    {
        double[] times = [.. samples.Select(static sample => sample.Time)];
        return Row.Text($"{Pair.Median(times):0} ms ({Pair.Quantile(times, 0.25):0} to {Pair.Quantile(times, 0.75):0}), {Pair.Median([.. samples.Select(static sample => sample.Memory)]):0.0} MiB");
    }

    private static async Task<(double Time, double Memory)> StartAsync(string kind, string folder)
    {
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        }

        start.ArgumentList.Add("start-child");
        start.ArgumentList.Add(kind);
        start.ArgumentList.Add(folder);
        long began = Stopwatch.GetTimestamp();
        using Process child = Process.Start(start)!;
        string? said = await child.StandardOutput.ReadLineAsync();
        double time = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        child.StandardInput.Close();
        await child.WaitForExitAsync();
        return said?.Split(' ') is ["listening", var bytes] && child.ExitCode == 0
            ? (time, double.Parse(bytes, CultureInfo.InvariantCulture) / (1 << 20))
            : throw new InvalidOperationException($"The host {kind} the product did not start: {said}");
    }
}
