using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// The pages: shells without anything inline, whose script draws the rest. Every URL in them is relative to the page, so that they
/// work under a path base and behind a proxy that takes a prefix off.
/// </summary>
internal static class PageEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder group)
    {
        MapPage(group, "console", "The agents' console.", ConsoleAsync);
        MapPage(group, "form", "A secure form on its own: in a frame, or by a link whose fragment is a form token.", FormAsync);
        if (group.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            MapPage(group, "inside", "What the server stored for a conversation. Development only.", InsideAsync);
        }
    }

    /// <summary>The content policy of a page that may be framed by those named.</summary>
    internal static string Policy(string frameAncestors) =>
        "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        + $"frame-ancestors {frameAncestors}; require-trusted-types-for 'script'; trusted-types 'none'";

    internal static void MapPage(IEndpointRouteBuilder group, string name, string summary, RequestDelegate page) =>
        group.MapMethods($"/{name}", Methods, http =>
        {
            // Routing takes a trailing slash for the same page; a browser would look for the script below it.
            if (http.Request.Path.Value?.EndsWith('/') == true)
            {
                http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
                http.Response.Headers.Location = $"../{name}";
                return Task.CompletedTask;
            }

            return page(http);
        }).WithSummary(summary).ExcludeFromDescription();

    private static Task ConsoleAsync(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy("'none'");
        string? signIn = http.RequestServices.GetRequiredService<IOptions<SecureChatOptions>>().Value.Agents.SignInPath;
        return WriteAsync(http, Shell(
            "SecureChat console",
            $"<meta name=\"securechat-sign-in\" content=\"{HtmlEncoder.Default.Encode(signIn is null ? string.Empty : FromHere(http.Request, signIn))}\">",
            "<script type=\"module\" src=\"console.js\"></script>",
            "The console needs JavaScript. Switch it on for this site and reload the page."));
    }

    /// <summary>
    /// The form runs in an opaque origin wherever it is shown: a page around it cannot read its fields, and it has no cookies and no
    /// storage. In the policy of a sandboxed document 'self' still means where the document came from, so script and connections
    /// need no wider source.
    /// </summary>
    private static Task FormAsync(HttpContext http)
    {
        IHeaderDictionary headers = http.Response.Headers;
        IReadOnlyCollection<string> others = http.RequestServices.GetRequiredService<OriginRules>().Allowed;
        headers.ContentSecurityPolicy = $"{Policy(string.Join(' ', ["'self'", .. others]))}; sandbox allow-scripts allow-forms";

        // It knows no list of origins and would forbid what frame-ancestors allows.
        headers.Remove(HeaderNames.XFrameOptions);

        // By the HTML standard a sandboxed document that also asks for an opener policy is not shown at top level (Chromium is lenient).
        headers.Remove("Cross-Origin-Opener-Policy");
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return WriteAsync(http, Shell(
            "Secure form",
            string.Empty,
            "<script src=\"form.js\" defer></script>",
            "This form needs JavaScript: it keeps what you enter away from the page around it. Switch it on and reload the page."));
    }

    private static Task InsideAsync(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy("'none'");
        return WriteAsync(http, Shell(
            "Inside SecureChat", string.Empty, "<script type=\"module\" src=\"inside.js\"></script>", "This page needs JavaScript."));
    }

    /// <summary>A path of the application as seen from the page that was asked for, whatever lies in front of the application.</summary>
    private static string FromHere(HttpRequest request, string path)
    {
        int depth = request.Path.Value!.Count(static c => c == '/') - 1;
        return string.Concat(Enumerable.Repeat("../", depth)) + path[1..];
    }

    internal static string Shell(string title, string meta, string script, string noScript) =>
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        {meta}
        {script}
        </head>
        <body>
        <div id="app"></div>
        <noscript><p>{noScript}</p></noscript>
        </body>
        </html>

        """;

    internal static Task WriteAsync(HttpContext http, string html)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(html);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
