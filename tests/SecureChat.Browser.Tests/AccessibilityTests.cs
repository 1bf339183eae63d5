using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace SecureChat.Browser.Tests;

/// <summary>What assistive technology and small screens get.</summary>
public sealed class AccessibilityTests(Browser browser)
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public Task No_state_of_any_page_has_an_accessibility_violation_E24(ColorScheme scheme) => Shop.RunAsync(browser, async shop =>
    {
        List<string> violations = [];
        var options = new BrowserNewContextOptions { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce };
        await Tour.WalkAsync(shop, options, new(options), async (page, state) =>
        {
            await PictureTests.TakeAsync(page, $"{state}-{scheme}");
            violations.AddRange((await FindAsync(page)).Select(violation => $"{state}: {violation}"));
        });
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    });

    [Fact]
    public Task Every_state_fits_a_screen_of_320_pixels_without_scrolling_sideways() => Shop.RunAsync(browser, static async shop =>
    {
        List<string> wide = [];
        var options = new BrowserNewContextOptions { ViewportSize = new() { Width = 320, Height = 640 }, ReducedMotion = ReducedMotion.Reduce };
        await Tour.WalkAsync(shop, options, new(options), async (page, state) =>
        {
            await PictureTests.TakeAsync(page, $"{state}-320");
            foreach (string part in await TooWideAsync(page))
            {
                wide.Add($"{state}: {part}");
            }
        });
        Assert.True(wide.Count == 0, string.Join('\n', wide));
    });

    [Fact]
    public Task Saboteur_a_field_without_a_name_pale_text_and_a_wide_block_are_found() => Shop.RunAsync(browser, static async shop =>
    {
        IPage page = await shop.VisitAsync(new() { ViewportSize = new() { Width = 320, Height = 640 } });
        await page.OpenChatAsync();
        Assert.Empty(await FindAsync(page));
        Assert.Empty(await TooWideAsync(page));
        await page.Locator("secure-chat").EvaluateAsync(
            """
            host => {
              const field = document.createElement('input');
              const text = document.createElement('p');
              text.textContent = 'pale';
              text.style.color = '#eee';
              text.style.background = '#fff';
              text.style.width = '900px';
              host.shadowRoot.querySelector('.body').append(field, text);
              const block = document.createElement('div');
              block.textContent = 'wide';
              block.style.width = '900px';
              document.querySelector('main').append(block);
            }
            """);
        IReadOnlyList<string> found = await FindAsync(page);
        Assert.Contains(found, static violation => violation.StartsWith("label", StringComparison.Ordinal));
        Assert.Contains(found, static violation => violation.StartsWith("color-contrast", StringComparison.Ordinal));
        Assert.NotEmpty(await TooWideAsync(page));
        shop.Forgive("style-src");
    });

    internal static async Task<IReadOnlyList<string>> FindAsync(IPage page)
    {
        AxeResult result = await page.RunAxe();
        return [.. result.Violations.SelectMany(static violation => violation.Nodes.Select(node => $"{violation.Id} ({violation.Impact}) at {node.Target}: {node.Html}"))];
    }

    /// <summary>Documents and boxes, shadow trees and frames included, that can be scrolled sideways.</summary>
    private static async Task<IReadOnlyList<string>> TooWideAsync(IPage page)
    {
        List<string> found = [];
        foreach (IFrame frame in page.Frames)
        {
            found.AddRange(await frame.EvaluateAsync<string[]>(
                """
                () => {
                  const found = [];
                  const look = (root) => {
                    for (const element of root.querySelectorAll('*')) {
                      if (element.shadowRoot) look(element.shadowRoot);
                      const overflow = getComputedStyle(element).overflowX;
                      const scrolls = element === document.documentElement || overflow === 'auto' || overflow === 'scroll';
                      if (scrolls && !element.matches('textarea, input') && element.scrollWidth > element.clientWidth + 1) found.push(`${element.tagName} ${element.className} ${element.scrollWidth} > ${element.clientWidth}`);
                    }
                  };
                  look(document);
                  return found;
                }
                """));
        }

        return found;
    }
}
