using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.TestHost;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>A running host that publishes an OpenAPI document, and the endpoints it maps.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("securechat-api-").FullName;
    private WebApplication? _app;

    /// <summary>The endpoints of our HTTP API; the hub's own are not among them, nor are scripts and pages.</summary>
    internal IReadOnlyList<ApiEndpoint> Endpoints { get; private set; } = [];

    /// <summary>Scripts and pages as <c>| path | summary |</c>, those of Development included.</summary>
    internal IReadOnlyList<string> Assets { get; private set; } = [];

    /// <summary>The calls that only a host in Development answers.</summary>
    internal IReadOnlyList<ApiEndpoint> Inside { get; private set; } = [];

    internal JsonObject OpenApi { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        _app = TestApp.Build(new TestHostOptions
        {
            Folder = _folder,
            Before = static services => services.AddOpenApi(),
            Pipeline = static app => app.MapOpenApi(),
        });
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Endpoints =
        [
            .. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(static endpoint => endpoint.Metadata.GetMetadata<SecureChatPartMetadata>() is { Part: not (SecureChatPart.Hub or SecureChatPart.Assets) })
                .Select(static endpoint => new ApiEndpoint(endpoint))
                .OrderBy(static endpoint => endpoint.Path, StringComparer.Ordinal).ThenBy(static endpoint => endpoint.Method, StringComparer.Ordinal),
        ];
        await ReadDevelopmentAsync();
        using var http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        OpenApi = (await http.GetFromJsonAsync<JsonObject>("/openapi/v1.json", TestContext.Current.CancellationToken))!;
    }

    private async Task ReadDevelopmentAsync()
    {
        await using WebApplication development = TestApp.Build(new TestHostOptions { Folder = Path.Combine(_folder, "development"), Environment = "Development" });
        await development.StartAsync(TestContext.Current.CancellationToken);
        RouteEndpoint[] assets =
        [
            .. development.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(static endpoint => endpoint.Metadata.GetMetadata<SecureChatPartMetadata>() is { Part: SecureChatPart.Assets }),
        ];

        // What has a name is a call; scripts and pages have none.
        Inside = [.. assets.Where(static endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null).Select(static endpoint => new ApiEndpoint(endpoint))];
        Assets =
        [
            .. assets.Where(static endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is null)
                .Select(static endpoint => $"| `{endpoint.RoutePattern.RawText!["/chat".Length..]}` | {endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary} |"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>One endpoint as its metadata describes it.</summary>
internal sealed class ApiEndpoint(RouteEndpoint endpoint)
{
    private const string Prefix = "/chat";

    public string Path { get; } = endpoint.RoutePattern.RawText!.StartsWith(Prefix, StringComparison.Ordinal)
        ? endpoint.RoutePattern.RawText[Prefix.Length..]
        : throw new InvalidOperationException($"{endpoint.RoutePattern.RawText} is not under {Prefix}.");

    public string Method { get; } = Assert.Single(endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods);

    public string Name { get; } = endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "";

    public string Summary { get; } = endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary ?? "";

    public string Tag { get; } = endpoint.Metadata.GetMetadata<ITagsMetadata>()?.Tags is [var tag, ..] ? tag : "";

    public Type? Body { get; } = endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;

    public (int Status, Type Type) Answer { get; } = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>()
        .Where(static answer => answer.StatusCode < 400 && answer.Type is { } type && type != typeof(void))
        .Select(static answer => (answer.StatusCode, answer.Type!))
        .LastOrDefault();

    /// <summary>Statuses of refusals that the endpoint declares.</summary>
    public IReadOnlyList<int> Refusals { get; } =
        [.. endpoint.Metadata.OfType<IProducesResponseTypeMetadata>().Select(static answer => answer.StatusCode).Where(static status => status >= 400).Distinct().Order()];

    public override string ToString() => $"{Method} {Path}";
}
