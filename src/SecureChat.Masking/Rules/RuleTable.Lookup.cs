namespace SecureChat.Masking;

/// <summary>The shapes that values can have, by length. Static data of the assembly: nothing is made when it is loaded. Thread-safe.</summary>
internal static partial class RuleTable
{
    private const int Fields = 8;

    /// <summary>Most characters of a value.</summary>
    public const int MaxLength = LongestValue;

    /// <summary>First and last (exclusive) number of the shapes with a length.</summary>
    public static (int From, int To) ShapesOf(int length, bool hasLetters)
    {
        int at = length + (hasLetters ? LongestValue + 2 : 0);
        return (Starts[at], Starts[at + 1]);
    }

    public static Kind KindOf(int shape) => (Kind)Shapes[shape * Fields];

    /// <summary>For each place of a shape the characters that may stand there, a bit for each of 0 to 9 and A to Z.</summary>
    public static ReadOnlySpan<ulong> SetsOf(int shape, int length) => Sets.Slice(Shapes[(shape * Fields) + 2], length);

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
}
