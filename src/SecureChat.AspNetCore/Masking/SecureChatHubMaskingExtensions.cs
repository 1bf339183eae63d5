using Microsoft.AspNetCore.SignalR;
using SecureChat.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Masks what clients send to a host's own hubs.</summary>
public static class SecureChatHubMaskingExtensions
{
    /// <summary>
    /// Masks arguments of hub methods before the methods see them: strings; objects, lists, dictionaries and JSON through the hub's JSON
    /// options, so that it works with source-generated serialization as well; and items of client streams of <c>string</c> and
    /// <c>JsonElement</c>, each on its own. The name of a parameter or property is context for its value. An argument that cannot be checked
    /// refuses the call (<c>SC2001</c>): one of a type that the JSON options cannot write and read again, a number in which something was found,
    /// and a stream of other items; bytes are left alone. <see cref="LeaveUnmaskedAttribute"/> exempts a method or a parameter. What a hub sends is not masked.
    /// </summary>
    /// <example><code>
    /// builder.Services.AddSignalR(options => options.AddSecureChatMasking());
    /// </code></example>
    /// <param name="options">Options of all hubs, or of one: <c>AddHubOptions&lt;THub&gt;(...)</c>. Filters that were added before see what came; put this first.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    public static HubOptions AddSecureChatMasking(this HubOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddFilter(new MaskingHubFilter(options));
        return options;
    }
}
