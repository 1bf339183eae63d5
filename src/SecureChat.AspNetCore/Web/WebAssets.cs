using System.Collections.Frozen;
using System.Reflection;

namespace SecureChat.AspNetCore;

/// <summary>
/// The scripts of widget, form, console and inside page. They are resources of the assembly and read once: nothing depends on how
/// the host was built, published or started, and no request reads a file. Thread-safe.
/// </summary>
internal sealed class WebAssets
{
    public const string Widget = "widget.js";
    public const string Chat = "chat.js";
    public const string Form = "form.js";
    public const string Console = "console.js";
    public const string Inside = "inside.js";
    public const string SignIn = "sign-in.js";

    private const string ResourcePrefix = "assets/";

    private readonly FrozenDictionary<string, WebAsset> _assets;

    public WebAssets(IEnumerable<KeyValuePair<string, WebAsset>> assets) => _assets = assets.ToFrozenDictionary(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _assets.Keys;

    public static WebAssets Load()
    {
        Assembly assembly = typeof(WebAssets).Assembly;
        return new WebAssets(assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(".js", StringComparison.Ordinal))
            .Select(name => KeyValuePair.Create(name[ResourcePrefix.Length..], new WebAsset(
                Read(assembly, name) ?? throw new InvalidOperationException($"The resource {name} is listed and missing."),
                Read(assembly, name + ".gz"),
                Read(assembly, name + ".br")))));
    }

    public WebAsset? Find(string name) => _assets.GetValueOrDefault(name);

    private static byte[]? Read(Assembly assembly, string name)
    {
        using Stream? stream = assembly.GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
