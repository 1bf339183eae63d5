namespace SecureChat.AspNetCore;

/// <summary>
/// The id of the host application: scope of keys and associated data. <see cref="SecureChatOptions.ApplicationId"/>, else the
/// host's application name.
/// </summary>
internal sealed class ApplicationIdentity
{
    public ApplicationIdentity(IOptions<SecureChatOptions> options, IHostEnvironment environment)
    {
        string? value = options.Value.ApplicationId ?? environment.ApplicationName;

        // Without a scope two applications would read each other's rows; there is no safe default.
        Value = string.IsNullOrWhiteSpace(value)
            ? throw new SecureChatConfigurationException(SecureChatErrors.OptionsInvalid, "(ApplicationId is empty and the host has no application name)")
            : value;
    }

    public string Value { get; }

    public override string ToString() => nameof(ApplicationIdentity);
}
