using Microsoft.AspNetCore.Builder;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests;

/// <summary>A host on real Kestrel and real SQLite files in a folder of its own, inside the test's process.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly TempFolder? _ownFolder;

    private RunningHost(WebApplication app, string folder, TempFolder? ownFolder)
    {
        App = app;
        Folder = folder;
        _ownFolder = ownFolder;
    }

    public WebApplication App { get; }

    public string Folder { get; }

    public Uri Root { get; private set; } = null!;

    /// <summary>Starts a host. Without a folder of the caller's it gets one that is removed at the end.</summary>
    public static async Task<RunningHost> StartAsync(Func<string, TestHostOptions>? options = null, string? folder = null)
    {
        TempFolder? own = folder is null ? new TempFolder() : null;
        folder ??= own!.Path;
        WebApplication app = TestApp.Build(options?.Invoke(folder) ?? new TestHostOptions { Folder = folder });
        var host = new RunningHost(app, folder, own);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }

        host.Root = new Uri(app.Urls.First());
        return host;
    }

    public VisitorClient Visitor() => new(Root);

    /// <summary>An agent's browser, signed in.</summary>
    public AgentClient Agent(string id = "ada", string session = "s1", params string[] roles) => SignedIn(Root, id, session, roles);

    public static AgentClient SignedIn(Uri root, string id, string session, params string[] roles)
    {
        var client = new AgentClient(root);
        client.SignIn(CookieSignIn.Cookie(id, session, roles.Length == 0 ? ["Agent"] : roles));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _ownFolder?.Dispose();
    }
}

/// <summary>A folder of one test, removed at its end.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("securechat-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
