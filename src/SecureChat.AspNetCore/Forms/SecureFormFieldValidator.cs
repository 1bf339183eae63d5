using FluentValidation;

namespace SecureChat.AspNetCore;

/// <summary>
/// Faults of one field of a form's definition. Value types are asked for as objects: the library's classes are compiled anew for each
/// value type a rule is about, at every start of a host.
/// </summary>
internal sealed class SecureFormFieldValidator : AbstractValidator<SecureFormField>
{
    public const int MaxKeyLength = 40;
    public const int MaxLabelLength = 200;
    public const int MaxChoices = 200;
    public const int MaxChoiceLength = 200;
    public const int MaxKindLength = 64;

    public static readonly TimeSpan MinLife = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(30);
    public static readonly TimeSpan MaxAuthenticationDataLife = TimeSpan.FromMinutes(15);

    public SecureFormFieldValidator()
    {
        RuleFor(static field => field.Key)
            .Must(static key => PlainText.IsKey(key, MaxKeyLength))
            .WithMessage("the key must be 1 to 40 characters of a-z 0-9 -.");
        RuleFor(static field => (object)field.Type).Must(static type => Enum.IsDefined((FormFieldType)type)).WithMessage("the type is not known.");
        RuleFor(static field => (object)field.DataClass).Must(static dataClass => Enum.IsDefined((DataClass)dataClass)).WithMessage("the data class is not known.");
        RuleFor(static field => field.Label)
            .Must(static label => PlainText.IsLine(label, 1, MaxLabelLength))
            .WithMessage("the label must be one line of 1 to 200 characters.");
        RuleFor(static field => field.Purpose)
            .Must(static purpose => purpose is null || PlainText.IsLine(purpose, 0, SecureFormValidator.MaxPurposeLength))
            .WithMessage("the purpose must be one line of at most 1000 characters.");
        RuleFor(static field => (object?)field.LivesFor)
            .Must(static life => life is not TimeSpan span || (span >= MinLife && span <= MaxLife))
            .WithMessage("LivesFor must be 30 seconds to 30 days.");
        RuleFor(static field => (object?)field.LivesFor)
            .Must(static life => life is not TimeSpan span || span <= MaxAuthenticationDataLife)
            .When(static field => field.DataClass == DataClass.AuthenticationData)
            .WithMessage("authentication data (card security codes, PINs) may live at most 15 minutes: shorten LivesFor or leave it out.");
        RuleFor(static field => field.TakesFromText)
            .Must(static kinds => kinds.Count <= MaxChoices && kinds.All(static kind => PlainText.IsKey(kind, MaxKindLength)))
            .WithMessage("TakesFromText names kinds of data by id, such as DataKinds.PaymentCard.");
        RuleFor(static field => field.TakesFromText)
            .Must(static kinds => kinds.Count == 0)
            .When(static field => field.DataClass == DataClass.AuthenticationData || field.TakesFromText.Any(static kind => kind is DataKinds.CardSecurityCode or "pin"))
            .WithMessage("authentication data (card security codes, PINs) is never kept out of a message: leave TakesFromText out.");
        When(static field => field.Type == FormFieldType.Choice, () =>
        {
            RuleFor(static field => field.Choices)
                .Must(static choices => choices is { Count: >= 2 and <= MaxChoices })
                .WithMessage("a choice needs 2 to 200 choices.");
            RuleFor(static field => field.Choices)
                .Must(static choices => choices is null || choices.All(static choice =>
                    PlainText.IsLine(choice, 1, MaxChoiceLength) && choice.AsSpan().Trim().Length == choice.Length))
                .WithMessage("every choice must be one line of 1 to 200 characters without spaces around it.");
            RuleFor(static field => field.Choices)
                .Must(static choices => choices is null || choices.Distinct(StringComparer.Ordinal).Count() == choices.Count)
                .WithMessage("two choices are the same.");
        });
    }
}
