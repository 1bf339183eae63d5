namespace SecureChat.Masking;

/// <summary>What parts two chunks of one number, in the numbers that eng/MaskingRules gives to the signs of a layout.</summary>
internal static class Gap
{
    public const int None = 0;
    public const int Dash = 1;
    public const int Dot = 2;
    public const int Slash = 3;
    public const int Space = 4;

    /// <summary>In a layout only: a space, dash or dot, the same one everywhere.</summary>
    public const int AnyOne = 5;

    public const int Colon = 6;
    public const int Comma = 7;

    /// <summary>A sign that is usual nowhere, or two signs.</summary>
    public const int Other = 8;

    private const int Longest = 3;

    public static int ClassOf(char c) => c switch
    {
        '-' => Dash,
        '.' => Dot,
        '/' => Slash,
        ' ' => Space,
        ':' => Colon,
        ',' => Comma,
        '_' or '\t' => Other,
        _ => None,
    };

    /// <summary>Moves over the gap at a place to the next letter or digit; <see cref="None"/> when there is no gap or nothing behind it.</summary>
    public static int Read(ReadOnlySpan<char> text, ref int at)
    {
        int gap = None;
        for (int length = 0; at < text.Length; at++, length++)
        {
            if (char.IsAsciiLetterOrDigit(text[at]))
            {
                return gap;
            }

            int sign = ClassOf(text[at]);
            if (sign == None || length == Longest)
            {
                return None;
            }

            // " - " and ". " stand for the sign in them.
            gap = gap is None or Space ? sign : sign == Space ? gap : Other;
        }

        return None;
    }
}
