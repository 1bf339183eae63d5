using System.Text;

namespace SecureChat.AI;

/// <summary>
/// A streamed text, masked as if it came whole: the last characters are held back until what follows them is known. It is let go only at white space,
/// outside of everything that was found. Bounded: what does not end is hidden.
/// </summary>
internal sealed class HeldText(ChatMasker masker, int holdBack)
{
    private const int MostHeld = 16 * 1024;

    // Words before a value that tell what it is.
    private const int ContextLength = 256;

    private const int LongestEnd = 64;

    private const string KeyBegins = "-----BEGIN", KeyEnds = "-----END";

    private readonly StringBuilder _held = new();

    private string _before = "";

    private bool _isHiding;

    private bool _isHidingKey;

    /// <summary>Takes a piece and answers what can be let go.</summary>
    public string Write(string piece)
    {
        _held.Append(piece);
        if (IsStillHiding() || _held.Length <= holdBack)
        {
            return "";
        }

        string held = _held.ToString();
        int cut = held.Length - holdBack;
        // The first line of a key is held until its last one has come.
        int ended = Math.Max(0, held.LastIndexOf(KeyEnds, StringComparison.Ordinal));
        int key = held.IndexOf(KeyBegins, ended, StringComparison.Ordinal);
        cut = key >= 0 ? Math.Min(cut, key) : cut;
        cut = Space(held, cut);
        if (cut == 0)
        {
            // Not looked at again for each piece of a word that does not end.
            return held.Length > MostHeld ? Hide(held) : "";
        }

        masker.FromModel(_before + held, out IReadOnlyList<SensitiveSpan> spans);
        for (int i = spans.Count - 1; i >= 0; i--)
        {
            // The space beside a value may be inside of a longer one.
            if (spans[i].Start - _before.Length < cut && spans[i].End - _before.Length >= cut)
            {
                cut = Space(held, Math.Max(0, spans[i].Start - _before.Length));
            }
        }

        if (cut <= 0)
        {
            return held.Length > MostHeld ? Hide(held) : "";
        }

        return Let(held, cut);
    }

    /// <summary>The rest.</summary>
    public string Complete()
    {
        bool isHidden = IsStillHiding();
        string held = _held.ToString();
        return isHidden || held.Length == 0 ? "" : Let(held, held.Length);
    }

    private static int Space(string held, int from)
    {
        int at = Math.Min(from, held.Length);
        while (at > 0 && !char.IsWhiteSpace(held[at - 1]))
        {
            at--;
        }

        return at;
    }

    private string Hide(string held)
    {
        _isHiding = true;
        _isHidingKey = held.Contains(KeyBegins, StringComparison.Ordinal);
        _before = "";
        IsStillHiding();
        return new string('\u2022', 8);
    }

    /// <summary>Drops what belongs to something that did not end: a key up to its last line, anything else up to white space.</summary>
    private bool IsStillHiding()
    {
        if (!_isHiding)
        {
            return false;
        }

        string held = _held.ToString();
        int end = _isHidingKey ? EndOfKey(held) : held.AsSpan().IndexOfAny(' ', '\t', '\n');
        if (end < 0)
        {
            // The line that ends a key may come in pieces.
            _held.Remove(0, _isHidingKey ? Math.Max(0, held.Length - LongestEnd) : held.Length);
            return true;
        }

        _held.Remove(0, end);
        _isHiding = false;
        return false;
    }

    private static int EndOfKey(string held)
    {
        int end = held.IndexOf(KeyEnds, StringComparison.Ordinal);
        int close = end < 0 ? -1 : held.IndexOf("-----", end + KeyEnds.Length, StringComparison.Ordinal);
        return close < 0 ? -1 : close + 5;
    }

    // What follows the cut is looked at with it: words behind a value tell what it is as well.
    private string Let(string held, int cut)
    {
        string whole = _before + held;
        int from = _before.Length, to = from + cut;
        string masked = masker.FromModel(whole, out IReadOnlyList<SensitiveSpan> spans);
        string answer = masked.Length == whole.Length ? masked[from..to] : Hidden(whole, spans)[from..to];
        _held.Remove(0, cut);
        _before = whole[Math.Max(0, to - ContextLength)..to];
        return masker.Restore(answer);
    }

    // An engine that writes something longer or shorter: places cannot be compared, so the values are hidden whole.
    private static string Hidden(string whole, IReadOnlyList<SensitiveSpan> spans)
    {
        char[] text = whole.ToCharArray();
        foreach (SensitiveSpan span in spans)
        {
            text.AsSpan(span.Start, span.Length).Fill('\u2022');
        }

        return new string(text);
    }
}
