using System.Text;

namespace SecureChat.Masking;

/// <summary>
/// Masks a text that comes in pieces: a log, a file, the answer of a language model. What it gives back is settled: nothing that comes later changes
/// it. It depends on the text alone, not on where the pieces were cut, and takes memory for one window.
/// </summary>
/// <remarks>
/// The text is let go up to a place between words with 48 clean characters on both sides, so clean text is held back for some ten words, and what was let go before
/// counts as words before what follows. Where there is no such place in a window (a dump, a line of thousands of characters), it is let go between values, and what has
/// no end within a window is hidden whole. Against <see cref="MaskingEngine.Mask(string, MaskContext?)"/> of the whole text one thing differs: a value that words make one is not hidden
/// where it stood before without them, and behind it only within the same stretch. Not thread-safe.
/// </remarks>
/// <example>
/// <code>
/// using var stream = new StreamingMasker(MaskingEngine.Default);
/// Console.Write(stream.Write("my card is 4242 4242 "));
/// Console.Write(stream.Write("4242 4242, thanks"));
/// Console.Write(stream.Complete());
/// </code>
/// </example>
public sealed class StreamingMasker : IDisposable
{
    /// <summary>Fewest characters of a window.</summary>
    public const int MinWindow = 1024;

    /// <summary>Most characters of a window.</summary>
    public const int MaxWindow = 1024 * 1024;

    // No words reach farther behind a value, and no beginning of one stands farther before its first digit.
    private const int Quiet = 48;

    // As far as words before a value are read, and the word that is cut.
    private const int Carried = 128;

    // Behind a place between values in a full window: longer than any value but keys and tokens.
    private const int Ahead = 512;

    private const string KeyBegin = "-----BEGIN";

    private const string KeyEnd = "-----END";

    private const string Ends = " \t\r\n";

    // A word for a password and the longest one behind it.
    private const int Secret = 200;

    private readonly MaskingEngine _engine;
    private readonly int _window;
    private MaskContext _context;
    private char[] _held;
    private int _count;
    private string _carry = string.Empty;

    // How far it is known that there is no place to let go.
    private int _looked;
    private readonly Dictionary<string, long> _found = new(StringComparer.Ordinal);
    private bool _isHiding;
    private bool _endsInside;

    // A private key has begun and has not ended, in what was looked at.
    private bool _isKeyOpen;
    private bool _isInKey;
    private bool _wasInKey;
    private int _keyLooked;

    /// <summary>Begins a text.</summary>
    /// <param name="engine">What masks it.</param>
    /// <param name="context">What was said before. Default: nothing.</param>
    /// <param name="window">Most characters held back, <see cref="MinWindow"/> to <see cref="MaxWindow"/>. Default: 8,192.</param>
    /// <exception cref="ArgumentNullException"><paramref name="engine"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="window"/> is too small or too large.</exception>
    public StreamingMasker(MaskingEngine engine, MaskContext? context = null, int window = 8192)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, MinWindow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(window, MaxWindow);
        _engine = engine;
        _context = context ?? MaskContext.None;
        _window = window;
        _held = new char[MinWindow];
    }

    /// <summary>How many values of each kind (see <see cref="DataKinds"/>) were found in what was let go. What has no end within a window counts for none.</summary>
    public IReadOnlyDictionary<string, long> Found => _found;

    /// <summary>Takes the next piece.</summary>
    /// <param name="text">It, of any length.</param>
    /// <returns>What is settled by now, masked; often empty.</returns>
    /// <exception cref="ObjectDisposedException">The text is complete.</exception>
    public string Write(ReadOnlySpan<char> text)
    {
        ObjectDisposedException.ThrowIf(_held.Length == 0, this);
        StringBuilder? settled = null;
        while (text.Length > 0)
        {
            int taken = Math.Min(text.Length, _window - _count);
            Hold(text[..taken]);
            text = text[taken..];
            while (NextCut() is var cut and > 0)
            {
                _context = _context.WithoutPassword();
                (settled ??= new StringBuilder()).Append(LetGo(cut));
            }
        }

        return settled?.ToString() ?? string.Empty;
    }

    /// <summary>Ends the text.</summary>
    /// <returns>The rest, masked.</returns>
    public string Complete()
    {
        if (_held.Length == 0)
        {
            return string.Empty;
        }

        string rest = _count == 0 ? string.Empty : LetGo(_count);
        Dispose();
        return rest;
    }

    /// <summary>Wipes what is held back.</summary>
    public void Dispose()
    {
        _held.AsSpan(0, _count).Clear();
        _held = [];
        _count = 0;
        _carry = string.Empty;
    }

    /// <summary>Masks everything that a reader gives into a writer.</summary>
    /// <param name="engine">What masks it.</param>
    /// <param name="input">The text.</param>
    /// <param name="output">Where it goes; not flushed at the end.</param>
    /// <param name="cancellationToken">Ends the copying; what was written is masked.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static async Task CopyAsync(MaskingEngine engine, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        using var stream = new StreamingMasker(engine);
        char[] piece = new char[4096];
        try
        {
            for (int count; (count = await input.ReadAsync(piece.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0;)
            {
                await output.WriteAsync(stream.Write(piece.AsSpan(0, count)).AsMemory(), cancellationToken).ConfigureAwait(false);
            }

            await output.WriteAsync(stream.Complete().AsMemory(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Array.Clear(piece);
        }
    }

    /// <summary>Masks a text that is produced piece by piece, such as an answer of a language model.</summary>
    /// <param name="engine">What masks it.</param>
    /// <param name="pieces">The pieces.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The masked text in other pieces; none is empty.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(
        MaskingEngine engine, IAsyncEnumerable<string> pieces, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        using var stream = new StreamingMasker(engine);
        await foreach (string piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (stream.Write(piece) is { Length: > 0 } settled)
            {
                yield return settled;
            }
        }

        if (stream.Complete() is { Length: > 0 } rest)
        {
            yield return rest;
        }
    }

    private void Hold(ReadOnlySpan<char> text)
    {
        if (_count + text.Length > _held.Length)
        {
            char[] larger = new char[Math.Min(_window, Math.Max(_held.Length * 2, _count + text.Length))];
            _held.AsSpan(0, _count).CopyTo(larger);
            _held.AsSpan(0, _count).Clear();
            _held = larger;
        }

        text.CopyTo(_held.AsSpan(_count));
        _count += text.Length;
    }

    // Where the held text can be cut: depends on what stands around the place, and on nothing that has not come yet. 0 when nowhere.
    private int NextCut()
    {
        ReadOnlySpan<char> held = _held.AsSpan(0, _count);
        if (_engine.Own.IsEmpty && !_context.HoldsPassword)
        {
            for (int at = Math.Max(1, _looked); at + Quiet <= held.Length;)
            {
                int next = NextIfNotQuiet(held, at);
                if (next == at)
                {
                    _looked = 0;
                    return at;
                }

                at = next;
                _looked = at;
            }
        }

        if (_count < _window)
        {
            return 0;
        }

        _looked = 0;
        return CutBetweenValues(held);
    }

    // The place itself when the text can be cut there, or else the next one that could be.
    private int NextIfNotQuiet(ReadOnlySpan<char> held, int at)
    {
        if (!char.IsWhiteSpace(held[at - 1]) || char.IsWhiteSpace(held[at]))
        {
            return at + 1;
        }

        int from = Math.Max(0, at - Quiet);
        ReadOnlySpan<char> around = held[from..(at + Quiet)];
        if (Gate.IndexIn(around) is >= 0 and var value)
        {
            return from + value + Quiet + 1;
        }

        // An entity or an escape may stand for anything.
        if (around.IndexOfAny('&', '%') is >= 0 and var escape)
        {
            return from + escape + Quiet + 1;
        }

        // A password is made of anything and stands behind its word; a key ends where it says so.
        LookForKey(held, at);
        return _isKeyOpen || Gate.NamesSecret(held[Math.Max(0, at - Secret)..(at + Quiet)]) ? at + 1 : at;
    }

    private void LookForKey(ReadOnlySpan<char> held, int at)
    {
        ReadOnlySpan<char> fresh = held[Math.Max(0, _keyLooked - KeyBegin.Length)..at];
        int begin = fresh.LastIndexOf(KeyBegin, StringComparison.OrdinalIgnoreCase);
        int end = fresh.LastIndexOf(KeyEnd, StringComparison.OrdinalIgnoreCase);
        _isKeyOpen = begin > end || (_isKeyOpen && end < 0);
        _keyLooked = at;
    }

    // A window without a quiet place: between two values that have been seen whole, or else in the middle of something that has no end.
    private int CutBetweenValues(ReadOnlySpan<char> held)
    {
        int last = held.Length - Ahead;
        if (held[..last].LastIndexOf(KeyBegin, StringComparison.OrdinalIgnoreCase) > held[..last].LastIndexOf(KeyEnd, StringComparison.OrdinalIgnoreCase))
        {
            // The engine has hidden what it saw of it; of the rest nobody would know what it is.
            _isInKey = true;
            return last - (char.IsLowSurrogate(held[last]) ? 1 : 0);
        }

        IReadOnlyList<SensitiveSpan> spans = _engine.Find(held, _context);
        int nearest = 0;
        int span = spans.Count - 1;
        for (int at = last; at > 0; at--)
        {
            while (span >= 0 && spans[span].Start >= at)
            {
                span--;
            }

            bool isInside = span >= 0 && spans[span].End >= at;
            if (!isInside && char.IsWhiteSpace(held[at - 1]) && !(at > 1 && char.IsAsciiDigit(held[at]) && char.IsAsciiDigit(held[at - 2])))
            {
                return at;
            }

            // Not between letters or digits, which may be one word.
            nearest = nearest == 0 && !isInside && !char.IsLetterOrDigit(held[at - 1]) && !char.IsSurrogate(held[at]) ? at : nearest;
        }

        if (nearest > last / 2)
        {
            return nearest;
        }

        _endsInside = true;
        return last - (char.IsLowSurrogate(held[last]) ? 1 : 0);
    }

    private string LetGo(int cut)
    {
        Span<char> held = _held.AsSpan(0, _count);
        string text = held[..cut].ToString();
        held[cut..].CopyTo(held);
        held[(_count - cut)..].Clear();
        _count -= cut;
        _looked = 0;
        _keyLooked = 0;
        _isKeyOpen = false;

        string begin = BehindCut(ref text);
        string end = BeforeCut(ref text);
        _wasInKey |= _isInKey;
        _isInKey = false;
        string settled = begin + Masked(text) + end;
        string carry = _carry + settled;
        if (carry.Length > Carried)
        {
            // From a word on, so that half of one is none.
            int from = carry.Length - Carried;
            while (from < carry.Length && !char.IsWhiteSpace(carry[from - 1]))
            {
                from++;
            }

            carry = carry[from..];
        }

        _carry = carry;
        return settled;
    }

    // What goes on from something without an end, up to where it ends.
    private string BehindCut(ref string text)
    {
        if (!(_isHiding || _wasInKey) || text.Length == 0)
        {
            return string.Empty;
        }

        int end = _wasInKey ? text.IndexOf(KeyEnd, StringComparison.OrdinalIgnoreCase) : text.AsSpan().IndexOfAny(Ends);
        _wasInKey &= end < 0;
        _isHiding &= end < 0;
        end = end < 0 ? text.Length : end;
        string hidden = Hide(text[..end]);
        text = text[end..];
        return hidden;
    }

    // What is cut in its middle, from its beginning.
    private string BeforeCut(ref string text)
    {
        if (!_endsInside)
        {
            return string.Empty;
        }

        _endsInside = false;
        _isHiding = true;
        int from = text.AsSpan().LastIndexOfAny(Ends) + 1;
        string hidden = Hide(text[from..]);
        text = text[..from];
        return hidden;
    }

    private void Count(IReadOnlyList<SensitiveSpan> spans)
    {
        foreach (SensitiveSpan span in spans)
        {
            // What ends in the words before it was counted there.
            if (span.End > _carry.Length)
            {
                _found[span.Kind] = _found.GetValueOrDefault(span.Kind) + 1;
            }
        }
    }

    private static string Hide(string text)
    {
        char[] hidden = text.ToCharArray();
        MaskWriter.HideAll(hidden);
        return new string(hidden);
    }

    private string Masked(string text)
    {
        if (_engine.Own.IsEmpty && !_context.ReadsWords && Gate.IndexIn(text) < 0 && !Gate.NamesSecret(text) && !Gate.NamesSecret(_carry) && !text.Contains('&'))
        {
            return text;
        }

        string masked = _engine.Mask(_carry + text, _context, out IReadOnlyList<SensitiveSpan> spans);
        Count(spans);
        if (masked.StartsWith(_carry, StringComparison.Ordinal))
        {
            return masked[_carry.Length..];
        }

        // What was let go would be masked in another way with this behind it; it is gone, so at least this is hidden with it.
        if (masked.Length == _carry.Length + text.Length)
        {
            return masked[_carry.Length..];
        }

        return Hide(text);
    }
}
