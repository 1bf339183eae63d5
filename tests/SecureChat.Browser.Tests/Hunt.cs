using Microsoft.Playwright;

namespace SecureChat.Browser.Tests;

/// <summary>Looks for a text in everything that a page keeps.</summary>
internal static class Hunt
{
    private const string Script =
        """
        async digits => {
          const found = [];
          const look = (where, text) => text && text.replaceAll(/[\s-]/g, '').includes(digits) && found.push(where);
          const walk = node => {
            look(`text of ${node.parentNode?.nodeName}`, node.nodeType === 1 || node.nodeType === 11 ? '' : node.nodeValue);
            for (const { name, value } of node.attributes ?? []) look(`attribute ${name}`, value);
            if (typeof node.value === 'string') look(`value of ${node.nodeName}`, node.value);
            if (node.shadowRoot) walk(node.shadowRoot);
            node.childNodes.forEach(walk);
            look(`all of ${node.nodeName}`, node.nodeType === 1 && ['P', 'LI', 'DIV'].includes(node.nodeName) ? node.textContent : '');
          };
          walk(document);
          for (const name of ['sessionStorage', 'localStorage']) {
            let area;
            try { area = window[name]; } catch { continue; }
            for (let i = 0; i < area.length; i++) look(name, area.key(i) + area.getItem(area.key(i)));
          }
          try { look('cookie', document.cookie); } catch { }
          look('address', location.href);
          look('title', document.title);
          look('history', JSON.stringify(history.state));
          if (origin !== 'null') {
            for (const { name } of await indexedDB.databases()) found.push(`database ${name}`);
          }
          return found;
        }
        """;

    /// <summary>Where the digits stand: in shadow roots, attributes, inputs and storage of every frame; spaces in between hide nothing.</summary>
    public static Task<IReadOnlyList<string>> ForAsync(IPage page, string digits) =>
        InFramesAsync(page, Script, digits.Replace(" ", string.Empty, StringComparison.Ordinal));

    /// <summary>Frames in which a text became code that set <c>window.xss</c>.</summary>
    public static Task<IReadOnlyList<string>> ForExecutedAsync(IPage page) =>
        InFramesAsync(page, "() => 'xss' in window ? [location.href] : []", string.Empty);

    private static async Task<IReadOnlyList<string>> InFramesAsync(IPage page, string script, string argument)
    {
        var found = new List<string>();
        foreach (IFrame frame in page.Frames)
        {
            try
            {
                found.AddRange(await frame.EvaluateAsync<string[]>(script, argument));
            }
            catch (PlaywrightException)
            {
                // A frame that was taken away while it was looked into; one that is still there must be looked into.
                await page.EvaluateAsync("0");
                if (page.Frames.Contains(frame))
                {
                    throw;
                }
            }
        }

        return found;
    }
}
