namespace SecureChat.AspNetCore;

/// <summary>What <c>AddSecureChat</c> returns.</summary>
internal sealed class SecureChatBuilder(IServiceCollection services) : ISecureChatBuilder
{
    public IServiceCollection Services { get; } = services;
}
