using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary>Reasons as a person reads them.</summary>
internal static class Reasons
{
    public static string Of(MaskingReason reason) => reason switch
    {
        MaskingReason.Shape => "its shape, grouping or check digits are evidence enough",
        MaskingReason.Words => "words beside it say what it is",
        MaskingReason.Question => "the question before it says what it is",
        MaskingReason.NeedsWords => "it has the shape, but neither a word beside it nor a question before it says so",
        MaskingReason.WrongCheckDigits => "its check digits or its issuer are wrong",
        MaskingReason.KindIsOff => "its kind is not looked for here",
        MaskingReason.AllowedByPolicy => "the policy allows it",
        MaskingReason.AllowList => "the allow-list knows it",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
