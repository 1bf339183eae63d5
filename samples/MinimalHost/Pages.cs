using System.Reflection;

namespace MinimalHost;

/// <summary>The sample's own pages, from the assembly: a shop for visitors, sign-in and set-up for agents. Nothing inline, all links relative.</summary>
internal static class Pages
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; frame-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static void MapPages(this WebApplication app)
    {
        Assembly assembly = typeof(Pages).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(name => Path.GetExtension(name) is ".html" or ".css" or ".js"))
        {
            bool isPage = name.EndsWith(".html", StringComparison.Ordinal);
            string path = "/" + (name == "index.html" ? "" : isPage ? Path.GetFileNameWithoutExtension(name) : name);
            string type = isPage ? "text/html; charset=utf-8" : name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
            app.MapGet(path, (HttpContext context) =>
            {
                // A slash too many or too few would lead relative links elsewhere.
                if (context.Request.Path != path)
                {
                    return Results.LocalRedirect(context.Request.PathBase.Add(path));
                }

                context.Response.Headers.ContentSecurityPolicy = Policy;
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers.CacheControl = isPage ? "no-store" : "no-cache";
                return Results.Stream(assembly.GetManifestResourceStream(name)!, type);
            }).AllowAnonymous().ExcludeFromDescription();
        }
    }
}
