namespace SecureChat.AspNetCore;

/// <summary>A form as its visitor fills it in.</summary>
internal sealed class FormView
{
    public required FormCard Form { get; init; }

    public required SecureForm Definition { get; init; }

    /// <summary>The current text, in the language asked for or the nearest there is.</summary>
    public required PrivacyNotice? Notice { get; init; }

    /// <summary>What was kept out of the visitor's messages for this form, while the form is open.</summary>
    public IReadOnlyList<KeptValueView> Kept { get; init; } = [];

    /// <summary>How often more time can still be taken, while the form is open.</summary>
    public int? ExtensionsLeft { get; init; }

    public override string ToString() => nameof(FormView);
}

/// <summary>A value that waits for the visitor's consent: what may be shown of it, never the value.</summary>
internal sealed class KeptValueView
{
    /// <summary>Its id: a submission names it, so that what is handed over is what was shown.</summary>
    public required string ValueId { get; init; }

    /// <summary>The field it answers.</summary>
    public required string FieldKey { get; init; }

    /// <summary>What may be shown of it, for example <c>•••• 4242</c>.</summary>
    public required string Preview { get; init; }

    /// <summary>When it is destroyed without a consent.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public override string ToString() => nameof(KeptValueView);
}

/// <summary>The forms that can be requested.</summary>
internal sealed class FormListView
{
    public required IReadOnlyList<SecureForm> Forms { get; init; }

    public override string ToString() => nameof(FormListView);
}

/// <summary>What was agreed to in a conversation.</summary>
internal sealed class ConsentListView
{
    public required IReadOnlyList<ConsentRecord> Consents { get; init; }

    public override string ToString() => nameof(ConsentListView);
}
