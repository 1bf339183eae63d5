namespace SecureChat.AspNetCore;

/// <summary>
/// What may be shown of a value for as long as the transcript lives. At most a third of it, in a fixed width, so that the length does
/// not show; of authentication data, credentials and health data nothing.
/// </summary>
internal static class FieldPreview
{
    private const string Hidden = "••••";
    private const string HiddenCode = "•••";

    /// <summary>The preview of an accepted, normalised value.</summary>
    public static string Of(SecureFormField field, ReadOnlySpan<char> value)
    {
        if (field.DataClass == DataClass.AuthenticationData || field.Type == FormFieldType.SecurityCode)
        {
            return HiddenCode;
        }

        if (field.DataClass is DataClass.Credential or DataClass.Health)
        {
            return Hidden;
        }

        switch (field.Type)
        {
            case FormFieldType.CardNumber when value.Length >= 12:
                return $"{Hidden} {value[^4..]}";
            case FormFieldType.CardLastFour when value.Length == 4:
                // The visitor gave four digits to be recognised by; nothing else is known of the card.
                return $"{Hidden} {value}";
            case FormFieldType.Iban when value.Length >= 15:
                // Norway's 15 characters leave room for three.
                return $"{value[..2]} {Hidden} {value[^Math.Min(4, (value.Length / 3) - 2)..]}";
            case FormFieldType.Phone when value.Length >= 8:
                return $"{Hidden} {value[^2..]}";
            case FormFieldType.Email when value.LastIndexOf('@') is > 0 and int at:
                // The first letter of a local part of one or two would be most of it.
                return at >= 3 && !char.IsSurrogate(value[0]) ? $"{value[..1]}{HiddenCode}{value[at..]}" : $"{HiddenCode}{value[at..]}";
            default:
                return Hidden;
        }
    }
}
