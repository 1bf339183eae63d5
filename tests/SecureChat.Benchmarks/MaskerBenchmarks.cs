using System.Buffers;
using SecureChat.Masking;

namespace SecureChat.Benchmarks;

/// <summary>The masking engine.</summary>
internal static class MaskerBenchmarks
{
    private const double GrowthBudget = 2.6;

    private const string Regexes = "source-generated regexes of the same kinds", Alternation = "one NonBacktracking alternation of the same kinds";

    // The signs every value has one of: the least that any masker must look for.
    private static readonly SearchValues<char> Signs = SearchValues.Create("0123456789@");

    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    private static int _sink;

    public static IEnumerable<Row> Run(Scale scale)
    {
        yield return Clean("masker, clean ASCII, 100 characters", MaskerTexts.CleanAscii(100), 5, scale);
        yield return Clean("masker, clean ASCII, 2,000 characters", MaskerTexts.CleanAscii(2000), 5, scale);
        yield return Clean("masker, clean non-ASCII, 100 characters", MaskerTexts.CleanForeign(100), 20, scale);
        yield return Clean("masker, clean non-ASCII, 2,000 characters", MaskerTexts.CleanForeign(2000), 20, scale);
        yield return Clean("masker, clean with everyday numbers, 100 characters", MaskerTexts.CleanNumbers(100), null, scale);
        yield return CleanBesideCopy(scale);
        yield return Beside("masker, clean ASCII, 100 characters, beside regexes", MaskerTexts.CleanAscii(100), Regexes, RegexMasker.Mask, scale);
        yield return Beside("masker, clean ASCII, 100 characters, beside an alternation", MaskerTexts.CleanAscii(100), Alternation, AlternationMasker.Mask, scale);
        yield return Beside("masker, 100 characters with one card, beside an alternation", MaskerTexts.OneCard(), Alternation, AlternationMasker.Mask, scale);
        yield return Beside("masker, a list of 200 people (18,000 characters, 600 values), beside regexes", MaskerTexts.Lists(), Regexes, RegexMasker.Mask, scale);
        foreach (Row row in Card(scale))
        {
            yield return row;
        }

        yield return Growth(scale);
    }

    private static Row Clean(string name, string[] texts, double? budget, Scale scale)
    {
        Check(texts, found: false);
        Pair pair = Pair.Measure(
            count =>
            {
                int found = 0;
                for (int i = 0; i < count; i++)
                {
                    found += Pass(texts[i % MaskerTexts.Count]);
                }

                _sink = found;
            },
            count => Mask(texts, count),
            scale);
        double allocated = Pair.Allocated(count => Mask(texts, count));
        return new Row
        {
            Name = name,
            Samples = pair.Samples,
            Baseline = $"one SearchValues pass: {pair.BaselineTime}",
            Subject = Row.Text($"{pair.SubjectTime}, {allocated:0} B"),
            Ratio = pair.Times,
            Budget = budget is null ? "" : Row.Text($"<= {budget}x, 0 B"),
            IsOk = budget is null || (pair.Ratio <= budget && allocated == 0),
        };
    }

    private static Row CleanBesideCopy(Scale scale)
    {
        string[] texts = MaskerTexts.CleanAscii(2000);
        char[] copy = new char[2000];
        Pair pair = Pair.Measure(
            count =>
            {
                for (int i = 0; i < count; i++)
                {
                    texts[i % MaskerTexts.Count].CopyTo(copy);
                }

                _sink = copy[count % copy.Length];
            },
            count => Mask(texts, count),
            scale);
        return new Row
        {
            Name = "masker, clean ASCII, 2,000 characters, beside a copy",
            Samples = pair.Samples,
            Baseline = $"the text copied: {pair.BaselineTime}",
            Subject = pair.SubjectTime,
            Ratio = pair.Times,
        };
    }

    private static Row Beside(string name, string[] texts, string what, Func<string, string> baseline, Scale scale)
    {
        Pair pair = Beside(texts, baseline, scale);
        return new Row
        {
            Name = name,
            Samples = pair.Samples,
            Baseline = $"{what}: {pair.BaselineTime}",
            Subject = pair.SubjectTime,
            Ratio = Times(pair),
        };
    }

    private static Pair Beside(string[] texts, Func<string, string> baseline, Scale scale) => Pair.Measure(
        count =>
        {
            int length = 0;
            for (int i = 0; i < count; i++)
            {
                length += baseline(texts[i % MaskerTexts.Count]).Length;
            }

            _sink = length;
        },
        count => Mask(texts, count),
        scale);

    // As a part of the baseline where it is less.
    private static string Times(Pair pair) =>
        pair.Ratio < 1 ? Row.Text($"1/{1 / pair.Ratio:0.0} (1/{1 / pair.High:0.0} to 1/{1 / pair.Low:0.0})") : pair.Times;

    private static IEnumerable<Row> Card(Scale scale)
    {
        string[] texts = MaskerTexts.OneCard();
        Check(texts, found: true);
        Pair pair = Beside(texts, RegexMasker.Mask, scale);
        yield return new Row
        {
            Name = "masker, 100 characters with one card",
            Samples = pair.Samples,
            Baseline = $"{Regexes}: {pair.BaselineTime}",
            Subject = pair.SubjectTime,
            Ratio = Times(pair),
            Budget = "<= 1/5",
            IsOk = pair.Ratio <= 0.2,
        };

        double one = Pair.Allocated(count =>
        {
            int length = 0;
            for (int i = 0; i < count; i++)
            {
                length += new string('x', texts[i % MaskerTexts.Count].Length).Length;
            }

            _sink = length;
        });
        double allocated = Pair.Allocated(count => Mask(texts, count));
        yield return new Row
        {
            Name = "masker, 100 characters with one card, memory",
            Baseline = Row.Text($"one string of that length: {one:0} B"),
            Subject = Row.Text($"{allocated:0} B"),
            Ratio = Row.Text($"{allocated / one:0.00}x"),
            Budget = "one output string",
            IsOk = allocated <= one + 0.5,
        };
    }

    /// <summary>The worst growth of all inputs when the input is doubled.</summary>
    private static Row Growth(Scale scale)
    {
        int length = scale.IsQuick ? 1024 : 16 * 1024;
        int rounds = scale.IsQuick ? 3 : 31;
        double worst = 0;
        double slowest = 0;
        string worstPiece = "";
        foreach ((string name, Func<int, string> make) in MaskerTexts.Growing)
        {
            string one = make(length);
            string two = make(length * 2);
            for (int i = 0; i < (scale.IsQuick ? 1 : 8); i++)
            {
                _sink = Engine.Mask(one).Length + Engine.Mask(two).Length;
            }

            var ratios = new double[rounds];
            var times = new double[rounds];
            for (int i = 0; i < rounds; i++)
            {
                double single = Time(one);
                times[i] = Time(two);
                ratios[i] = times[i] / single;
            }

            slowest = Math.Max(slowest, Pair.Median(times) / two.Length);
            if (Pair.Median(ratios) > worst)
            {
                worst = Pair.Median(ratios);
                worstPiece = name;
            }
        }

        return new Row
        {
            Name = Row.Text($"masker, adversarial, worst of {MaskerTexts.Growing.Count} inputs"),
            Samples = rounds,
            Baseline = Row.Text($"time({length})"),
            Subject = Row.Text($"time({length * 2}), at most {slowest:0.0} ns a character"),
            Ratio = Row.Text($"{worst:0.00}x (\"{worstPiece.Trim()}\")"),
            Budget = Row.Text($"< {GrowthBudget}x"),
            IsOk = worst < GrowthBudget,
        };
    }

    private static double Time(string text)
    {
        long start = ThreadTime.Now();
        _sink = Engine.Mask(text).Length;
        return ThreadTime.Now() - start;
    }

    private static void Mask(string[] texts, int count)
    {
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            length += Engine.Mask(texts[i % MaskerTexts.Count]).Length;
        }

        _sink = length;
    }

    // To the end of the text, whatever is found on the way.
    private static int Pass(string text)
    {
        int found = 0;
        ReadOnlySpan<char> rest = text;
        for (int at; (at = rest.IndexOfAny(Signs)) >= 0; rest = rest[(at + 1)..])
        {
            found++;
        }

        return found;
    }

    private static void Check(string[] texts, bool found)
    {
        foreach (string text in texts)
        {
            if ((Engine.Find(text).Count > 0) != found || (found && RegexMasker.Mask(text) == text))
            {
                throw new InvalidOperationException($"A text is not what it is measured as: {text}");
            }
        }
    }
}
