namespace SecureChat.AspNetCore;

/// <summary>A form as its visitor fills it in.</summary>
internal sealed class FormView
{
    public required FormCard Form { get; init; }

    public required SecureForm Definition { get; init; }

    public required PrivacyNotice? Notice { get; init; }

    public override string ToString() => nameof(FormView);
}
