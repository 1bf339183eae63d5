using System.Net;
using System.Text.RegularExpressions;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests.Web;

/// <summary>The pages: exact policies, nothing inline, framed only by those who may.</summary>
public sealed partial class PageTests(WebHostFixture fixture) : IClassFixture<WebHostFixture>
{
    private const string Rest = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; ";

    private const string TrustedTypes = "; require-trusted-types-for 'script'; trusted-types 'none'";

    private WebHost Host => fixture.Host;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_console_comes_with_exactly_these_headers()
    {
        using HttpResponseMessage answer = await Host.GetAsync("/chat/console");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            $"""
            Cache-Control: no-store
            Content-Length: {(await answer.Content.ReadAsByteArrayAsync(Token)).Length}
            Content-Security-Policy: {Rest}frame-ancestors 'none'{TrustedTypes}
            Content-Type: text/html; charset=utf-8
            Cross-Origin-Opener-Policy: same-origin
            Cross-Origin-Resource-Policy: same-origin
            Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
            Referrer-Policy: no-referrer
            X-Content-Type-Options: nosniff
            X-Frame-Options: DENY
            """,
            WebHost.Headers(answer),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task The_form_can_be_framed_by_allowed_origins_and_is_sandboxed_wherever_it_is_shown()
    {
        using HttpResponseMessage answer = await Host.GetAsync("/chat/form");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            $"""
            Cache-Control: no-store
            Content-Length: {(await answer.Content.ReadAsByteArrayAsync(Token)).Length}
            Content-Security-Policy: {Rest}frame-ancestors 'self' {WebHost.Allowed}{TrustedTypes}; sandbox allow-scripts allow-forms
            Content-Type: text/html; charset=utf-8
            Cross-Origin-Resource-Policy: cross-origin
            Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
            Referrer-Policy: no-referrer
            X-Content-Type-Options: nosniff
            """,
            WebHost.Headers(answer),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Without_allowed_origins_only_the_host_itself_frames_the_form()
    {
        await using WebHost host = await WebHost.StartAsync(configure: static options => options.AllowedOrigins.Clear());
        using HttpResponseMessage answer = await host.GetAsync("/chat/form");
        Assert.Equal($"{Rest}frame-ancestors 'self'{TrustedTypes}; sandbox allow-scripts allow-forms", answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Theory]
    [InlineData("console", "<script type=\"module\" src=\"console.js\"></script>")]
    [InlineData("form", "<script src=\"form.js\" defer></script>")]
    public async Task A_page_is_a_shell_with_one_script_and_nothing_inline(string name, string script)
    {
        using HttpResponseMessage answer = await Host.GetAsync($"/chat/{name}");
        string html = await answer.Content.ReadAsStringAsync(Token);
        Assert.StartsWith("<!doctype html>\n<html lang=\"en\">\n", html, StringComparison.Ordinal);
        Assert.Equal(script, Assert.Single(Script().Matches(html)).Value);
        Assert.Contains("<div id=\"app\"></div>", html, StringComparison.Ordinal);
        Assert.Contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">", html, StringComparison.Ordinal);
        Assert.Matches("<title>[^<]+</title>", html);
        Assert.Matches("<noscript><p>[^<]+</p></noscript>", html);
        Assert.DoesNotMatch("<style|style=| on[a-z]+=|javascript:|<link|<base", html);

        // Nothing that is not relative to the page.
        Assert.All(Reference().Matches(html), static reference => Assert.DoesNotMatch("^(/|[a-z]+:)", reference.Groups[1].Value));
    }

    [Fact]
    public async Task The_console_names_the_hosts_sign_in_page_or_none()
    {
        using HttpResponseMessage with = await Host.GetAsync("/chat/console");
        Assert.Contains("<meta name=\"securechat-sign-in\" content=\"../account/signin\">", await with.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await using WebHost host = await WebHost.StartAsync();
        using HttpResponseMessage without = await host.GetAsync("/chat/console");
        Assert.Contains("<meta name=\"securechat-sign-in\" content=\"\">", await without.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("console")]
    [InlineData("form")]
    public async Task A_slash_too_many_leads_to_the_page_whose_script_is_found(string name)
    {
        using HttpResponseMessage answer = await Host.GetAsync($"/chat/{name}/");
        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal($"/chat/{name}", new Uri(new Uri(Host.Host.Root, $"/chat/{name}/"), answer.Headers.Location!).AbsolutePath);
    }

    [Fact]
    public async Task HEAD_answers_the_headers_of_GET()
    {
        using HttpResponseMessage get = await Host.GetAsync("/chat/form");
        using HttpResponseMessage head = await Host.SendAsync(HttpMethod.Head, "/chat/form");
        Assert.Equal(WebHost.Headers(get), WebHost.Headers(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Outside_Development_there_is_no_inside_page()
    {
        foreach (string path in new[] { "inside", "inside.js", "inside/conversations" })
        {
            using HttpResponseMessage answer = await Host.GetAsync($"/chat/{path}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("SC6005", await WebHost.CodeOf(answer));
        }
    }

    [GeneratedRegex("<script[^>]*>[^<]*</script>")]
    private static partial Regex Script();

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Reference();
}
