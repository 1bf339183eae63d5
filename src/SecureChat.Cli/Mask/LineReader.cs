using System.Globalization;
using System.Text;

namespace SecureChat.Cli;

/// <summary>Reads lines with what ends them, none longer than memory allows.</summary>
internal sealed class LineReader(StrictText text)
{
    /// <summary>A text of 8 MiB with every character escaped, and room.</summary>
    public const int MaxLine = 64 * 1024 * 1024;

    private readonly char[] _chars = new char[32 * 1024];
    private readonly StringBuilder _line = new();
    private int _at;
    private int _count;

    /// <summary>Lines read.</summary>
    public int Number { get; private set; }

    /// <summary>What a message calls the last line that was read.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"Line {Number} of {text.Name}");

    /// <summary>The next line with its line feed, if it has one; null at the end.</summary>
    /// <exception cref="FormatException">It is too long, or no text.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        _line.Clear();
        while (_at < _count || await FillAsync(cancellationToken))
        {
            ReadOnlySpan<char> rest = _chars.AsSpan(_at, _count - _at);
            int end = rest.IndexOf('\n');
            int taken = end < 0 ? rest.Length : end + 1;
            if (_line.Length + taken > MaxLine)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Line {Number + 1} of {text.Name} is longer than {MaxLine} characters."));
            }

            _line.Append(rest[..taken]);
            _at += taken;
            if (end >= 0)
            {
                break;
            }
        }

        if (_line.Length == 0)
        {
            return null;
        }

        Number++;
        return _line.ToString();
    }

    public override string ToString() => nameof(LineReader);

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        _at = 0;
        _count = await text.ReadAsync(_chars.AsMemory(), cancellationToken);
        return _count > 0;
    }
}
