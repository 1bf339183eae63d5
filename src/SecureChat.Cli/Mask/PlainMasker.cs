using System.Globalization;
using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary>Masks text that is nothing but text: whole, however long, or line by line.</summary>
internal sealed class PlainMasker(MaskingEngine engine, MaskReport report)
{
    // Reasons are for a person who reads them.
    private const int MaxExplained = 64 * 1024;

    /// <summary>One text, of any length. A value may stand across lines.</summary>
    public async Task WholeAsync(StrictText input, TextWriter output, CancellationToken cancellationToken)
    {
        using var masker = new StreamingMasker(engine);
        char[] piece = new char[32 * 1024];
        try
        {
            for (int count; (count = await input.ReadAsync(piece.AsMemory(), cancellationToken)) > 0;)
            {
                await output.WriteAsync(masker.Write(piece.AsSpan(0, count)).AsMemory(), cancellationToken);
            }

            await output.WriteAsync(masker.Complete().AsMemory(), cancellationToken);
        }
        finally
        {
            Array.Clear(piece);
        }

        foreach ((string kind, long count) in masker.Found)
        {
            report.Add(kind, count);
        }
    }

    /// <summary>Each line a text of its own, answered before the next is read.</summary>
    public async Task LinesAsync(StrictText input, TextWriter output, TextWriter? reasons, CancellationToken cancellationToken)
    {
        var lines = new LineReader(input);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            await output.WriteAsync(Mask(line).AsMemory(), cancellationToken);
            await output.FlushAsync(cancellationToken);
            Explain(line, lines.Number, reasons);
        }
    }

    /// <summary>One text, and why each value in it is taken or left.</summary>
    public async Task ExplainedAsync(StrictText input, TextWriter output, TextWriter reasons, CancellationToken cancellationToken)
    {
        string text = await input.ReadAllAsync(MaxExplained, "For reasons, pass a part of it.", cancellationToken);
        await output.WriteAsync(Mask(text).AsMemory(), cancellationToken);
        if (text.Length > 0 && text[^1] != '\n')
        {
            await output.WriteLineAsync();
        }

        Explain(text, 1, reasons);
    }

    public override string ToString() => nameof(PlainMasker);

    private string Mask(string text)
    {
        string masked = engine.Mask(text, context: null, out IReadOnlyList<SensitiveSpan> spans);
        report.Add(spans);
        return masked;
    }

    private void Explain(string text, int firstLine, TextWriter? reasons)
    {
        if (reasons is null)
        {
            return;
        }

        foreach (MaskingExplanation explanation in engine.Explain(text))
        {
            int begin = explanation.Span.Start == 0 ? 0 : text.LastIndexOf('\n', explanation.Span.Start - 1) + 1;
            int line = firstLine + text.AsSpan(0, begin).Count('\n');
            string kinds = string.Join(" or ", [explanation.Span.Kind, .. explanation.Span.OtherKinds]);
            reasons.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line}:{explanation.Span.Start - begin + 1} {explanation.Span.Length} characters, {kinds}: {(explanation.IsTaken ? "taken" : "left")}: {Reasons.Of(explanation.Reason)}."));
        }
    }
}
