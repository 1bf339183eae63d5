using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary>
/// Masks JSON Lines: one object in, one object out, in order, nothing held back. A line is a text, <c>{"id":1,"text":"..."}</c>, or a
/// conversation, <c>{"id":1,"messages":[{"from":"visitor","text":"..."}]}</c>, whose messages are masked one after the other as a host
/// does it: a later one may mask parts of earlier ones.
/// </summary>
internal sealed class JsonLinesMasker(MaskingEngine engine, MaskReport report, bool explains)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly EngineMasker _masker = new(engine);

    /// <summary>Masks all lines.</summary>
    /// <exception cref="FormatException">A line is not such an object. The message has the number of the line and nothing of its text.</exception>
    public async Task RunAsync(StrictText input, TextWriter output, bool conversations, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        var lines = new LineReader(input);
        while (await lines.ReadAsync(cancellationToken) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            memory.SetLength(0);
            await using (var writer = new Utf8JsonWriter(memory, Readable))
            {
                try
                {
                    using JsonDocument document = JsonDocument.Parse(line);
                    await WriteAsync(document.RootElement, writer, conversations, cancellationToken);
                }
                catch (HalfCharacterException)
                {
                    throw new FormatException($"{lines.Place} has half a character in its text (an escape from \\ud800 to \\udfff without its other half).");
                }
                catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
                {
                    // What the parser says may quote the line.
                    throw new FormatException(conversations
                        ? $"{lines.Place} is not an object like {{\"id\":1,\"messages\":[{{\"from\":\"visitor\",\"text\":\"...\"}}]}}."
                        : $"{lines.Place} is not an object like {{\"id\":1,\"text\":\"...\"}}. For conversations pass --conversation.");
                }
            }

            await output.WriteLineAsync(Encoding.UTF8.GetString(memory.GetBuffer().AsSpan(0, (int)memory.Length)).AsMemory(), cancellationToken);
            await output.FlushAsync(cancellationToken);
        }
    }

    private async Task WriteAsync(JsonElement line, Utf8JsonWriter writer, bool conversations, CancellationToken cancellationToken)
    {
        writer.WriteStartObject();
        if (line.TryGetProperty("id", out JsonElement id))
        {
            writer.WritePropertyName("id");
            id.WriteTo(writer);
        }

        if (conversations)
        {
            await WriteConversationAsync(line.GetProperty("messages"), writer, cancellationToken);
        }
        else
        {
            string text = Text(line);
            string masked = engine.Mask(text, context: null, out IReadOnlyList<SensitiveSpan> spans);
            report.Add(spans);
            WriteMasked(writer, masked, spans);
            WriteReasons(writer, explains ? engine.Explain(text) : null);
        }

        writer.WriteEndObject();
    }

    private async Task WriteConversationAsync(JsonElement messages, Utf8JsonWriter writer, CancellationToken cancellationToken)
    {
        var stored = new List<StoredMessage>();
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string text = Text(message);
            ParticipantRole sender = message.GetProperty("from").GetString() switch
            {
                "visitor" => ParticipantRole.Visitor,
                "agent" => ParticipantRole.Agent,
                "system" => ParticipantRole.System,
                _ => throw new FormatException(),
            };
            RecentMessage[] recent = [.. stored.Select(static message => message.Recent)];
            MaskResult result = await _masker.MaskAsync(new MaskRequest { Text = text, Sender = sender, Recent = recent }, cancellationToken);
            foreach (MaskAmendment amendment in result.Amendments)
            {
                stored[(int)amendment.Sequence].Amend(amendment);
            }

            stored.Add(new StoredMessage(stored.Count, sender, text, result) { Reasons = explains ? engine.Explain(text, MaskContext.FromRecent(recent, sender)) : null });
        }

        writer.WriteStartArray("messages");
        foreach (StoredMessage message in stored)
        {
            writer.WriteStartObject();
            report.Add(message.Spans);
            WriteMasked(writer, message.Recent.Text, message.Spans);
            WriteReasons(writer, message.Reasons);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Text(JsonElement line)
    {
        JsonElement text = line.GetProperty("text");
        if (text.ValueKind != JsonValueKind.String)
        {
            throw new FormatException();
        }

        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new HalfCharacterException();
        }
    }

    private static void WriteReasons(Utf8JsonWriter writer, IReadOnlyList<MaskingExplanation>? reasons)
    {
        if (reasons is null)
        {
            return;
        }

        writer.WriteStartArray("why");
        foreach (MaskingExplanation reason in reasons)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("kinds");
            foreach (string kind in (IEnumerable<string>)[reason.Span.Kind, .. reason.Span.OtherKinds])
            {
                writer.WriteStringValue(kind);
            }

            writer.WriteEndArray();
            writer.WriteNumber("start", reason.Span.Start);
            writer.WriteNumber("end", reason.Span.End);
            writer.WriteBoolean("taken", reason.IsTaken);
            writer.WriteString("reason", Cli.Reasons.Of(reason.Reason));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMasked(Utf8JsonWriter writer, string masked, IReadOnlyList<SensitiveSpan> spans)
    {
        writer.WriteString("masked", masked);
        writer.WriteStartArray("spans");
        foreach (SensitiveSpan span in spans)
        {
            WriteSpan(writer, span, span.Kind, span.Confidence);

            // What else the same characters may be, each as a span of its own.
            foreach (string other in span.OtherKinds)
            {
                WriteSpan(writer, span, other, span.Confidence / 2);
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteSpan(Utf8JsonWriter writer, SensitiveSpan span, string kind, double confidence)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", kind);
        writer.WriteNumber("start", span.Start);
        writer.WriteNumber("end", span.End);
        writer.WriteNumber("confidence", confidence);
        writer.WriteEndObject();
    }

    /// <summary>An escape in the text stands for half a pair of surrogates.</summary>
    private sealed class HalfCharacterException : Exception;

    /// <summary>A message as a host would have stored it, and its spans in offsets of what was typed.</summary>
    private sealed class StoredMessage
    {
        private readonly List<SensitiveSpan> _spans;

        public StoredMessage(int index, ParticipantRole sender, string text, MaskResult result)
        {
            Recent = new RecentMessage { Sequence = index, Sender = sender, Text = result.Text };
            _spans = [.. result.Spans];
            Shift = text.Length - result.Text.Length;
        }

        public RecentMessage Recent { get; private set; }

        public IReadOnlyList<SensitiveSpan> Spans => _spans;

        public IReadOnlyList<MaskingExplanation>? Reasons { get; init; }

        private int Shift { get; }

        public void Amend(MaskAmendment amendment)
        {
            foreach (SensitiveSpan span in amendment.Spans)
            {
                SensitiveSpan typed = Shift == 0 ? span : new SensitiveSpan
                {
                    Kind = span.Kind,
                    Start = TypedOffset(span.Start),
                    Length = TypedOffset(span.End) - TypedOffset(span.Start),
                    Confidence = span.Confidence,
                };
                _spans.RemoveAll(earlier => earlier.Start < typed.End && typed.Start < earlier.End);
                _spans.Add(typed);
            }

            _spans.Sort(static (one, other) => one.Start.CompareTo(other.Start));
            Recent = new RecentMessage { Sequence = Recent.Sequence, Sender = Recent.Sender, Text = amendment.Text };
        }

        // A security code is stored as three signs, whatever its length.
        private int TypedOffset(int offset)
        {
            const int Shrunk = 3;
            foreach (SensitiveSpan span in _spans)
            {
                if (span.Kind == DataKinds.CardSecurityCode && span.Length > Shrunk && span.Start + Shrunk <= offset)
                {
                    offset += span.Length - Shrunk;
                }
            }

            return offset;
        }
    }
}
