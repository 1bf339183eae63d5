using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Web;

public sealed class ProblemsTests
{
    [Fact]
    public async Task A_step_up_is_asked_for_in_the_form_of_RFC_9470()
    {
        (HttpResponse response, JsonElement body) = await ExecuteAsync(Problems.StepUp(TimeSpan.FromMinutes(5)));
        Assert.Equal(401, response.StatusCode);
        Assert.Equal(
            "Bearer error=\"insufficient_user_authentication\", error_description=\"A fresh second factor is needed for this reveal.\", acr_values=\"mfa\", max_age=\"300\"",
            response.Headers.WWWAuthenticate.ToString());
        Assert.Equal("SC6013", body.GetProperty("code").GetString());
        Assert.Equal(300, body.GetProperty("maxAge").GetInt32());
    }

    [Fact]
    public async Task A_refused_outcome_for_a_step_up_takes_the_same_form()
    {
        (HttpResponse response, _) = await ExecuteAsync(Problems.From(Outcome<string>.Refused(
            SecureChatErrors.StepUpRequired, new Dictionary<string, object?> { ["maxAge"] = TimeSpan.FromSeconds(90) })));
        Assert.EndsWith("acr_values=\"mfa\", max_age=\"90\"", response.Headers.WWWAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.2, 1)]
    [InlineData(1.0, 1)]
    [InlineData(29.1, 30)]
    public async Task A_wait_is_said_in_whole_seconds_in_header_and_body(double seconds, int expected)
    {
        foreach (object fact in new object[] { seconds, TimeSpan.FromSeconds(seconds) })
        {
            (HttpResponse response, JsonElement body) = await ExecuteAsync(Problems.From(
                SecureChatErrors.RateLimited, new Dictionary<string, object?> { ["retryAfter"] = fact }));
            Assert.Equal(429, response.StatusCode);
            Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), response.Headers.RetryAfter.ToString());
            Assert.Equal(expected, body.GetProperty("retryAfter").GetInt32());
        }
    }

    [Fact]
    public async Task Facts_become_members_and_cannot_replace_ours()
    {
        (_, JsonElement body) = await ExecuteAsync(Problems.From(SecureChatErrors.AlreadyOpened, new Dictionary<string, object?>
        {
            ["code"] = "SC0000",
            ["Status"] = 200,
            ["openedBy"] = ParticipantRole.Supervisor,
            ["openedAt"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            ["errors"] = new Dictionary<string, string[]> { ["pan"] = ["<b>no</b>"] },
        }));
        Assert.Equal("SC3003", body.GetProperty("code").GetString());
        Assert.Equal(409, body.GetProperty("status").GetInt32());
        Assert.Equal("supervisor", body.GetProperty("openedBy").GetString());
        Assert.Equal("2026-01-02T03:04:05+00:00", body.GetProperty("openedAt").GetString());
        Assert.Equal("<b>no</b>", body.GetProperty("errors").GetProperty("pan")[0].GetString());
        Assert.False(body.TryGetProperty("Status", out _));
    }

    [Fact]
    public async Task An_outcome_is_its_value_or_its_problem()
    {
        (HttpResponse response, JsonElement body) = await ExecuteAsync(Problems.From<Dictionary<string, int>>(new Dictionary<string, int> { ["a"] = 1 }, 201));
        Assert.Equal(201, response.StatusCode);
        Assert.Equal(1, body.GetProperty("a").GetInt32());
        (response, body) = await ExecuteAsync(Problems.From<Dictionary<string, int>>(SecureChatErrors.NotFound));
        Assert.Equal(404, response.StatusCode);
        Assert.Equal("SC6005", body.GetProperty("code").GetString());
        Assert.Equal("application/problem+json", response.ContentType);
    }

    [Fact]
    public async Task E50_The_same_refusal_is_the_same_bytes_for_everybody()
    {
        string first = (await ExecuteAsync(Problems.From(SecureChatErrors.NotFound))).Body.GetRawText();
        string second = (await ExecuteAsync(Problems.From(SecureChatErrors.NotFound))).Body.GetRawText();
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Every_documented_error_can_be_answered()
    {
        foreach (SecureChatError error in SecureChatErrors.All)
        {
            (HttpResponse response, JsonElement body) = await ExecuteAsync(Problems.From(error));
            Assert.InRange(response.StatusCode, 400, 599);
            Assert.Equal(error.Status == 0 ? "SC6021" : error.Code, body.GetProperty("code").GetString());
        }
    }

    private static async Task<(HttpResponse Response, JsonElement Body)> ExecuteAsync(IResult result)
    {
        var context = new DefaultHttpContext { RequestServices = NoServices.Instance };
        using var body = new MemoryStream();
        context.Response.Body = body;
        await result.ExecuteAsync(context);
        return (context.Response, JsonDocument.Parse(body.ToArray()).RootElement);
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) =>
            serviceType == typeof(Microsoft.Extensions.Logging.ILoggerFactory) ? Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance : null;
    }
}
