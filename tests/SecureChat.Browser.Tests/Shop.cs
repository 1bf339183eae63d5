using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using SecureChat.AspNetCore;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>
/// A shop with the widget on its page, on real Kestrel and SQLite files. Its page has the strictest content policy under which the documentation
/// promises that the widget works; whoever opens a page through it is watched: a violation, an error in the console or a request to
/// anywhere else fails the test at the end.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string Policy = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

    public const string Card = "4242 4242 4242 4242";

    private readonly Browser _browser;
    private readonly DirectoryInfo _folder;
    private readonly Action<SecureChatOptions>? _configure;
    private readonly Action<ISecureChatBuilder>? _add;
    private readonly ShiftedClock _clock = new();
    private readonly List<IBrowserContext> _contexts = [];
    private readonly List<string> _faults = [];
    private WebApplication _app;
    private int _port;

    private Shop(Browser browser, Action<SecureChatOptions>? configure, string html, Action<ISecureChatBuilder>? add)
    {
        _browser = browser;
        _configure = configure;
        _add = add;
        Html = html;
        _folder = Directory.CreateTempSubdirectory("securechat-browser");
        _app = Build();
    }

    public Uri Root { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>The page that is served next.</summary>
    public string Html { get; set; }

    /// <summary>Its content policy; empty for none.</summary>
    public string PagePolicy { get; set; } = Policy;

    /// <summary>How far the host's clock is ahead of everybody's.</summary>
    public TimeSpan Ahead
    {
        set => _clock.Ahead = value;
    }

    /// <summary>Opens a shop, lets <paramref name="happen"/> happen in it, and then holds against the pages what they did wrong.</summary>
    public static async Task RunAsync(
        Browser browser,
        Func<Shop, Task> happen,
        Action<SecureChatOptions>? configure = null,
        string html = "<!doctype html><html lang=\"en\"><head><title>The Shop</title><script async src=\"/chat/widget.js\"></script></head><body><main><h1>The Shop</h1></main></body></html>",
        Action<ISecureChatBuilder>? add = null)
    {
        await using var shop = new Shop(browser, configure, html, add);
        await shop.StartAsync();
        await happen(shop);
        foreach (IPage page in shop._contexts.SelectMany(static context => context.Pages))
        {
            await shop.CollectViolationsAsync(page);
        }

        lock (shop._faults)
        {
            Assert.True(shop._faults.Count == 0, string.Join('\n', shop._faults));
        }
    }

    /// <summary>A customer's browser on the shop's page.</summary>
    public async Task<IPage> VisitAsync(BrowserNewContextOptions? options = null)
    {
        IPage page = await NewPageAsync(options);
        await page.GotoAsync(Root.AbsoluteUri);
        return page;
    }

    /// <summary>An agent's browser in the console, signed in by the link that the host prints.</summary>
    public async Task<IPage> SignInAsync(BrowserNewContextOptions? options = null)
    {
        IPage page = await NewPageAsync(options);
        await SignInAsync(page);
        return page;
    }

    /// <summary>Signs in with a page that is there; <paramref name="before"/> the button is pressed.</summary>
    public async Task SignInAsync(IPage page, Func<Task>? before = null)
    {
        string token = _app.Services.GetRequiredService<DevelopmentSignIn>().Token;
        await page.GotoAsync($"{Root}chat/sign-in#{token}");
        ILocator button = page.GetByRole(AriaRole.Button, new() { Name = "Sign in as an agent" });
        await Expect(button).ToBeVisibleAsync();
        if (before is not null)
        {
            await before();
        }

        await button.ClickAsync();

        // Asked again and again: who waits for the navigation itself may begin to wait after it.
        await Expect(page).ToHaveURLAsync(new Regex("/chat/console$"));
    }

    /// <summary>Ends the host as a deployment does and starts it again on the same files and port; <paramref name="meanwhile"/> there is none.</summary>
    public async Task RestartAsync(Func<Task>? meanwhile = null)
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (meanwhile is not null)
        {
            await meanwhile();
        }

        _app = Build();
        await StartAsync();
    }

    /// <summary>What a test expects and must not be held against the page.</summary>
    public void Forgive(string part)
    {
        lock (_faults)
        {
            _faults.RemoveAll(fault => fault.Contains(part, StringComparison.Ordinal));
        }
    }

    /// <summary>Every file the host wrote, as bytes.</summary>
    public IEnumerable<byte[]> Files() => _folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(static file =>
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    });

    public async ValueTask DisposeAsync()
    {
        string? pictures = Environment.GetEnvironmentVariable("SECURECHAT_SCREENSHOTS");
        for (int i = 0; i < _contexts.Count; i++)
        {
            IBrowserContext context = _contexts[i];
            foreach (IPage page in context.Pages)
            {
                if (pictures is not null)
                {
                    await page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"{TestContext.Current.TestMethod?.MethodName}-{i}.png") });
                }
            }

            await context.CloseAsync();
        }

        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Takes what a page has seen of policy violations: before it is left, because a new document begins a new list.</summary>
    public async Task CollectViolationsAsync(IPage page)
    {
        foreach (IFrame frame in page.Frames)
        {
            try
            {
                foreach (string violation in await frame.EvaluateAsync<string[]>("() => window.violations ?? []"))
                {
                    AddFault($"policy: {violation}");
                }
            }
            catch (PlaywrightException)
            {
                // The frame has gone.
            }
        }
    }

    private async Task<IPage> NewPageAsync(BrowserNewContextOptions? options)
    {
        IBrowserContext context = await _browser.NewContextAsync(options);
        _contexts.Add(context);
        await context.AddInitScriptAsync(
            "window.violations = []; addEventListener('securitypolicyviolation', event => window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));");
        context.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" or "ws" or "wss" } url && url.Authority != Root.Authority)
            {
                AddFault($"third party: {request.Url}");
            }
        };
        IPage page = await context.NewPageAsync();
        Watch(page);
        return page;
    }

    /// <summary>Holds against the shop what happens in a page that somebody else opened.</summary>
    public void Watch(IPage page)
    {
        page.PageError += (_, error) => AddFault($"page error: {error}");
        page.Console += (_, message) =>
        {
            // A refusal that the page shows in words is an answer, and no error of the page.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal))
            {
                AddFault($"console: {message.Text} ({message.Location})");
            }
        };
    }

    private void AddFault(string fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development", ContentRootPath = _folder.FullName });
        builder.WebHost.UseKestrelCore().UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToFileSystem(_folder.CreateSubdirectory("keys"));
        builder.Services.AddSingleton<TimeProvider>(_clock);
        ISecureChatBuilder chat = builder.Services.AddSecureChat(options => _configure?.Invoke(options))
            .UseSqlite(Path.Combine(_folder.FullName, "chat.db"))
            .AddDevelopmentAgents()
            .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = "We use your card details once, to pay your order. One agent sees them once; then they are deleted." })
            .AddForm("card-payment", form => form.Title("Card payment").Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"));
        _add?.Invoke(chat);
        WebApplication app = builder.Build();
        app.UseRouting();
        app.UseSecureChat();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSecureChat("/chat");
        app.MapGet("/", (HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy = PagePolicy;
            return Results.Content(Html, "text/html; charset=utf-8");
        });
        return app;
    }

    private async Task StartAsync()
    {
        await _app.StartAsync();
        Root = new Uri(_app.Urls.First().TrimEnd('/') + "/");
        _port = Root.Port;
    }

    private sealed class ShiftedClock : TimeProvider
    {
        private long _ahead;

        public TimeSpan Ahead
        {
            set => Interlocked.Exchange(ref _ahead, value.Ticks);
        }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));
    }
}
