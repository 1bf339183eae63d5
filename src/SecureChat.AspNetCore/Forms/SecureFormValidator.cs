using FluentValidation;

namespace SecureChat.AspNetCore;

/// <summary>
/// Faults of a form's definition. Every message is written here in full: FluentValidation's own texts would be in the language of
/// whoever starts the host.
/// </summary>
internal sealed class SecureFormValidator : AbstractValidator<SecureForm>
{
    public const int MaxKeyLength = 64;
    public const int MaxTitleLength = 200;
    public const int MaxPurposeLength = 1000;
    public const int MaxVersion = 1_000_000;

    public SecureFormValidator(NoticeCatalog notices, int maxFields)
    {
        RuleFor(static form => form.Key)
            .Must(static key => PlainText.IsKey(key, MaxKeyLength))
            .WithMessage("the key must be 1 to 64 characters of a-z 0-9 -.");
        RuleFor(static form => (object)form.Version)
            .Must(static version => (int)version is >= 1 and <= MaxVersion)
            .WithMessage("the version must be 1 to 1000000.");
        RuleFor(static form => form.Title)
            .Must(static title => PlainText.IsLine(title, 1, MaxTitleLength))
            .WithMessage("the title must be one line of 1 to 200 characters.");
        RuleFor(static form => form.Purpose)
            .Must(static purpose => PlainText.IsLine(purpose, 0, MaxPurposeLength))
            .WithMessage("the purpose must be one line of at most 1000 characters.");
        RuleFor(static form => form.NoticeKey)
            .Must(notices.Contains)
            .WithMessage(static form => PlainText.IsKey(form.NoticeKey, NoticeCatalog.MaxKeyLength, allowDotsAndUnderscores: true)
                ? $"the notice \"{form.NoticeKey}\" is not registered: add chat.AddNotice(new PrivacyNotice {{ Key = \"{form.NoticeKey}\", Version = \"...\", Language = \"en\", Text = \"...\" }})."
                : "the notice is missing: call .Notice(\"...\") with the key of a notice, and add chat.AddNotice(new PrivacyNotice { Key = \"...\", Version = \"...\", Language = \"en\", Text = \"...\" }).");
        RuleFor(static form => form.Fields)
            .Must(fields => fields is { Count: > 0 } && fields.Count <= maxFields)
            .WithMessage(FormattableString.Invariant($"a form needs 1 to {maxFields} fields (SecureChatOptions.Limits.FormFields)."));
        RuleFor(static form => form.Fields)
            .Must(static fields => fields is null || fields.DistinctBy(static field => field.Key, StringComparer.Ordinal).Count() == fields.Count)
            .WithMessage("two fields have the same key.");
    }
}
