using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(SecureChat.Browser.Tests.Browser))]

namespace SecureChat.Browser.Tests;

/// <summary>
/// One real Chromium for all tests, each of which opens contexts of its own. <c>SECURECHAT_CHROMIUM</c> names another binary than the
/// system's; without any the tests are skipped, which CI does not accept.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",

        // Where /dev/shm is small (a container has 64 MB of it) pages die in the middle of a test.
        "--disable-dev-shm-usage",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        string? path = new[] { Environment.GetEnvironmentVariable("SECURECHAT_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
            .FirstOrDefault(File.Exists);
        if (path is null)
        {
            return;
        }

        // A busy machine takes its time; what is wrong stays wrong.
        Assertions.SetDefaultExpectTimeout(20_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Flags });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipUnless(_browser is not null, "No Chromium here: install the package chromium, or name one in SECURECHAT_CHROMIUM.");
        IBrowserContext context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        return context;
    }
}
