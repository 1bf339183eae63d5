using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Cli;

/// <summary>Masks the values of JSON where they stand, with the names of their properties as context. All other bytes stay as they are.</summary>
internal sealed class JsonMasker(TextMasking masking)
{
    // It is read whole.
    private const int MaxText = 64 * 1024 * 1024;

    private readonly BodyMasker _masker = new(masking, new EndpointMaskingOptions(), MaskingTelemetry.Request);

    public async Task WholeAsync(StrictText input, TextWriter output, CancellationToken cancellationToken)
    {
        string text = await input.ReadAllAsync(MaxText, "JSON Lines (.jsonl) may be of any length.", cancellationToken);
        await output.WriteAsync(Mask(text, input.Name).AsMemory(), cancellationToken);
    }

    public async Task LinesAsync(StrictText input, TextWriter output, CancellationToken cancellationToken)
    {
        var lines = new LineReader(input);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            await output.WriteAsync((string.IsNullOrWhiteSpace(line) ? line : Mask(line, lines.Place)).AsMemory(), cancellationToken);
        }
    }

    public override string ToString() => nameof(JsonMasker);

    private string Mask(string json, string place)
    {
        try
        {
            ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(json);
            ReadOnlyMemory<byte> masked = _masker.Mask(bytes, BodyShape.Json);
            return masked.Equals(bytes) ? json : Encoding.UTF8.GetString(masked.Span);
        }
        catch (BrokenBodyException)
        {
            throw new FormatException($"{place} is no JSON.");
        }
    }
}
