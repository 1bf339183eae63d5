using Microsoft.Extensions.DependencyInjection;

namespace SecureChat;

/// <summary>
/// What <c>AddSecureChat()</c> returns. <b>Use</b> fills one slot and replaces; <b>Add</b> appends to a list. Every call may be
/// repeated, in any order, before or after registrations of the host.
/// </summary>
public interface ISecureChatBuilder
{
    /// <summary>The host's services.</summary>
    IServiceCollection Services { get; }
}
