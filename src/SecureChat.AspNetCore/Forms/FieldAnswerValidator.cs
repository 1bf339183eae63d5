using System.Globalization;
using FluentValidation;

namespace SecureChat.AspNetCore;

/// <summary>
/// The rules of one field type. Rules see characters through spans, so no string of an answer is made; FluentValidation keeps the
/// attempted object in its result, so only the error code and our constant message leave <see cref="AnswerValidator"/>.
/// </summary>
internal sealed class FieldAnswerValidator : AbstractValidator<FieldAnswer>
{
    private const int MaxNumberLike = 64;

    public FieldAnswerValidator(FormFieldType type, TimeProvider time)
    {
        // One refusal per field, the first that applies.
        ClassLevelCascadeMode = CascadeMode.Stop;

        bool severalLines = type == FormFieldType.HealthNote;
        int longest = LongestFor(type);
        Refuse(
            RefusalCodes.TooLong,
            type == FormFieldType.CardLastFour ? "Enter the last four digits only." : FormattableString.Invariant($"Enter at most {longest} characters."),
            answer => answer.Text.Length > longest || (type == FormFieldType.CardLastFour && answer.Value.Length > 4));
        Refuse(
            RefusalCodes.ControlCharacters,
            "Remove characters that cannot be seen.",
            answer => !PlainText.IsClean(answer.Text, severalLines) || !PlainText.IsClean(answer.Value, severalLines));

        switch (type)
        {
            case FormFieldType.Email:
                Refuse(RefusalCodes.Malformed, "Enter an e-mail address, for example name@example.com.", static answer => !IsEmail(answer.Value));
                break;
            case FormFieldType.Phone:
                Refuse(RefusalCodes.Malformed, "Enter a phone number with + and country code, for example +44 20 7946 0958.", static answer => !IsPhone(answer.Value));
                break;
            case FormFieldType.Date:
                Refuse(RefusalCodes.Malformed, "Enter a date as year-month-day, for example 2026-03-01.", static answer => !IsDate(answer.Value));
                break;
            case FormFieldType.Number:
                Refuse(RefusalCodes.Malformed, "Enter a number with digits and a point, for example 12.50.", static answer => !IsNumber(answer.Value));
                break;
            case FormFieldType.Choice:
                Refuse(RefusalCodes.NotAChoice, "Choose one of the choices.", static answer => !IsChoice(answer));
                break;
            case FormFieldType.CardNumber:
                Refuse(RefusalCodes.CardNumber, "Check the card number.", static answer => !FieldChecks.IsCardNumber(answer.Value));
                break;
            case FormFieldType.CardLastFour:
                Refuse(RefusalCodes.Malformed, "Enter the last four digits of the card.", static answer => !IsDigits(answer.Value, 4, 4));
                break;
            case FormFieldType.CardExpiry:
                Refuse(RefusalCodes.Malformed, "Enter the expiry as month and year, for example 03/29.", answer => !IsExpiry(answer.Value, time.GetUtcNow()));
                Refuse(RefusalCodes.Expired, "The card has expired.", answer => IsExpired(answer.Value, time.GetUtcNow()));
                break;
            case FormFieldType.SecurityCode:
                Refuse(RefusalCodes.Malformed, "Enter the three or four digits of the security code.", static answer => !IsDigits(answer.Value, 3, 4));
                break;
            case FormFieldType.Iban:
                Refuse(RefusalCodes.Iban, "Check the IBAN.", static answer => !FieldChecks.IsIban(answer.Value));
                break;
            case FormFieldType.NationalId:
                Refuse(RefusalCodes.TooShort, "Enter at least 4 characters.", static answer => answer.Value.Length < 4);
                Refuse(RefusalCodes.Malformed, "Enter letters, digits, spaces and - . / only.", static answer => !IsNationalId(answer.Value));
                break;
            case FormFieldType.Text:
            case FormFieldType.Name:
            case FormFieldType.Secret:
            case FormFieldType.HealthNote:
                break;
            default:
                // A type that this code does not know takes nothing.
                Refuse(RefusalCodes.Malformed, "This field cannot be filled in.", static _ => true);
                break;
        }
    }

    private static int LongestFor(FormFieldType type) => type switch
    {
        FormFieldType.Text => 500,
        FormFieldType.Name => 200,
        FormFieldType.Email => 254,
        FormFieldType.Choice => SecureFormFieldValidator.MaxChoiceLength,
        FormFieldType.NationalId => 32,
        FormFieldType.Secret => 1000,
        FormFieldType.HealthNote => 4000,
        _ => MaxNumberLike,
    };

    private void Refuse(string code, string message, Func<FieldAnswer, bool> isBad) =>
        RuleFor(static answer => answer).Must(answer => !isBad(answer)).WithErrorCode(code).WithMessage(message);

    private static bool IsDigits(ReadOnlySpan<char> value, int shortest, int longest)
    {
        if (value.Length < shortest || value.Length > longest)
        {
            return false;
        }

        foreach (char character in value)
        {
            if (!char.IsAsciiDigit(character))
            {
                return false;
            }
        }

        return true;
    }

    // E.164: at most 15 digits, none of them a leading zero; shorter than 7 is no subscriber anywhere.
    private static bool IsPhone(ReadOnlySpan<char> value) =>
        value.Length >= 8 && value[0] == '+' && value[1] != '0' && IsDigits(value[1..], 7, 15);

    private static bool IsDate(ReadOnlySpan<char> value) =>
        value.Length == 10 && DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsNumber(ReadOnlySpan<char> value)
    {
        if (value is ['-', ..])
        {
            value = value[1..];
        }

        int point = value.IndexOf('.');
        return point < 0
            ? IsDigits(value, 1, MaxNumberLike)
            : IsDigits(value[..point], 1, MaxNumberLike) && IsDigits(value[(point + 1)..], 1, MaxNumberLike);
    }

    private static bool IsChoice(FieldAnswer answer)
    {
        foreach (string choice in answer.Field.Choices)
        {
            if (answer.Value.SequenceEqual(choice))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsExpiry(ReadOnlySpan<char> value, DateTimeOffset now) =>
        FieldNormaliser.TryReadExpiry(value, now, out _, out int year) && year <= now.Year + 25;

    // A card is good through the last day of its month, wherever its holder is: the month ends last at UTC-12.
    private static bool IsExpired(ReadOnlySpan<char> value, DateTimeOffset now) =>
        !FieldNormaliser.TryReadExpiry(value, now, out int month, out int year)
        || now >= new DateTimeOffset(year, month, 1, 12, 0, 0, TimeSpan.Zero).AddMonths(1);

    private static bool IsNationalId(ReadOnlySpan<char> value)
    {
        bool any = false;
        foreach (char character in value)
        {
            bool letterOrDigit = char.IsLetterOrDigit(character);
            any |= letterOrDigit;
            if (!letterOrDigit && character is not (' ' or '-' or '.' or '/'))
            {
                return false;
            }
        }

        return any;
    }

    /// <summary>What mail systems deliver to in practice: no quoted local parts, no address literals, a domain with a dot; other scripts allowed (RFC 6531).</summary>
    private static bool IsEmail(ReadOnlySpan<char> value)
    {
        int at = value.IndexOf('@');
        if (at is < 1 or > 64 || at != value.LastIndexOf('@'))
        {
            return false;
        }

        ReadOnlySpan<char> local = value[..at];
        ReadOnlySpan<char> domain = value[(at + 1)..];
        if (!HasDotAtoms(local, static character => IsForeign(character) || char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-/=?^_`{|}~".Contains(character, StringComparison.Ordinal)))
        {
            return false;
        }

        if (!HasDotAtoms(domain, static character => IsForeign(character) || char.IsAsciiLetterOrDigit(character) || character == '-') || !domain.Contains('.'))
        {
            return false;
        }

        foreach (Range range in domain.Split('.'))
        {
            ReadOnlySpan<char> label = domain[range];
            if (label.Length > 63 || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }
        }

        // A top level of digits is an address, not a name.
        return !IsDigits(domain[(domain.LastIndexOf('.') + 1)..], 1, 63);

        static bool IsForeign(char character) =>
            character >= 0x80 && !char.IsWhiteSpace(character) && CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.Format;
    }

    private static bool HasDotAtoms(ReadOnlySpan<char> text, Func<char, bool> isAllowed)
    {
        bool afterDot = true;
        foreach (char character in text)
        {
            if (character == '.')
            {
                if (afterDot)
                {
                    return false;
                }

                afterDot = true;
            }
            else if (isAllowed(character))
            {
                afterDot = false;
            }
            else
            {
                return false;
            }
        }

        return !afterDot;
    }
}
