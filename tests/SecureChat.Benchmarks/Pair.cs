namespace SecureChat.Benchmarks;

/// <summary>
/// A baseline and a subject, measured alternately: sample by sample, each time in the other order. What else the machine does then
/// hits both, and the median of the ratios of neighbours is steady where the times themselves are not.
/// </summary>
internal sealed class Pair
{
    private Pair(double[] baselines, double[] subjects)
    {
        double[] ratios = [.. baselines.Zip(subjects, static (baseline, subject) => subject / baseline)];
        Baseline = Median(baselines);
        Subject = Median(subjects);
        BaselineTime = Spread(baselines);
        SubjectTime = Spread(subjects);
        Ratio = Median(ratios);
        Low = Quantile(ratios, 0.25);
        High = Quantile(ratios, 0.75);
        Samples = ratios.Length;
    }

    /// <summary>Median time of one operation, in nanoseconds.</summary>
    public double Baseline { get; }

    public double Subject { get; }

    /// <summary>Median of subject over baseline.</summary>
    public double Ratio { get; }

    /// <summary>The middle half of the ratios.</summary>
    public double Low { get; }

    public double High { get; }

    public int Samples { get; }

    /// <summary>Median and middle half, for the table.</summary>
    public string BaselineTime { get; }

    public string SubjectTime { get; }

    public string Times => Row.Text($"{Ratio:0.00}x ({Low:0.00} to {High:0.00})");

    /// <summary>Measures two loops; each takes how often to do it.</summary>
    public static Pair Measure(Action<int> baseline, Action<int> subject, Scale scale)
    {
        WarmUp(baseline, scale);
        WarmUp(subject, scale);
        int baselineCount = Calibrate(baseline, scale);
        int subjectCount = Calibrate(subject, scale);
        var baselines = new double[scale.Samples];
        var subjects = new double[scale.Samples];
        for (int i = 0; i < scale.Samples; i++)
        {
            if (i % 2 == 0)
            {
                baselines[i] = Time(baseline, baselineCount);
                subjects[i] = Time(subject, subjectCount);
            }
            else
            {
                subjects[i] = Time(subject, subjectCount);
                baselines[i] = Time(baseline, baselineCount);
            }
        }

        return new Pair(baselines, subjects);
    }

    /// <summary>The same for operations that wait: each call does one and answers its time in nanoseconds.</summary>
    public static async Task<Pair> MeasureAsync(Func<Task<double>> baseline, Func<Task<double>> subject, int warmUps, int samples)
    {
        for (int i = 0; i < warmUps; i++)
        {
            await baseline();
            await subject();
        }

        var baselines = new double[samples];
        var subjects = new double[samples];
        for (int i = 0; i < samples; i++)
        {
            if (i % 2 == 0)
            {
                baselines[i] = await baseline();
                subjects[i] = await subject();
            }
            else
            {
                subjects[i] = await subject();
                baselines[i] = await baseline();
            }
        }

        return new Pair(baselines, subjects);
    }

    /// <summary>Bytes that one operation allocates.</summary>
    public static double Allocated(Action<int> run)
    {
        const int Count = 4096;
        run(Count);
        long before = GC.GetAllocatedBytesForCurrentThread();
        run(Count);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count;
    }

    public static double Median(IReadOnlyList<double> values) => Quantile(values, 0.5);

    public static double Quantile(IReadOnlyList<double> values, double at)
    {
        double[] sorted = [.. values.Order()];
        double place = at * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (place - below));
    }

    private static string Spread(double[] times) => $"{Row.Time(Median(times))} ({Row.Time(Quantile(times, 0.25))} to {Row.Time(Quantile(times, 0.75))})";

    private static double Time(Action<int> run, int count)
    {
        long start = ThreadTime.Now();
        run(count);
        return (ThreadTime.Now() - start) / (double)count;
    }

    // Until the optimising compiler has had its turn, which it takes in the background.
    private static void WarmUp(Action<int> run, Scale scale)
    {
        long start = ThreadTime.Now();
        do
        {
            run(64);
        }
        while (ThreadTime.Now() - start < scale.WarmUp.TotalNanoseconds);
    }

    private static int Calibrate(Action<int> run, Scale scale)
    {
        for (int count = 1; ; count *= 2)
        {
            long start = ThreadTime.Now();
            run(count);
            if (ThreadTime.Now() - start >= scale.Sample.TotalNanoseconds || count >= 1 << 28)
            {
                return count;
            }
        }
    }
}
