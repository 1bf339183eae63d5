using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using FluentValidation.Results;

namespace SecureChat.AspNetCore;

/// <summary>
/// Checks a submission against its form and normalises it. All refusals at once, in the order of the form, each with a code and a
/// constant text; never an exception because of what a visitor typed, never an echo of it. Thread-safe.
/// </summary>
internal sealed class AnswerValidator(IOptions<SecureChatOptions> options, TimeProvider time)
{
    // Each when its first answer comes: a host starts without the rules of types that it has no field of.
    private readonly FrozenDictionary<FormFieldType, Lazy<FieldAnswerValidator>> _validators =
        Enum.GetValues<FormFieldType>().ToFrozenDictionary(static type => type, type => new Lazy<FieldAnswerValidator>(() => new FieldAnswerValidator(type, time)));

    /// <summary>The caller disposes both: the answers, and the result once its fields are sealed.</summary>
    public AnswerResult Validate(SecureForm form, Answers answers)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(answers);

        var refusals = new List<FieldRefusal>();
        var fields = new List<SealField>(form.Fields.Count);
        var values = new List<byte[]>(form.Fields.Count);
        bool accepted = false;
        try
        {
            int known = 0;
            foreach (SecureFormField field in form.Fields)
            {
                Answers.Answer? answer = answers.Find(Encoding.UTF8.GetBytes(field.Key), out int count);
                known += count;
                FieldRefusal? refusal = count > 1
                    ? Refusal(field.Key, RefusalCodes.DuplicateField, "The field was answered more than once.")
                    : Check(field, answer, fields, values);
                if (refusal is not null)
                {
                    refusals.Add(refusal);
                }
            }

            if (known != answers.Count)
            {
                refusals.Add(Refusal(FieldRefusal.NoField, RefusalCodes.UnknownField, "The form has no such field."));
            }
            else if (refusals.Count == 0 && fields.Count == 0)
            {
                refusals.Add(Refusal(FieldRefusal.NoField, RefusalCodes.Required, "Fill in at least one field."));
            }

            accepted = refusals.Count == 0;
            return accepted ? new AnswerResult(fields, values) : new AnswerResult(refusals);
        }
        finally
        {
            if (!accepted)
            {
                foreach (byte[] value in values)
                {
                    CryptographicOperations.ZeroMemory(value);
                }
            }
        }
    }

    /// <summary>What may be shown of a value that the field would accept; <see langword="null"/> when it would not.</summary>
    public string? PreviewOf(SecureFormField field, ReadOnlySpan<byte> utf8)
    {
        using FieldAnswer? typed = FieldAnswer.TryDecode(field, utf8, time.GetUtcNow());
        return typed is { Text.IsEmpty: false } && _validators.TryGetValue(field.Type, out Lazy<FieldAnswerValidator>? validator) && validator.Value.Validate(typed).IsValid
            ? FieldPreview.Of(field, typed.Value)
            : null;
    }

    private static FieldRefusal Refusal(string field, string code, string message) => new() { Field = field, Code = code, Message = message };

    private FieldRefusal? Check(SecureFormField field, Answers.Answer? answer, List<SealField> fields, List<byte[]> values)
    {
        if (answer is { Kind: AnswerKind.Malformed })
        {
            return Refusal(field.Key, RefusalCodes.Malformed, "Send the answer as text.");
        }

        DateTimeOffset now = time.GetUtcNow();
        using FieldAnswer? typed = FieldAnswer.TryDecode(field, answer?.Value ?? [], now);
        if (typed is null)
        {
            return Refusal(field.Key, RefusalCodes.Malformed, "Send the answer as text.");
        }

        if (typed.Text.IsEmpty)
        {
            return field.Required ? Refusal(field.Key, RefusalCodes.Required, "Fill in this field.") : null;
        }

        if (!_validators.TryGetValue(field.Type, out Lazy<FieldAnswerValidator>? validator))
        {
            return Refusal(field.Key, RefusalCodes.Malformed, "This field cannot be filled in.");
        }

        ValidationResult result = validator.Value.Validate(typed);
        if (!result.IsValid)
        {
            return Refusal(field.Key, result.Errors[0].ErrorCode, result.Errors[0].ErrorMessage);
        }

        byte[] value = typed.ToUtf8();
        values.Add(value);
        fields.Add(new SealField
        {
            FieldKey = field.Key,
            Label = field.Label,
            DataClass = field.DataClass,
            Value = value,
            MaskedPreview = FieldPreview.Of(field, typed.Value),
            LivesFor = FieldPolicy.LivesFor(field, options.Value.Lifetimes),
            SingleDelivery = FieldPolicy.IsSingleDelivery(field),
        });
        return null;
    }
}
