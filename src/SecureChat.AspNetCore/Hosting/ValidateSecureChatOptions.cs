namespace SecureChat.AspNetCore;

/// <summary>
/// Fills the default application id and refuses invalid options, all failures together. Throws the documented error itself, so
/// that whoever asks for the options first (a hosted service is built before any start-up check runs) meets the same message.
/// </summary>
internal sealed class ValidateSecureChatOptions(IHostEnvironment? environment = null)
    : IPostConfigureOptions<SecureChatOptions>, IValidateOptions<SecureChatOptions>
{
    private static readonly SecureChatOptionsValidator Validator = new();

    public void PostConfigure(string? name, SecureChatOptions options) => options.ApplicationId ??= environment?.ApplicationName;

    public ValidateOptionsResult Validate(string? name, SecureChatOptions options)
    {
        FluentValidation.Results.ValidationResult result = Validator.Validate(options);

        // Only the messages leave: the result also keeps the attempted values.
        return result.IsValid
            ? ValidateOptionsResult.Success
            : throw new SecureChatConfigurationException(
                SecureChatErrors.OptionsInvalid, string.Join(" ", result.Errors.Select(static failure => failure.ErrorMessage)));
    }
}
