namespace SecureChat.AspNetCore;

/// <summary>Why one field was refused. Never carries the value, nor a name the caller made up. Immutable.</summary>
internal sealed class FieldRefusal
{
    /// <summary>Stands for answers that belong to no field of the form: their names are text of the caller and are not repeated.</summary>
    public const string NoField = "*";

    /// <summary>Key of a field of the form, or <see cref="NoField"/>.</summary>
    public required string Field { get; init; }

    /// <summary>One of the codes that docs/forms.md lists.</summary>
    public required string Code { get; init; }

    /// <summary>What to do, in English. A constant per code and field type.</summary>
    public required string Message { get; init; }

    public override string ToString() => $"{nameof(FieldRefusal)} {Code}";
}

/// <summary>The codes of refused fields: part of the wire format, listed in docs/forms.md.</summary>
internal static class RefusalCodes
{
    public const string Required = "required";
    public const string TooLong = "too-long";
    public const string TooShort = "too-short";
    public const string Malformed = "malformed";
    public const string ControlCharacters = "control-characters";
    public const string CardNumber = "card-number";
    public const string Expired = "expired";
    public const string Iban = "iban";
    public const string NotAChoice = "not-a-choice";
    public const string UnknownField = "unknown-field";
    public const string DuplicateField = "duplicate-field";
    public const string NotKept = "not-kept";
}
