using Microsoft.AspNetCore.Routing;

namespace SecureChat.AspNetCore;

/// <summary>Where the hosted form is. Asks routing and not the prefix, in front of which the host may have put groups of its own.</summary>
internal sealed class FormLinks(LinkGenerator links)
{
    private const string ViewPath = "/forms/current";

    /// <summary>The path of the hosted form under the prefix that was mapped first, up to the token.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1012</c>: nothing is mapped.</exception>
    public string Path() => links.GetPathByName(FormEndpoints.ViewName, values: null) is { } path && path.EndsWith(ViewPath, StringComparison.Ordinal)
        ? $"{path[..^ViewPath.Length]}/form#"
        : throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: app.MapSecureChat(), without parameters in front of its prefix)");
}
