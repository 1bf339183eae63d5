using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureChat.AspNetCore;

/// <summary>
/// What a visitor answered, as it came: one JSON object of strings. Values and names stay bytes in pinned memory (the collector
/// makes no copies of it) and are zeroed on dispose; no string of an answer is ever made. Names are handled like values: a caller can
/// write a card number there. Not thread-safe.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed class Answers : IDisposable
{
    // Beyond the most fields a form can have, so that a surplus is still reported field by field.
    private const int MaxAnswers = 256;

    private const int LongestName = SecureFormFieldValidator.MaxKeyLength;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 16, CommentHandling = JsonCommentHandling.Disallow };

    private readonly List<Answer> _answers = [];
    private bool _disposed;

    private Answers()
    {
    }

    // A request that fails between reading its body and checking it has nobody who disposes what was read.
    ~Answers() => Zero();

    public int Count => _answers.Count;

    /// <summary>
    /// Reads one JSON object. <see langword="false"/> when the bytes are not one; no exception, because a parser's message
    /// names the place it stopped at, and that can be text of the caller.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8Json, [NotNullWhen(true)] out Answers? answers)
    {
        Answers? read = null;
        try
        {
            var reader = new Utf8JsonReader(utf8Json, ReaderOptions);
            if (reader.Read() && (read = TryRead(ref reader)) is not null && !reader.Read())
            {
                answers = read;
                return true;
            }
        }
        catch (JsonException)
        {
        }

        read?.Dispose();
        answers = null;
        return false;
    }

    /// <summary>Reads the object the reader stands on, up to its end. <see langword="null"/> when it stands on none or there are too many answers.</summary>
    /// <exception cref="JsonException">The JSON is malformed. Do not show or log its message.</exception>
    public static Answers? TryRead(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var answers = new Answers();
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (answers.Count == MaxAnswers)
                {
                    answers.Dispose();
                    return null;
                }

                // A name that no field can have is kept empty: it is refused either way.
                byte[] name = LengthOf(ref reader) <= LongestName * 6 ? CopyString(ref reader) ?? [] : [];
                var answer = new Answer(name.Length <= LongestName ? name : []);
                answers._answers.Add(answer);
                if (answer.Name.Length == 0)
                {
                    CryptographicOperations.ZeroMemory(name);
                }

                if (!reader.Read())
                {
                    throw new JsonException();
                }

                switch (reader.TokenType)
                {
                    case JsonTokenType.String:
                        answer.Value = CopyString(ref reader);
                        answer.Kind = answer.Value is null ? AnswerKind.Malformed : AnswerKind.Text;
                        break;
                    case JsonTokenType.Null:
                        answer.Kind = AnswerKind.Absent;
                        break;
                    default:
                        answer.Kind = AnswerKind.Malformed;
                        reader.Skip();
                        break;
                }
            }

            return answers;
        }
        catch
        {
            answers.Dispose();
            throw;
        }
    }

    /// <summary>The answer of that field, and how many came under its name.</summary>
    public Answer? Find(ReadOnlySpan<byte> fieldKey, out int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Answer? found = null;
        count = 0;
        foreach (Answer answer in _answers)
        {
            if (fieldKey.Length > 0 && fieldKey.SequenceEqual(answer.Name))
            {
                found ??= answer;
                count++;
            }
        }

        return found;
    }

    /// <summary>Adds an answer that did not come from the caller. Takes over <paramref name="value"/>, which is zeroed with the others.</summary>
    public void Add(string fieldKey, byte[] value)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _answers.Add(new Answer(System.Text.Encoding.UTF8.GetBytes(fieldKey)) { Value = value, Kind = AnswerKind.Text });
    }

    /// <summary>Zeroes everything.</summary>
    public void Dispose()
    {
        _disposed = true;
        Zero();
        GC.SuppressFinalize(this);
    }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(Answers);

    private static long LengthOf(ref Utf8JsonReader reader) => reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;

    /// <summary>The unescaped string; <see langword="null"/> when it is no valid Unicode (bad UTF-8, lone surrogates).</summary>
    private static byte[]? CopyString(ref Utf8JsonReader reader)
    {
        // Unescaping never makes UTF-8 longer.
        byte[] buffer = GC.AllocateArray<byte>((int)LengthOf(ref reader), pinned: true);
        try
        {
            int length = reader.CopyString(buffer);
            if (length == buffer.Length)
            {
                return buffer;
            }

            byte[] exact = GC.AllocateArray<byte>(length, pinned: true);
            buffer.AsSpan(0, length).CopyTo(exact);
            CryptographicOperations.ZeroMemory(buffer);
            return exact;
        }
        catch (InvalidOperationException)
        {
            CryptographicOperations.ZeroMemory(buffer);
            return null;
        }
    }

    private void Zero()
    {
        foreach (Answer answer in _answers)
        {
            CryptographicOperations.ZeroMemory(answer.Name);
            CryptographicOperations.ZeroMemory(answer.Value);
        }
    }

    /// <summary>One answer.</summary>
    internal sealed class Answer(byte[] name)
    {
        public byte[] Name { get; } = name;

        public byte[]? Value { get; set; }

        public AnswerKind Kind { get; set; }

        public override string ToString() => nameof(Answer);
    }

    private sealed class Converter : JsonConverter<Answers>
    {
        // A fixed message: the serializer's own quotes names out of the input.
        public override Answers Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryRead(ref reader) ?? throw new JsonException("The answers are not an object of strings.");

        public override void Write(Utf8JsonWriter writer, Answers value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Answers are never written.");
    }
}

/// <summary>What came under a name.</summary>
internal enum AnswerKind
{
    /// <summary>JSON null: not answered.</summary>
    Absent = 0,

    /// <summary>A string.</summary>
    Text = 1,

    /// <summary>Something that is no string, or no valid Unicode.</summary>
    Malformed = 2,
}
