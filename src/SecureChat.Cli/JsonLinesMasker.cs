using System.Text.Encodings.Web;
using System.Text.Json;
using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary>
/// Masks JSON Lines: one object in, one object out, in order, nothing held back. A line is a text, <c>{"id":1,"text":"..."}</c>, or a
/// conversation, <c>{"id":1,"messages":[{"from":"visitor","text":"..."}]}</c>, whose messages are masked one after the other as a host
/// does it: a later one may mask parts of earlier ones.
/// </summary>
internal sealed class JsonLinesMasker(MaskingEngine engine)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly EngineMasker _masker = new(engine);

    /// <summary>Masks all lines.</summary>
    /// <exception cref="FormatException">A line is not such an object. The message has the number of the line and nothing of its text.</exception>
    public async Task RunAsync(TextReader input, TextWriter output, bool conversations, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        for (int number = 1; await input.ReadLineAsync(cancellationToken) is { } line; number++)
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
                catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
                {
                    // What the parser says may quote the line.
                    throw new FormatException(conversations
                        ? $"Line {number} is not an object like {{\"id\":1,\"messages\":[{{\"from\":\"visitor\",\"text\":\"...\"}}]}}."
                        : $"Line {number} is not an object like {{\"id\":1,\"text\":\"...\"}}. For conversations pass --conversation.");
                }
            }

            await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(memory.GetBuffer().AsSpan(0, (int)memory.Length)).AsMemory(), cancellationToken);
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
            string masked = engine.Mask(Text(line), context: null, out IReadOnlyList<SensitiveSpan> spans);
            WriteMasked(writer, masked, spans);
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
            MaskResult result = await _masker.MaskAsync(
                new MaskRequest { Text = text, Sender = sender, Recent = [.. stored.Select(static message => message.Recent)] }, cancellationToken);
            foreach (MaskAmendment amendment in result.Amendments)
            {
                stored[(int)amendment.Sequence].Amend(amendment);
            }

            stored.Add(new StoredMessage(stored.Count, sender, text, result));
        }

        writer.WriteStartArray("messages");
        foreach (StoredMessage message in stored)
        {
            writer.WriteStartObject();
            WriteMasked(writer, message.Recent.Text, message.Spans);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Text(JsonElement line) => line.GetProperty("text").GetString() ?? throw new FormatException();

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
