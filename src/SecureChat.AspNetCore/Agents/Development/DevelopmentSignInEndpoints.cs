namespace SecureChat.AspNetCore;

/// <summary>The page behind the printed link. The token is in the fragment, which no server and no log sees; a script posts it.</summary>
internal static class DevelopmentSignInEndpoints
{
    private const string Bearer = "Bearer ";

    public static void Map(IEndpointRouteBuilder group)
    {
        PageEndpoints.MapPage(group, DevelopmentSignIn.Page, "Signs a developer in as an agent. Development only.", static http =>
        {
            http.Response.Headers.ContentSecurityPolicy = PageEndpoints.Policy("'none'");
            return PageEndpoints.WriteAsync(http, PageEndpoints.Shell(
                "Sign in", string.Empty, "<script src=\"sign-in.js\" defer></script>", "This page needs JavaScript."));
        });
        AssetEndpoints.MapScript(group, WebAssets.SignIn, "The script of the development sign-in page.");
        group.MapPost($"/{DevelopmentSignIn.Page}", SignInAsync).AddEndpointFilter<AgentWriteGuard>().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext http, DevelopmentSignIn signIn)
    {
        string? header = http.Request.Headers.Authorization;
        if (header?.StartsWith(Bearer, StringComparison.Ordinal) != true || !signIn.Matches(header[Bearer.Length..]))
        {
            return Problems.From(SecureChatErrors.Unauthenticated);
        }

        await DevelopmentSignIn.SignInAsync(http);
        return TypedResults.NoContent();
    }
}
