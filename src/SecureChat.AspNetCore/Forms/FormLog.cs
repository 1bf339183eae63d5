namespace SecureChat.AspNetCore;

/// <summary>Log events 1300 to 1349. Names keys of definitions, never an answer.</summary>
internal static partial class FormLog
{
    [LoggerMessage(EventId = 1300, EventName = "FormFieldWithoutPurpose", Level = LogLevel.Warning, Message = "Form {Form}, field {Field}: neither the field nor the form says what the data is for; call .Purpose(...)")]
    public static partial void FieldWithoutPurpose(ILogger logger, string form, string field);

    [LoggerMessage(EventId = 1301, EventName = "FormSecurityCodeBesideLongLivedValues", Level = LogLevel.Warning, Message = "Form {Form}, field {Field}: a security code is asked for beside values that live longer than an hour; shorten their LivesFor, or ask in a form of its own")]
    public static partial void SecurityCodeBesideLongLivedValues(ILogger logger, string form, string field);

    [LoggerMessage(EventId = 1302, EventName = "FormCardCodeAskedAsText", Level = LogLevel.Warning, Message = "Form {Form}, field {Field}: the label asks for a card security code or PIN; use .SecurityCode(...), or .Class(DataClass.AuthenticationData)")]
    public static partial void CardCodeAskedAsText(ILogger logger, string form, string field);

    [LoggerMessage(EventId = 1303, EventName = "FormCardNumberAskedAsText", Level = LogLevel.Warning, Message = "Form {Form}, field {Field}: the label asks for a card number; use .CardNumber(...)")]
    public static partial void CardNumberAskedAsText(ILogger logger, string form, string field);

    [LoggerMessage(EventId = 1304, EventName = "FormLifeIsCut", Level = LogLevel.Warning, Message = "Form {Form}, field {Field}: LivesFor is longer than SecureChatOptions.Lifetimes.AuthenticationData and is cut to it")]
    public static partial void LifeIsCut(ILogger logger, string form, string field);
}
