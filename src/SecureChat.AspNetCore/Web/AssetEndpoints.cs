using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// Answers the scripts. They hold nothing private and pages of other sites load them, so they are open to every origin. Names are
/// fixed: an embedded tag never changes, and a browser asks again after five minutes whether its copy is the newest.
/// </summary>
internal static class AssetEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder group)
    {
        MapScript(group, WebAssets.Widget, "The script tag of a page: a small loader for the widget.");
        MapScript(group, WebAssets.Chat, "The widget, loaded when its panel opens.");
        MapScript(group, WebAssets.Form, "The script of the form page.");
        MapScript(group, WebAssets.Console, "The script of the console.");
        if (group.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            MapScript(group, WebAssets.Inside, "The script of the inside page. Development only.");
        }
    }

    internal static void MapScript(IEndpointRouteBuilder group, string name, string summary) =>
        group.MapMethods($"/{name}", Methods, http => AnswerAsync(http, name)).WithSummary(summary).ExcludeFromDescription();

    private static Task AnswerAsync(HttpContext http, string name)
    {
        if (http.RequestServices.GetRequiredService<WebAssets>().Find(name) is not { } asset)
        {
            return Problems.From(SecureChatErrors.NotFound).ExecuteAsync(http);
        }

        IHeaderDictionary headers = http.Response.Headers;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.AccessControlAllowOrigin = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (asset.Choose(http.Request.Headers.AcceptEncoding) is not { } body)
        {
            return Problems.ForStatus(StatusCodes.Status406NotAcceptable).ExecuteAsync(http);
        }

        headers.ETag = body.ETag;
        headers.CacheControl = "public, max-age=300";
        if (IsCurrent(http.Request.Headers.IfNoneMatch, body))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        headers.ContentType = "text/javascript; charset=utf-8";
        headers.ContentLength = body.Bytes.Length;
        if (body.Encoding is not null)
        {
            headers.ContentEncoding = body.Encoding;
        }

        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body.Bytes, http.RequestAborted).AsTask();
    }

    /// <summary>Weakly compared (RFC 9110, 13.1.2): a proxy that changed the bytes on their way marks the tag.</summary>
    private static bool IsCurrent(StringValues ifNoneMatch, WebAssetBody body) =>
        EntityTagHeaderValue.TryParseList([.. ifNoneMatch.OfType<string>()], out IList<EntityTagHeaderValue>? tags)
        && tags.Any(tag => tag.Tag == "*" || tag.Tag == body.ETag);
}
