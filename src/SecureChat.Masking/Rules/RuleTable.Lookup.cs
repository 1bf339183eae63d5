namespace SecureChat.Masking;

/// <summary>The shapes that values can have, by length. Static data of the assembly: next to nothing is made when it is loaded. Thread-safe.</summary>
internal static partial class RuleTable
{
    private const int Fields = 8;

    private static readonly KindSet[] KindsByLength = SortByLength();

    /// <summary>Most characters of a value.</summary>
    public const int MaxLength = LongestValue;

    /// <summary>First and last (exclusive) number of the shapes with a length.</summary>
    public static (int From, int To) ShapesOf(int length, bool hasLetters)
    {
        int at = length + (hasLetters ? LongestValue + 2 : 0);
        return (Starts[at], Starts[at + 1]);
    }

    /// <summary>The kinds with a shape of a length.</summary>
    public static KindSet KindsWith(int length, bool hasLetters) => KindsByLength[length + (hasLetters ? LongestValue + 2 : 0)];

    public static Kind KindOf(int shape) => (Kind)Shapes[shape * Fields];

    /// <summary>Whether each of the characters, as numbers 0 to 35, is one that the shape has in its place.</summary>
    public static bool Fits(int shape, ReadOnlySpan<byte> codes)
    {
        ReadOnlySpan<ulong> sets = Sets.Slice(Shapes[(shape * Fields) + 2], codes.Length);
        for (int i = 0; i < codes.Length; i++)
        {
            if ((sets[i] >> codes[i] & 1) == 0)
            {
                return false;
            }
        }

        return true;
    }

    public static int PrefixOf(int shape) => Shapes[(shape * Fields) + 3];

    public static int BodyOf(int shape) => Shapes[(shape * Fields) + 4];

    public static ReadOnlySpan<int> ProgramOf(int shape) => Programs[Shapes[(shape * Fields) + 5]..];

    public static ReadOnlySpan<sbyte> LayoutsOf(int shape) => Layouts[Shapes[(shape * Fields) + 6]..];

    /// <summary>Whether any grouping will do.</summary>
    public static bool TakesAnyLayout(int shape) => (Shapes[(shape * Fields) + 7] & 1) != 0;

    public static bool HasNoCheck(int shape) => (Shapes[(shape * Fields) + 7] & 2) != 0;

    /// <summary>Whether most places take letters and digits alike, so that the shape says little.</summary>
    public static bool IsVague(int shape) => (Shapes[(shape * Fields) + 7] & 4) != 0;

    public static string AlphabetOf(int number) => Alphabets[number];

    /// <summary>Names of the checks that are code, by their number; the first is none.</summary>
    public static ReadOnlySpan<string> CodeCheckNames => CodeNames;

    private static KindSet[] SortByLength()
    {
        var kinds = new KindSet[Starts.Length - 1];
        for (int at = 0; at < kinds.Length; at++)
        {
            for (int shape = Starts[at]; shape < Starts[at + 1]; shape++)
            {
                kinds[at] |= KindSet.Of(KindOf(shape));
            }
        }

        return kinds;
    }
}
