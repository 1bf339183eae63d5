namespace SecureChat.Masking;

/// <summary>A kind of data of the host's own that has a shape: described, checked when the engine is made, and found without code. Immutable.</summary>
/// <example>
/// <code>
/// var customerNumber = new MaskingPattern
/// {
///     Kind = "x-customer-number",
///     Pattern = @"\bC-?\d{8}\b",
///     Checksum = "luhn",
///     Words = ["customer number", "customer no"],
///     Examples = ["C-12345674"],
/// };
/// </code>
/// </example>
public sealed class MaskingPattern
{
    /// <summary>Id of the kind: <c>x-</c> and lower-case letters, digits and dashes; at most 64 characters.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// A regular expression for the engine that takes linear time (<see cref="System.Text.RegularExpressions.RegexOptions.NonBacktracking"/>): no look-around, no
    /// back-references, no atomic groups; at most 512 characters. It must not match nothing, nor ordinary words.
    /// </summary>
    public required string Pattern { get; init; }

    /// <summary>
    /// What a match must fulfil, check characters last. Its digits: <c>luhn</c>, <c>verhoeff</c>, <c>mod11-10</c>, <c>mod11-2</c>; its letters and digits, a letter counting 10
    /// to 35: <c>luhn-36</c>, <c>mod97-10</c>, <c>mod37-36</c>, <c>mod37-2</c> (<c>mod</c>: ISO 7064). Default: null, which is nothing.
    /// </summary>
    public string? Checksum { get; init; }

    /// <summary>Words or phrases, in any case, of which one must stand beside a match (72 characters before it, 32 behind it) or in the question before it. Default: none is needed.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Texts in each of which it must be found, behind its first word; checked when the engine is made. Default: none.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Texts in none of which it may be found; checked when the engine is made. Default: none.</summary>
    public IReadOnlyList<string> CounterExamples { get; init; } = [];

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingPattern);
}
