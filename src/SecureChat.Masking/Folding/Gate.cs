using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SecureChat.Masking;

/// <summary>
/// Every value of every kind holds a digit of some script, or an at sign, or an HTML entity that stands for one. A text without any
/// of them is clean: one vectorised look, no allocation. Thread-safe.
/// </summary>
internal static class Gate
{
    private static readonly SearchValues<char> Harmless = SearchValues.Create(HarmlessAscii("&@0123456789"));

    // What the folded copy of a text differs in.
    private static readonly SearchValues<char> Plain = SearchValues.Create(HarmlessAscii("&%<"));

    // At most eight, and letters alone: so many are looked for without a second look at every place that resembles one.
    private static readonly SearchValues<string> MaybeSecrets = SearchValues.Create(
        ["pass", "kennwort", "contrase", "senha", "pwd", "private", "swift", "bic"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Secrets = SearchValues.Create(
        ["passw", "passphrase", "kennwort", "contrase", "senha", "de passe", "pwd", "private key", "swift", "bic"], StringComparison.OrdinalIgnoreCase);

    /// <summary>Place of the first character that a value could hold; -1 when the text is clean.</summary>
    public static int IndexIn(ReadOnlySpan<char> text)
    {
        int at = text.IndexOfAnyExcept(Harmless);
        return at < 0 || text[at] < 0x80 ? at : IndexInForeign(text, at);
    }

    /// <summary>Whether a text without such a character must be looked at all the same: it has a word for a password, a key or a bank code.</summary>
    public static bool NamesSecret(ReadOnlySpan<char> text) => text.ContainsAny(MaybeSecrets) && text.ContainsAny(Secrets);

    /// <summary>Whether folding changes nothing in the text: ASCII without entities, escapes and tags.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Plain);

    /// <summary>Whether all of sixteen characters lie in ranges without digits. False says nothing.</summary>
    internal static bool AreHarmless(Vector256<ushort> units)
    {
        Vector256<ushort> ascii = Vector256.LessThan(units, Vector256.Create((ushort)0x80))
            & ~(In(units, '0', '9') | Vector256.Equals(units, Vector256.Create((ushort)'@')) | Vector256.Equals(units, Vector256.Create((ushort)'&')));
        Vector256<ushort> letters = In(units, 0xC0, 0x65F) | In(units, 0x2000, 0x206F) | In(units, 0x3040, 0x318F)
            | In(units, 0x3400, 0xA5FF) | In(units, 0xAC00, 0xD7FF) | In(units, 0xD83D, 0xD83D) | In(units, 0xDC00, 0xFE4F);

        // The Indic blocks have their digits in the last quarter of each 128.
        Vector256<ushort> indic = In(units, 0x900, 0xDFF) & Vector256.LessThan(units & Vector256.Create((ushort)0x7F), Vector256.Create((ushort)0x66));
        return (ascii | letters | indic) == Vector256<ushort>.AllBitsSet;

        static Vector256<ushort> In(Vector256<ushort> units, ushort from, ushort to) =>
            Vector256.LessThanOrEqual(units - Vector256.Create(from), Vector256.Create((ushort)(to - from)));
    }

    private static int IndexInForeign(ReadOnlySpan<char> text, int at)
    {
        ReadOnlySpan<ushort> units = MemoryMarshal.Cast<char, ushort>(text);
        while (at < text.Length)
        {
            int end = text.Length;
            if (Vector256.IsHardwareAccelerated && at + Vector256<ushort>.Count <= text.Length)
            {
                end = at + Vector256<ushort>.Count;
                if (AreHarmless(Vector256.Create(units[at..end])))
                {
                    at = end;
                    continue;
                }
            }

            for (; at < end; at++)
            {
                char c = text[at];
                if (c < 0x80 ? !Harmless.Contains(c) : FoldTable.MayBeDigit(c) && FoldTable.IsCandidateAt(text, at))
                {
                    return at;
                }
            }
        }

        return -1;
    }

    private static char[] HarmlessAscii(string except) =>
        [.. Enumerable.Range(0, 0x80).Select(static unit => (char)unit).Where(c => !except.Contains(c, StringComparison.Ordinal))];
}
