using System.Diagnostics;

namespace SecureChat.Masking.Tests;

/// <summary>
/// Counts bytes and processor time, so nothing may run beside it: pools are shared by all threads and the time is the whole
/// process's.
/// </summary>
[Collection(nameof(Alone))]
public sealed class MaskingCostTests
{
    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    [Theory]
    [InlineData("plain ASCII words without anything in them, two lines\nlong, and then some more of them.")]
    [InlineData("Grüße aus Köln, schöne Tage, жизнь прекрасна 🙂")]
    public void Clean_text_allocates_nothing(string text) => Assert.Equal(0, AllocatedOnceWarm(() => Engine.Mask(text)));

    [Fact]
    public void Numbers_that_are_no_values_allocate_nothing_either() =>
        Assert.Equal(0, AllocatedOnceWarm(static () => Engine.Mask("order 4711, 3 boxes, 12:30, room 204")));

    [Theory]
    [InlineData("my card is 4242 4242 4242 4242, thanks")]
    [InlineData("write to jane@example.com or call +49 151 12345678")]
    public void What_is_found_costs_the_masked_text_and_nothing_else(string text)
    {
        string masked = Engine.Mask(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = new string('x', masked.Length);
        long one = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(100 * one, AllocatedOnceWarm(() => Engine.Mask(text), expected: 100 * one));
    }

    [Fact]
    public void Saboteur_one_string_in_a_hundred_calls_never_counts_as_nothing()
    {
        string text = "plain words";
        int call = 0;
        Assert.NotEqual(0, AllocatedOnceWarm(() => Engine.Mask(++call % 100 == 0 ? string.Concat(text, ".") : text), limitSeconds: 0.5));
    }

    [Theory]
    [InlineData("4")]
    [InlineData("4242 ")]
    [InlineData("4242424242424242 ")]
    [InlineData("a@")]
    [InlineData("a.")]
    [InlineData("DE12")]
    [InlineData("GT82")]
    [InlineData("+49 ")]
    [InlineData("cvv 123 ")]
    [InlineData("123 ")]
    [InlineData("••••")]
    [InlineData("&#52;")]
    [InlineData("%40")]
    [InlineData("\u200B4")]
    [InlineData("jane@example.com ")]
    public void Time_grows_with_the_length_and_no_faster(string unit)
    {
        const int Small = 4_000;
        const int Factor = 16;
        string small = string.Concat(Enumerable.Repeat(unit, Small / unit.Length));
        string large = string.Concat(Enumerable.Repeat(unit, Small * Factor / unit.Length));
        Engine.Mask(large);

        // As many characters both times: a linear engine takes as long, a quadratic one 16 times as long. Processor time, not the
        // clock's, and the best of several: a busy machine cannot fail it.
        double ratio = double.MaxValue;
        for (int round = 0; round < 5 && ratio > 3; round++)
        {
            ratio = Math.Min(ratio, Cost(large, 2) / Cost(small, 2 * Factor));
        }

        Assert.True(ratio < 5, $"in one piece of {Factor} times the length the text took {ratio:F1} times the time");
    }

    [Theory]
    [InlineData("4")]
    [InlineData("4242 ")]
    [InlineData("4242 4242 4242 4242 ")]
    [InlineData("aB3")]
    [InlineData("a@b.co,")]
    [InlineData("\u0301")]
    public void A_stream_without_an_end_stays_bounded_and_is_linear(string unit)
    {
        // The least of a few rounds, both sizes in turn: a busy machine only adds.
        TimeSpan once = TimeSpan.MaxValue, twice = TimeSpan.MaxValue;
        for (int i = 0; i < 12 && (i < 3 || twice >= once * 2.6); i++)
        {
            once = Least(once, Time(150_000));
            twice = Least(twice, Time(300_000));
        }

        Assert.True(twice < once * 2.6, $"{once} and {twice}");

        static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

        TimeSpan Time(int length)
        {
            string text = string.Concat(Enumerable.Repeat(unit, length / unit.Length));
            using var stream = new StreamingMasker(Engine);
            var watch = Stopwatch.StartNew();
            int given = stream.Write(text).Length;
            TimeSpan elapsed = watch.Elapsed;
            Assert.InRange(text.Length - given, 0, 8192);
            return elapsed;
        }
    }

    /// <summary>
    /// What a hundred calls allocate on this thread, first measured as expected or else at last. The runtime boxes where its optimised
    /// code does not, and makes that code beside us when it has time; what the engine itself allocates never goes away.
    /// </summary>
    private static long AllocatedOnceWarm(Action mask, double limitSeconds = 60, long expected = 0)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                mask();
            }

            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (bytes == expected || Stopwatch.GetElapsedTime(start).TotalSeconds > limitSeconds)
            {
                return bytes;
            }
        }
    }

    private static double Cost(string text, int times)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < times; i++)
        {
            Engine.Mask(text);
        }

        return Math.Max((Environment.CpuUsage.TotalTime - before).TotalMicroseconds, 1);
    }
}

/// <summary>Tests that nothing may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
