using System.Text.RegularExpressions;
using SecureChat.AspNetCore;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>docs/http-api.md says what the endpoints of a running host and the methods of the hub are: none is missing, none is invented.</summary>
public sealed partial class HttpApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Page = "docs/http-api.md";

    [Fact]
    public void Every_endpoint_has_a_row_with_its_path_body_answer_and_summary_and_every_row_an_endpoint()
    {
        string[] expected = [.. host.Endpoints.Select(static endpoint =>
            $"| `{endpoint.Method} {endpoint.Path}` | {endpoint.Summary} | {Link(endpoint.Body)} | {endpoint.Answer.Status} {Link(endpoint.Answer.Type)} |")];
        string[] actual = [.. Rows().Select(static row => string.Join(" | ", row[..4]).Trim()).Select(static cells => $"| {cells} |")];
        Assert.Empty(expected.Except(actual, StringComparer.Ordinal));
        Assert.Empty(actual.Except(expected, StringComparer.Ordinal));
        Assert.Equal(expected.Length, actual.Length);
    }

    [Fact]
    public void Every_script_and_page_has_a_row_and_every_row_one_of_them()
    {
        string[] rows = [.. Cells("| Path | | Content |").Select(static row => $"| {row[0]} | {row[1]} |")];
        Assert.Equal(host.Assets.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_call_of_a_host_in_Development_has_a_row_and_every_row_a_call()
    {
        string[] rows = [.. Cells("| Call in Development | | Answer |").Select(static row => string.Join(" | ", row))];
        Assert.Equal(host.Inside.Select(static call => $"`{call}` | {call.Summary} | {call.Answer.Status} {Link(call.Answer.Type)}").Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_refusal_in_a_row_is_a_documented_error_whose_status_the_endpoint_declares()
    {
        foreach (string[] row in Rows())
        {
            ApiEndpoint endpoint = host.Endpoints.Single(candidate => row[0] == $"`{candidate}`");
            SecureChatError[] errors = [.. Errors(row[5])];
            Assert.All(errors, error => Assert.Contains(error.Status, endpoint.Refusals));

            // What is declared beyond the statuses every call may answer is explained by a code of the row.
            IEnumerable<int> common = host.Endpoints.Select(static candidate => candidate.Refusals).Aggregate(static (left, right) => [.. left.Intersect(right)]);
            Assert.All(endpoint.Refusals.Except(common), status => Assert.Contains(errors, error => error.Status == status));
        }
    }

    [Fact]
    public void Every_code_that_a_request_can_be_answered_with_is_on_the_page()
    {
        HashSet<string> named = [.. Errors(Repository.Read(Page)).Select(static error => error.Code)];
        Assert.Equal([], SecureChatErrors.All.Where(error => error.Status != 0 && !named.Contains(error.Code)).Select(static error => error.Code));
    }

    [Fact]
    public void Every_hub_method_and_every_frame_has_a_row()
    {
        string[] methods = [.. Cells("| Method | Argument | Result | |").Select(static row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal)];
        Assert.Equal(HubApi.Methods.Select(static method => $"`{method.Name}` {Link(method.GetParameters()[0].ParameterType)}").Order(StringComparer.Ordinal), methods);
        string[] frames = [.. Cells("| Frame | Argument | |").Select(static row => row[0].Trim('`')).Order(StringComparer.Ordinal)];
        Assert.Equal(HubApi.Frames, frames);
    }

    [Fact]
    public void The_shapes_are_what_the_serializer_reads_and_writes()
    {
        var shapes = new Shapes();
        foreach (ApiEndpoint endpoint in host.Endpoints.Concat(host.Inside))
        {
            if (endpoint.Body is { } body)
            {
                shapes.AddSent(body);
            }

            shapes.AddReceived(endpoint.Answer.Type);
        }

        foreach (Type argument in HubApi.Methods.Select(static method => method.GetParameters()[0].ParameterType))
        {
            shapes.AddSent(argument);
        }

        foreach (Type received in new[] { typeof(HubReply), typeof(JoinView), typeof(TailView), typeof(TypingFrame), typeof(FormProgressFrame), typeof(PresenceFrame), typeof(RemovedFrame), typeof(ResumeFrame), typeof(FieldRefusal) })
        {
            shapes.AddReceived(received);
        }

        Repository.AssertBlock(Page, "shapes", shapes.Print());
    }

    [Fact]
    public void Every_link_to_a_shape_leads_to_one()
    {
        string page = Repository.Read(Page);
        HashSet<string> headings = [.. Headings().Matches(page).Select(static match => match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'))];
        Assert.All(Anchors().Matches(page).Select(static match => match.Groups[1].Value), anchor => Assert.Contains(anchor, headings));
    }

    private static string Link(Type? type) => type is null ? "" : $"[{type.Name}](#{type.Name.ToLowerInvariant()})";

    private static IEnumerable<string[]> Rows() => Cells("| Call | | Body | Answer | Who | Refusals of its own |");

    private static IEnumerable<string[]> Cells(string header)
    {
        string[] lines = Repository.Read(Page).Split('\n');
        int[] tables = [.. Enumerable.Range(0, lines.Length).Where(at => lines[at] == header)];
        Assert.NotEmpty(tables);
        return tables.SelectMany(at => lines.Skip(at + 2).TakeWhile(static line => line.StartsWith('|')))
            .Select(static line => line.Trim('|').Split(" | ").Select(static cell => cell.Trim()).ToArray());
    }

    private static IEnumerable<SecureChatError> Errors(string text) => Codes().Matches(text).Select(static match => SecureChatErrors.All.Single(error => error.Code == match.Value));

    [GeneratedRegex("SC[0-9]{4}")]
    private static partial Regex Codes();

    [GeneratedRegex(@"\]\(#([a-z0-9-]+)\)")]
    private static partial Regex Anchors();

    [GeneratedRegex(@"^#{2,3} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Headings();
}
