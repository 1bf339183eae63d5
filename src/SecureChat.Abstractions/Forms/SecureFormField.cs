namespace SecureChat;

/// <summary>One field of a <see cref="SecureForm"/>. Immutable; made by <see cref="SecureFormBuilder"/>.</summary>
public sealed class SecureFormField
{
    internal SecureFormField()
    {
    }

    /// <summary>Unique in the form: <c>a-z 0-9 -</c>, 1 to 40 characters.</summary>
    public required string Key { get; init; }

    /// <summary>What the field takes.</summary>
    public required FormFieldType Type { get; init; }

    /// <summary>What the visitor reads.</summary>
    public required string Label { get; init; }

    /// <summary>Policy group; follows from the type unless stated.</summary>
    public required DataClass DataClass { get; init; }

    /// <summary>What this field is needed for, when it differs from the form's purpose.</summary>
    public string? Purpose { get; init; }

    /// <summary>Whether the visitor must fill it in. Default <see langword="true"/>.</summary>
    public bool Required { get; init; } = true;

    /// <summary>The choices of a <see cref="FormFieldType.Choice"/> field.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>How long an unopened value lives; <see langword="null"/> for the option of its data class.</summary>
    public TimeSpan? LivesFor { get; init; }

    /// <summary>Kinds of data that this field takes out of the visitor's messages, where the masking policy seals them. Default none.</summary>
    public IReadOnlyList<string> TakesFromText { get; init; } = [];
}
