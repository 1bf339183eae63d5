using System.Globalization;
using System.Text;

namespace SecureChat.Cli;

/// <summary>
/// Reads bytes as text and notices what is none: a byte that is quietly replaced would be one that nobody looked at. UTF-8, or what a byte order mark says.
/// </summary>
internal sealed class StrictText : TextReader
{
    private const int Chunk = 32 * 1024;

    // A byte can end what others began: no more than one character each, and a pair.
    private const int Room = Chunk + 16;

    // Longer marks first: that of UTF-32 begins with that of UTF-16.
    private static readonly Encoding[] Marked =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    private static readonly Encoding Unmarked = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _input;
    private readonly Action<long>? _advanced;
    private readonly byte[] _bytes = new byte[Chunk];
    private readonly char[] _chars = new char[Room];
    private readonly Decoder _decoder;
    private long _position;
    private int _held;
    private int _at;
    private int _count;
    private bool _isEnd;

    private StrictText(Stream input, string name, byte[] begin, Action<long>? advanced)
    {
        (_input, Name, _advanced) = (input, name, advanced);
        Encoding = Marked.FirstOrDefault(encoding => begin.AsSpan().StartsWith(encoding.Preamble)) ?? Unmarked;
        _decoder = Encoding.GetDecoder();
        int mark = Encoding.Preamble.Length;
        begin.AsSpan(mark).CopyTo(_bytes);
        _held = begin.Length - mark;
        _position = begin.Length;
    }

    /// <summary>What a message calls it.</summary>
    public string Name { get; }

    /// <summary>What the text is written in.</summary>
    public Encoding Encoding { get; }

    /// <summary>Begins to read; waits for the first bytes, which may be a byte order mark.</summary>
    /// <param name="input">The bytes; not closed.</param>
    /// <param name="name">What a message calls them.</param>
    /// <param name="advanced">Is told how many bytes were read. Default: nobody.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<StrictText> OpenAsync(Stream input, string name, Action<long>? advanced, CancellationToken cancellationToken)
    {
        byte[] begin = new byte[4];
        int held = 0;
        while (held < begin.Length && Marked.Any(encoding => encoding.Preamble.StartsWith(begin.AsSpan(0, held))))
        {
            int count = await input.ReadAsync(begin.AsMemory(held), cancellationToken);
            if (count == 0)
            {
                break;
            }

            held += count;
        }

        return new StrictText(input, name, begin[..held], advanced);
    }

    /// <summary>The next characters; 0 at the end only.</summary>
    /// <exception cref="FormatException">It is no text. The message has the place, and nothing of what stands there.</exception>
    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        while (_at == _count)
        {
            if (_isEnd)
            {
                return 0;
            }

            if (_held == 0)
            {
                _held = await _input.ReadAsync(_bytes, cancellationToken);
                _isEnd = _held == 0;
                _position += _held;
                _advanced?.Invoke(_held);
            }

            _at = 0;
            _count = Decode();
            _held = 0;
        }

        int taken = Math.Min(buffer.Length, _count - _at);
        _chars.AsSpan(_at, taken).CopyTo(buffer.Span);
        _at += taken;
        return taken;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(char[] buffer, int index, int count) => ReadAsync(buffer.AsMemory(index, count)).AsTask();

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => throw new NotSupportedException();

    /// <summary>All of it, up to a limit.</summary>
    /// <exception cref="FormatException">It is longer, or no text.</exception>
    public async Task<string> ReadAllAsync(int limit, string hint, CancellationToken cancellationToken)
    {
        var all = new StringBuilder();
        char[] piece = new char[Chunk];
        for (int count; (count = await ReadAsync(piece.AsMemory(), cancellationToken)) > 0;)
        {
            if (all.Length + count > limit)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"More than {limit} characters stand in {Name}. {hint}"));
            }

            all.Append(piece, 0, count);
        }

        return all.ToString();
    }

    public override string ToString() => nameof(StrictText);

    protected override void Dispose(bool disposing)
    {
        Array.Clear(_bytes);
        Array.Clear(_chars);
        base.Dispose(disposing);
    }

    private int Decode()
    {
        try
        {
            return _decoder.GetChars(_bytes.AsSpan(0, _held), _chars, flush: _isEnd);
        }
        catch (DecoderFallbackException fault)
        {
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"In {Name}, the byte at offset {Math.Max(0, _position - _held + fault.Index)} is no text in {Encoding.WebName.ToUpperInvariant()}. Convert it first, for example: iconv -f LATIN1 -t UTF-8"));
        }
    }
}
