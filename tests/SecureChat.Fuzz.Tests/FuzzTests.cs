using System.Globalization;
using System.Text;
using SecureChat.Masking;

namespace SecureChat.Fuzz.Tests;

/// <summary>
/// Two million texts with structure, by default: nothing throws, a masked text is its own mask, spans are right, and what was planted is gone.
/// <c>SECURECHAT_FUZZ_SEED</c> replays a run, <c>SECURECHAT_FUZZ_COUNT</c> makes it longer or shorter.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Count = 2_000_000;

    [Fact]
    public void Two_million_texts_are_masked_once_and_for_all()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("SECURECHAT_FUZZ_SEED"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int given) ? given : Random.Shared.Next();
        int count = int.TryParse(Environment.GetEnvironmentVariable("SECURECHAT_FUZZ_COUNT"), NumberStyles.None, CultureInfo.InvariantCulture, out int many) ? many : Count;
        output.WriteLine($"seed {seed}, {count} texts");
        string? fault = FirstFault(MaskingEngine.Default, seed, count);
        Assert.True(fault is null, fault);
    }

    [Theory]
    [InlineData((int)MaskingSafeguards.Folding)]
    [InlineData((int)MaskingSafeguards.Repeat)]
    public void Saboteur_an_engine_without_a_safeguard_is_found_out(int safeguard) =>
        Assert.NotNull(FirstFault(new MaskingEngine(MaskingSafeguards.All & ~(MaskingSafeguards)safeguard), 1, 200_000));

    private static string? FirstFault(MaskingEngine engine, int seed, int count)
    {
        string? fault = null;
        Parallel.For(0, count, (i, loop) =>
        {
            Sample sample = Grammar.Make(seed, i);
            if (FaultIn(engine, sample) is { } found && Interlocked.CompareExchange(ref fault, $"text {i} of seed {seed}: {found}", null) is null)
            {
                loop.Stop();
                Sample smallest = Shrink(engine, sample);
                Volatile.Write(ref fault, $"text {i} of seed {seed}: {FaultIn(engine, smallest)}: \"{Literal(smallest.Text)}\" becomes \"{Literal(engine.Mask(smallest.Text))}\"");
            }
        });
        return fault;
    }

    private static string? FaultIn(MaskingEngine engine, Sample sample)
    {
        string text = sample.Text;
        string masked;
        IReadOnlyList<SensitiveSpan> spans;
        try
        {
            masked = engine.Mask(text, null, out spans);
            if (!string.Equals(engine.Mask(masked), masked, StringComparison.Ordinal))
            {
                return "the mask of the mask is another";
            }
        }
        catch (Exception thrown)
        {
            return $"throws {thrown.GetType().Name}";
        }

        if (!string.Equals(engine.Mask(text), masked, StringComparison.Ordinal) || !engine.Find(text).SequenceEqual(spans))
        {
            return "two ways to ask differ";
        }

        if (spans.Count == 0 ? !ReferenceEquals(masked, text) : masked.Length > text.Length)
        {
            return "the text grew, or changed without a span";
        }

        int end = 0;
        foreach (SensitiveSpan span in spans)
        {
            if (span.Start < end || span.Length <= 0 || span.End > text.Length || Splits(text, span.Start) || Splits(text, span.End))
            {
                return $"the span {span} is not right";
            }

            end = span.End;
        }

        if (sample.Card is { } card && Grammar.DigitsIn(masked).Contains(card, StringComparison.Ordinal))
        {
            return "a card survives";
        }

        if (text.Length % 8 == 0 && StreamFault(engine, sample, text) is { } fault)
        {
            return fault;
        }

        return sample.Mailbox is { } mailbox && masked.Contains(mailbox, StringComparison.Ordinal) ? "an address survives" : null;
    }

    private static string? StreamFault(MaskingEngine engine, Sample sample, string text)
    {
        using var whole = new StreamingMasker(engine);
        using var parts = new StreamingMasker(engine);
        string one = whole.Write(text) + whole.Complete();
        var many = new StringBuilder();
        for (int at = 0, piece = 1; at < text.Length; at += piece, piece = 1 + ((piece * 7) % 13))
        {
            many.Append(parts.Write(text.AsSpan(at, Math.Min(piece, text.Length - at))));
        }

        many.Append(parts.Complete());
        return many.ToString() != one ? "where a stream is cut makes a difference"
            : sample.Card is { } card && Grammar.DigitsIn(one).Contains(card, StringComparison.Ordinal) ? "a card survives in a stream"
            : sample.Mailbox is { } mailbox && one.Contains(mailbox, StringComparison.Ordinal) ? "an address survives in a stream"
            : null;
    }

    private static bool Splits(string text, int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    // Takes out pieces, then characters of pieces, as long as the fault stays.
    private static Sample Shrink(MaskingEngine engine, Sample sample)
    {
        List<string> pieces = sample.Pieces;
        for (bool smaller = true; smaller;)
        {
            smaller = false;
            for (int i = 0; i < pieces.Count && !smaller; i++)
            {
                List<string> fewer = [.. pieces];
                fewer.RemoveAt(i);
                smaller = Try(fewer);
            }

            // The planted value stays whole: a part of it is another text.
            for (int i = 0; i < pieces.Count && !smaller; i++)
            {
                for (int at = ReferenceEquals(pieces[i], sample.Planted) ? pieces[i].Length : 0; at < pieces[i].Length && !smaller; at++)
                {
                    List<string> shorter = [.. pieces];
                    shorter[i] = shorter[i].Remove(at, 1);
                    smaller = Try(shorter);
                }
            }
        }

        return new Sample { Pieces = pieces, Card = sample.Card, Mailbox = sample.Mailbox, Planted = sample.Planted };

        bool Try(List<string> candidate)
        {
            if (FaultIn(engine, new Sample { Pieces = candidate, Card = sample.Card, Mailbox = sample.Mailbox }) is null)
            {
                return false;
            }

            pieces = candidate;
            return true;
        }
    }

    private static string Literal(string text)
    {
        var literal = new StringBuilder();
        foreach (char c in text)
        {
            literal.Append(c is >= ' ' and <= '~' and not '"' and not '\\' ? c.ToString() : $"\\u{(int)c:X4}");
        }

        return literal.ToString();
    }
}
