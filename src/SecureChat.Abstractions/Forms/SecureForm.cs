namespace SecureChat;

/// <summary>A form definition. Only definitions registered in code can be sent: an agent cannot invent a field. Immutable.</summary>
public sealed class SecureForm
{
    internal SecureForm()
    {
    }

    /// <summary>Unique among registered forms: <c>a-z 0-9 -</c>, 1 to 64 characters.</summary>
    public required string Key { get; init; }

    /// <summary>Raised when fields change meaning; kept with each request. Default 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What the visitor reads above the form; the key when not stated.</summary>
    public required string Title { get; init; }

    /// <summary>Why the data is needed, in the visitor's words.</summary>
    public required string Purpose { get; init; }

    /// <summary>Key of the registered <see cref="PrivacyNotice"/> the visitor consents to.</summary>
    public required string NoticeKey { get; init; }

    /// <summary>The fields in order.</summary>
    public required IReadOnlyList<SecureFormField> Fields { get; init; }
}
