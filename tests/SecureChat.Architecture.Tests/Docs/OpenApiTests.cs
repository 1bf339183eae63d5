using System.Text.Json.Nodes;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>The HTTP API appears in the OpenAPI document of a host that publishes one, without another line in Program.cs.</summary>
public sealed class OpenApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public void Every_endpoint_of_ours_is_in_the_hosts_document_with_a_name_a_summary_a_body_and_its_answers()
    {
        Assert.True(host.Endpoints.Count >= 25, $"Only {host.Endpoints.Count} endpoints were found.");
        Assert.All(host.Endpoints, endpoint =>
        {
            JsonObject? operation = host.OpenApi["paths"]?["/chat" + endpoint.Path]?[endpoint.Method.ToLowerInvariant()]?.AsObject();
            Assert.True(operation is not null, $"{endpoint} is not in the document.");
            Assert.Equal(endpoint.Name, operation["operationId"]?.GetValue<string>());
            Assert.Equal(endpoint.Summary, operation["summary"]?.GetValue<string>());
            Assert.StartsWith("SecureChat ", Assert.Single(operation["tags"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
            Assert.NotNull(operation["responses"]?[endpoint.Answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)]?["content"]?["application/json"]);
            Assert.Equal(endpoint.Body is not null, operation["requestBody"] is not null);
            Assert.All(endpoint.Refusals, status => Assert.NotNull(operation["responses"]?[status.ToString(System.Globalization.CultureInfo.InvariantCulture)]?["content"]?["application/problem+json"]));
        });
    }

    [Fact]
    public void Names_are_unique_and_say_the_part_and_summaries_are_sentences()
    {
        Assert.Equal(host.Endpoints.Count, host.Endpoints.Select(static endpoint => endpoint.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.All(host.Endpoints, static endpoint =>
        {
            Assert.Matches(@"^SecureChat\.(Visitor|Forms|Agent|Privacy|Audit)\.[A-Z][A-Za-z]+$", endpoint.Name);
            Assert.Equal(endpoint.Tag == "SecureChat visitor", endpoint.Name.StartsWith("SecureChat.Visitor.", StringComparison.Ordinal));
            Assert.Matches(@"^[A-Z].{5,200}\.$", endpoint.Summary);
        });
    }

    [Fact]
    public void P8_A_call_that_takes_a_body_or_changes_something_is_a_POST_and_reads_are_GETs()
    {
        Assert.All(host.Endpoints, static endpoint => Assert.True(endpoint.Method is "GET" or "POST", endpoint.ToString()));
        Assert.All(host.Endpoints.Where(static endpoint => endpoint.Method == "GET"), static endpoint => Assert.Null(endpoint.Body));
    }

    [Fact]
    public void The_document_describes_our_endpoints_and_leaves_the_hub_out()
    {
        string[] paths = [.. host.OpenApi["paths"]!.AsObject().Select(static path => path.Key).Where(static path => path.StartsWith("/chat", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(host.Endpoints.Select(static endpoint => "/chat" + endpoint.Path).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), paths);
    }

    [Fact]
    public void Enums_are_described_by_the_names_that_travel()
    {
        (Type Type, JsonNode Schema)[] enums = [.. Product.Assemblies.SelectMany(static assembly => assembly.GetTypes()).Where(static type => type.IsEnum)
            .Select(type => (type, host.OpenApi["components"]!["schemas"]![type.Name])).Where(static pair => pair.Item2 is not null).Select(static pair => (pair.type, pair.Item2!))];
        Assert.True(enums.Length >= 8, $"Only {enums.Length} enums were found.");
        Assert.All(enums, static pair => Assert.Equal(
            Enum.GetNames(pair.Type).Select(static name => char.ToLowerInvariant(name[0]) + name[1..]).Order(StringComparer.Ordinal),
            (pair.Schema["enum"]?.AsArray() ?? []).OfType<JsonNode>().Select(static name => name.GetValue<string>()).Order(StringComparer.Ordinal)));
    }
}
