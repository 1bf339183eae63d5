using System.Collections.Frozen;
using FluentValidation.Results;

namespace SecureChat.AspNetCore;

/// <summary>
/// Every form that can be sent. Made when the host starts; all faults of all forms are reported together, so that one start
/// finds them all. Immutable.
/// </summary>
internal sealed class FormCatalog
{
    private static readonly TimeSpan LongLife = TimeSpan.FromHours(1);

    private readonly FrozenDictionary<string, SecureForm> _byKey;
    private readonly FrozenDictionary<string, (SecureForm Form, SecureFormField Field)> _takers;

    public FormCatalog(
        IEnumerable<SecureForm> forms,
        IEnumerable<ISecureForm> classes,
        NoticeCatalog notices,
        IOptions<SecureChatOptions> options,
        ILogger<FormCatalog> logger)
    {
        ArgumentNullException.ThrowIfNull(forms);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        Exception? cause = null;
        List<SecureForm> all = [.. forms];

        // A class found by scanning and added by hand as well is one form, not two.
        foreach (ISecureForm definition in classes.DistinctBy(static definition => definition.GetType()))
        {
            try
            {
                var builder = new SecureFormBuilder(definition.Key);
                definition.Define(builder);
                all.Add(builder.Build());
            }
            catch (Exception fault)
            {
                cause ??= fault;
                faults.Add($"{definition.GetType().Name}: Key or Define(...) threw {fault.GetType().Name}.");
            }
        }

        var formValidator = new SecureFormValidator(notices, options.Value.Limits.FormFields);
        var fieldValidator = new SecureFormFieldValidator();
        foreach (SecureForm form in all)
        {
            // Only our own message leaves a validator, never the attempted value it keeps.
            string name = $"Form {PlainText.Quote(form.Key)}";
            faults.AddRange(formValidator.Validate(form).Errors.Select(failure => Sentence(name, failure)));
            foreach (SecureFormField field in form.Fields)
            {
                faults.AddRange(fieldValidator.Validate(field).Errors.Select(failure => Sentence($"{name}, field {PlainText.Quote(field.Key)}", failure)));
            }
        }

        bool onlyDuplicates = faults.Count == 0;
        foreach (IGrouping<string, SecureForm> group in all.GroupBy(static form => form.Key, StringComparer.Ordinal).Where(static group => group.Count() > 1))
        {
            faults.Add(FormattableString.Invariant($"Form {PlainText.Quote(group.Key)} is registered {group.Count()} times ({SecureChatErrors.DuplicateForm.Code})."));
        }

        var takers = new Dictionary<string, (SecureForm Form, SecureFormField Field)>(StringComparer.Ordinal);
        foreach ((SecureForm form, SecureFormField field, string kind) in all.SelectMany(static form => form.Fields.SelectMany(field => field.TakesFromText.Select(kind => (form, field, kind)))))
        {
            if (!takers.TryAdd(kind, (form, field)) && onlyDuplicates && !ReferenceEquals(takers[kind].Field, field))
            {
                onlyDuplicates = false;
                faults.Add($"Form {PlainText.Quote(form.Key)}, field {PlainText.Quote(field.Key)}: another field takes {PlainText.Quote(kind)} out of messages already; TakesFromText gives each kind to one field.");
            }
        }

        if (faults.Count > 0)
        {
            throw new SecureChatConfigurationException(
                onlyDuplicates ? SecureChatErrors.DuplicateForm : SecureChatErrors.FormInvalid, string.Join(' ', faults), cause);
        }

        All = [.. all.OrderBy(static form => form.Key, StringComparer.Ordinal)];
        _byKey = all.ToFrozenDictionary(static form => form.Key, StringComparer.Ordinal);
        _takers = takers.ToFrozenDictionary(StringComparer.Ordinal);
        Warnings = [.. All.SelectMany(form => WarningsOf(form, options.Value.Lifetimes))];
        Log(logger);
    }

    /// <summary>All forms, by key.</summary>
    public IReadOnlyList<SecureForm> All { get; }

    /// <summary>What works but could be safer; logged once, when the host starts.</summary>
    public IReadOnlyList<FormWarning> Warnings { get; }

    /// <summary>The form of that key, or <see langword="null"/>. Keys are compared exactly.</summary>
    public SecureForm? Find(string? key) => key is not null && _byKey.TryGetValue(key, out SecureForm? form) ? form : null;

    /// <summary>Whether any field takes values out of messages.</summary>
    public bool TakesFromText => _takers.Count > 0;

    /// <summary>The field that takes values of this kind out of messages, and its form.</summary>
    public bool TryFindTaker(string kind, out SecureForm form, out SecureFormField field)
    {
        bool found = _takers.TryGetValue(kind, out (SecureForm Form, SecureFormField Field) taker);
        (form, field) = taker;
        return found;
    }

    private static string Sentence(string name, ValidationFailure failure) => $"{name}: {failure.ErrorMessage}";

    private static IEnumerable<FormWarning> WarningsOf(SecureForm form, SecureChatLifetimes lifetimes)
    {
        bool keepsLong = form.Fields.Any(field =>
            field.DataClass != DataClass.AuthenticationData && FieldPolicy.LivesFor(field, lifetimes) > LongLife);
        foreach (SecureFormField field in form.Fields)
        {
            if (string.IsNullOrWhiteSpace(field.Purpose) && string.IsNullOrWhiteSpace(form.Purpose))
            {
                yield return Warn(FormWarningKind.FieldWithoutPurpose, field);
            }

            if (field.DataClass == DataClass.AuthenticationData)
            {
                if (keepsLong)
                {
                    yield return Warn(FormWarningKind.SecurityCodeBesideLongLivedValues, field);
                }

                if (field.LivesFor > lifetimes.AuthenticationData)
                {
                    yield return Warn(FormWarningKind.LifeIsCut, field);
                }
            }
            else if (Asks(field, FormLabels.AsksForCardCode))
            {
                yield return Warn(FormWarningKind.CardCodeAskedAsText, field);
            }

            if (field.Type is not (FormFieldType.CardNumber or FormFieldType.CardLastFour) && Asks(field, FormLabels.AsksForCardNumber))
            {
                yield return Warn(FormWarningKind.CardNumberAskedAsText, field);
            }
        }

        FormWarning Warn(FormWarningKind kind, SecureFormField field) => new() { Kind = kind, FormKey = form.Key, FieldKey = field.Key };
    }

    // A key is written with dashes where a label has spaces: "card-number".
    private static bool Asks(SecureFormField field, Func<string?, bool> asks) => asks(field.Label) || asks(field.Purpose) || asks(field.Key);

    private void Log(ILogger logger)
    {
        foreach (FormWarning warning in Warnings)
        {
            switch (warning.Kind)
            {
                case FormWarningKind.FieldWithoutPurpose:
                    FormLog.FieldWithoutPurpose(logger, warning.FormKey, warning.FieldKey);
                    break;
                case FormWarningKind.SecurityCodeBesideLongLivedValues:
                    FormLog.SecurityCodeBesideLongLivedValues(logger, warning.FormKey, warning.FieldKey);
                    break;
                case FormWarningKind.CardCodeAskedAsText:
                    FormLog.CardCodeAskedAsText(logger, warning.FormKey, warning.FieldKey);
                    break;
                case FormWarningKind.CardNumberAskedAsText:
                    FormLog.CardNumberAskedAsText(logger, warning.FormKey, warning.FieldKey);
                    break;
                default:
                    FormLog.LifeIsCut(logger, warning.FormKey, warning.FieldKey);
                    break;
            }
        }
    }
}
