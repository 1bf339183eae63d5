using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests.Web;

/// <summary>The scripts: what is sent, in which form, how it is cached, and that nothing of a host stands in their way.</summary>
public sealed class AssetTests(WebHostFixture fixture) : IClassFixture<WebHostFixture>
{
    private WebHost Host => fixture.Host;

    public static TheoryData<string> PublicScripts => [.. WebHost.Scripts.Where(static name => name != WebAssets.Inside)];

    [Theory]
    [MemberData(nameof(PublicScripts))]
    public async Task Every_script_comes_with_exactly_these_headers(string name)
    {
        using HttpResponseMessage answer = await Host.GetAsync($"/chat/{name}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(WebHost.Text(name), await WebHost.Unpacked(answer));
        Assert.Equal(
            $"""
            Access-Control-Allow-Origin: *
            Cache-Control: public, max-age=300
            Content-Length: {WebHost.Text(name).Length}
            Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            Content-Type: text/javascript; charset=utf-8
            Cross-Origin-Opener-Policy: same-origin
            Cross-Origin-Resource-Policy: cross-origin
            ETag: {answer.Headers.ETag}
            Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()
            Referrer-Policy: no-referrer
            Vary: Accept-Encoding
            X-Content-Type-Options: nosniff
            X-Frame-Options: DENY
            """,
            WebHost.Headers(answer),
            ignoreLineEndingDifferences: true);
        Assert.False(answer.Headers.ETag!.IsWeak);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("identity", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, br;q=0.5", "gzip")]
    [InlineData("br;q=0.5, gzip;q=0.8, identity;q=0.9", null)]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("*", "br")]
    [InlineData("*;q=0.1, gzip;q=0.2", "gzip")]
    [InlineData("deflate, zstd", null)]
    [InlineData("br;q=0.000, *;q=0.5", "gzip")]
    [InlineData("br;q=1.5", null)]
    [InlineData("gzip;q=, br", null)]
    [InlineData("\"br", null)]
    public async Task The_form_is_the_one_the_client_likes_best(string? wish, string? encoding)
    {
        using HttpResponseMessage answer = await Host.GetAsync("/chat/widget.js", wish is null ? [] : [("Accept-Encoding", wish)]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
        Assert.Equal(WebHost.Text("widget.js"), await WebHost.Unpacked(answer));
    }

    [Theory]
    [InlineData("identity;q=0, gzip;q=0, br;q=0")]
    [InlineData("*;q=0")]
    public async Task Who_rules_every_form_out_is_told_so(string wish)
    {
        using HttpResponseMessage answer = await Host.GetAsync("/chat/widget.js", ("Accept-Encoding", wish));
        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Equal("SC6001", await WebHost.CodeOf(answer));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Every_form_has_a_tag_of_its_own_and_who_has_the_bytes_gets_none()
    {
        var tags = new List<string>();
        foreach (string encoding in new[] { "identity", "gzip", "br" })
        {
            using HttpResponseMessage first = await Host.GetAsync("/chat/chat.js", ("Accept-Encoding", encoding));
            string tag = first.Headers.ETag!.ToString();
            tags.Add(tag);
            foreach (string known in new[] { tag, $"W/{tag}", $"\"other\", {tag}", "*" })
            {
                using HttpResponseMessage again = await Host.GetAsync("/chat/chat.js", ("Accept-Encoding", encoding), ("If-None-Match", known));
                Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
                Assert.Empty(await again.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
                Assert.Equal(tag, again.Headers.ETag!.ToString());
                Assert.Equal("public, max-age=300", again.Headers.CacheControl!.ToString());
                Assert.Equal("Accept-Encoding", again.Headers.Vary.Single());
                Assert.Equal("*", again.Headers.GetValues("Access-Control-Allow-Origin").Single());
                Assert.Null(again.Content.Headers.ContentType);
            }
        }

        Assert.Equal(3, tags.Distinct().Count());

        // The tag of one form says nothing about another.
        foreach (string other in new[] { tags[1], "\"other\"", "no tag at all", "" })
        {
            using HttpResponseMessage answer = await Host.GetAsync("/chat/chat.js", ("Accept-Encoding", "br"), ("If-None-Match", other));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task HEAD_answers_the_headers_of_GET_and_no_body()
    {
        using HttpResponseMessage get = await Host.GetAsync("/chat/form.js", ("Accept-Encoding", "br"));
        using HttpResponseMessage head = await Host.SendAsync(HttpMethod.Head, "/chat/form.js", ("Accept-Encoding", "br"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(WebHost.Headers(get), WebHost.Headers(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        using HttpResponseMessage current = await Host.SendAsync(HttpMethod.Head, "/chat/form.js", ("Accept-Encoding", "br"), ("If-None-Match", get.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, current.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    public async Task No_other_method_is_taken(string method)
    {
        foreach (string path in new[] { "widget.js", "console", "form" })
        {
            using HttpResponseMessage answer = await Host.SendAsync(new HttpMethod(method), $"/chat/{path}");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal("SC6023", await WebHost.CodeOf(answer));
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        }
    }

    [Fact]
    public async Task What_is_no_script_of_ours_is_not_found()
    {
        foreach (string path in new[] { "nothing.js", "widget.js.gz", "widget.js.br", "assets/widget.js", "WIDGET.txt", "widget", "%2e%2e/widget.js" })
        {
            using HttpResponseMessage answer = await Host.GetAsync($"/chat/{path}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_fallback_policy_of_the_host_does_not_lock_the_scripts_and_pages()
    {
        await using WebHost host = await WebHost.StartAsync(services: FailClosed);
        foreach (string path in new[] { "widget.js", "chat.js", "form.js", "console.js", "console", "form", "visitor/info" })
        {
            using HttpResponseMessage answer = await host.GetAsync($"/chat/{path}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using HttpResponseMessage agent = await host.GetAsync("/chat/agent/me");
        Assert.Equal(HttpStatusCode.Unauthorized, agent.StatusCode);

        // The saboteur: an endpoint of the host's own, which nobody exempted.
        using HttpResponseMessage own = await host.GetAsync("/outside");
        Assert.Equal(HttpStatusCode.Unauthorized, own.StatusCode);
    }

    [Theory]
    [InlineData("/support", "/chat")]
    [InlineData("/a/b", "/help/chat")]
    [InlineData("", "/x")]
    public async Task Scripts_and_pages_are_where_the_host_puts_them(string pathBase, string prefix)
    {
        await using WebHost host = await WebHost.StartAsync(pathBase: pathBase, prefix: prefix, configure: static options => options.Agents.SignInPath = "/account/signin");
        foreach (string path in new[] { "widget.js", "console", "form", "visitor/info" })
        {
            using HttpResponseMessage answer = await host.GetAsync($"{pathBase}{prefix}/{path}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // Links lead to the application whatever lies in front of it: a path base, or a prefix that a proxy has taken off.
        using HttpResponseMessage page = await host.GetAsync($"{pathBase}{prefix}/console");
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string signIn = html.Split("name=\"securechat-sign-in\" content=\"")[1].Split('"')[0];
        foreach (string front in new[] { string.Empty, "/taken-off" })
        {
            var shown = new Uri($"https://example.com{front}{pathBase}{prefix}/console");
            Assert.Equal($"https://example.com{front}{pathBase}/account/signin", new Uri(shown, signIn).AbsoluteUri);
            Assert.Equal($"https://example.com{front}{pathBase}{prefix}/console.js", new Uri(shown, "console.js").AbsoluteUri);
        }
    }

    [Fact]
    public async Task Middleware_of_the_host_that_compresses_or_serves_files_changes_nothing()
    {
        await using WebHost host = await WebHost.StartAsync(
            services: static services => services.AddResponseCompression(static options =>
            {
                options.EnableForHttps = true;
                options.MimeTypes = ["text/javascript"];
            }),
            pipeline: static app =>
            {
                app.UseResponseCompression();
                app.UseStaticFiles();
            });
        using HttpResponseMessage expected = await Host.GetAsync("/chat/widget.js", ("Accept-Encoding", "gzip"));
        using HttpResponseMessage actual = await host.GetAsync("/chat/widget.js", ("Accept-Encoding", "gzip"));
        Assert.Equal(expected.Headers.ETag, actual.Headers.ETag);
        Assert.Equal(
            await expected.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
            await actual.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_is_embedded_is_what_lies_in_the_folder_and_all_forms_of_a_script_say_the_same()
    {
        var assembly = typeof(WebAssets).Assembly;
        DirectoryInfo folder = new(Path.Combine(RepositoryFolder(), "src", "SecureChat.AspNetCore", "Assets"));
        string[] files = folder.Exists ? [.. folder.GetFiles("*.js*").Select(static file => file.Name).Order(StringComparer.Ordinal)] : [];
        string[] bundles = [.. WebHost.Scripts.Order(StringComparer.Ordinal)];
        Assert.Equal(bundles, files.Where(static name => name.EndsWith(".js", StringComparison.Ordinal)));

        // The script of the sign-in page in Development is no bundle and lies beside that page.
        Assert.Equal(
            files.Select(static name => $"assets/{name}"),
            assembly.GetManifestResourceNames().Where(static name => name.StartsWith("assets/", StringComparison.Ordinal) && name != $"assets/{WebAssets.SignIn}").Order(StringComparer.Ordinal));
        foreach (string name in bundles)
        {
            Assert.NotNull(WebAssets.Load().Find(name));
            byte[] plain = File.ReadAllBytes(Path.Combine(folder.FullName, name));
            Assert.Equal(plain, Read(assembly.GetManifestResourceStream($"assets/{name}")!));
            Assert.Equal(plain, Read(new GZipStream(assembly.GetManifestResourceStream($"assets/{name}.gz")!, CompressionMode.Decompress)));
            Assert.Equal(plain, Read(new BrotliStream(assembly.GetManifestResourceStream($"assets/{name}.br")!, CompressionMode.Decompress)));
        }
    }

    private static void FailClosed(IServiceCollection services) => services.Configure<AuthorizationOptions>(static options =>
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

    private static string RepositoryFolder()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "SecureChat.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("The tests run from inside the repository.");
    }

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
    }
}
