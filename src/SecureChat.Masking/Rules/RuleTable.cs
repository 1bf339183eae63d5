// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static partial class RuleTable
{
    private const int LongestValue = 48;

    // First shape of each length, for values of digits alone, then for those with a letter.
    private static ReadOnlySpan<ushort> Starts =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    // Kind, length, place in Sets, length of the prefix, length of the body, place in Programs, place in Layouts, flags.
    private static ReadOnlySpan<ushort> Shapes =>
    [
    ];

    private static ReadOnlySpan<ulong> Sets =>
    [
    ];

    private static ReadOnlySpan<short> Programs =>
    [
    ];

    private static ReadOnlySpan<sbyte> Layouts =>
    [
    ];

    private static readonly string[] Alphabets =
    [
        "",
    ];
}
