using Microsoft.AspNetCore.Http.Features;

namespace SecureChat.AspNetCore;

/// <summary>Shuts the ways past the body: an upgraded connection carries bytes that nobody here sees.</summary>
internal static class BodyFeatures
{
    public static void RefuseUpgrades(HttpContext context)
    {
        context.Features.Set<IHttpUpgradeFeature>(null);
        context.Features.Set<IHttpWebSocketFeature>(null);
        context.Features.Set<IHttpExtendedConnectFeature>(null);
    }
}
