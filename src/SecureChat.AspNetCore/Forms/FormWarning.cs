namespace SecureChat.AspNetCore;

/// <summary>What start-up says about a form that works but could be safer.</summary>
internal enum FormWarningKind
{
    /// <summary>Neither the field nor its form says what the data is for.</summary>
    FieldWithoutPurpose = 1,

    /// <summary>A card security code is asked for in a form whose other values live long.</summary>
    SecurityCodeBesideLongLivedValues = 2,

    /// <summary>A field that is no security code asks for one (E22).</summary>
    CardCodeAskedAsText = 3,

    /// <summary>A field that is no card number asks for one.</summary>
    CardNumberAskedAsText = 4,

    /// <summary>The stated life of authentication data is longer than the host's option and is cut to it.</summary>
    LifeIsCut = 5,
}

/// <summary>One warning about a form. Names keys of definitions only.</summary>
internal sealed class FormWarning
{
    public required FormWarningKind Kind { get; init; }

    public required string FormKey { get; init; }

    public required string FieldKey { get; init; }

    public override string ToString() => $"{nameof(FormWarning)} {Kind}";
}
