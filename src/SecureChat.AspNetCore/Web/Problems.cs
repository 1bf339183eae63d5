using System.Collections;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace SecureChat.AspNetCore;

/// <summary>
/// Every refusal over HTTP: problem details (RFC 9457) with the code and the next step. The same refusal is the same bytes for
/// everybody, so an answer is no oracle (E50).
/// </summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>Fact in seconds (a number or a time span); becomes the header <c>Retry-After</c>.</summary>
    public const string RetryAfter = "retryAfter";

    /// <summary>Fact of <see cref="SecureChatErrors.StepUpRequired"/>: the oldest proof accepted, in seconds.</summary>
    public const string MaxAge = "maxAge";

    /// <summary>Fact with the messages by field or JSON path: never a value.</summary>
    public const string Errors = "errors";

    private static readonly string[] Reserved = ["type", "title", "status", "code", "nextStep"];

    /// <summary>The problem of an error. Facts become extension members.</summary>
    public static IResult From(SecureChatError error, IReadOnlyDictionary<string, object?>? facts = null) => new ProblemResult(error, facts, error.Status);

    /// <summary>A value as JSON, or the problem of its refusal.</summary>
    public static IResult From<T>(Outcome<T> outcome, int status = StatusCodes.Status200OK)
        where T : class => outcome.IsSuccess
            ? TypedResults.Json(outcome.Value, SecureChatJson.Options, statusCode: status)
            : From(outcome.Error, outcome.Facts);

    /// <summary>A step-up challenge in the form of RFC 9470.</summary>
    public static IResult StepUp(TimeSpan maxAge) => From(
        SecureChatErrors.StepUpRequired, new Dictionary<string, object?>(StringComparer.Ordinal) { [MaxAge] = Seconds(maxAge) });

    /// <summary>A problem for a status that somebody else set: routing, a filter of the host, an authentication handler.</summary>
    internal static IResult ForStatus(int status) => new ProblemResult(
        status switch
        {
            StatusCodes.Status401Unauthorized => SecureChatErrors.Unauthenticated,
            StatusCodes.Status403Forbidden => SecureChatErrors.Forbidden,
            StatusCodes.Status404NotFound => SecureChatErrors.NotFound,
            StatusCodes.Status405MethodNotAllowed => SecureChatErrors.MethodNotAllowed,
            StatusCodes.Status413PayloadTooLarge => SecureChatErrors.TooLarge,
            StatusCodes.Status415UnsupportedMediaType => SecureChatErrors.UnsupportedMediaType,
            StatusCodes.Status429TooManyRequests => SecureChatErrors.RateLimited,
            < StatusCodes.Status500InternalServerError => SecureChatErrors.InvalidRequest,
            _ => SecureChatErrors.Internal,
        },
        null,
        status);

    private static long Seconds(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds);

    private static long? Seconds(object? fact) => fact switch
    {
        TimeSpan span => Seconds(span),
        int whole => whole,
        long whole => whole,
        double number when double.IsFinite(number) => (long)Math.Ceiling(number),
        _ => null,
    };

    private sealed class ProblemResult(SecureChatError error, IReadOnlyDictionary<string, object?>? facts, int status)
        : IResult, IStatusCodeHttpResult, IContentTypeHttpResult
    {
        // An error of set-up that turns up in a request is a fault of the host.
        private readonly SecureChatError _error = error.Status == 0 && status == 0 ? SecureChatErrors.Internal : error;

        public int? StatusCode => status == 0 ? StatusCodes.Status500InternalServerError : status;

        string? IContentTypeHttpResult.ContentType => Problems.ContentType;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var members = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["type"] = $"urn:securechat:error:{_error.Code}",
                ["title"] = _error.Title,
                ["status"] = StatusCode,
                ["code"] = _error.Code,
                ["nextStep"] = _error.NextStep,
            };
            foreach ((string name, object? fact) in facts ?? new Dictionary<string, object?>())
            {
                if (!Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    members[name] = name is RetryAfter or MaxAge ? Seconds(fact) : fact;
                }
            }

            HttpResponse response = httpContext.Response;
            response.StatusCode = StatusCode!.Value;
            if (members.TryGetValue(RetryAfter, out object? wait) && wait is long seconds)
            {
                response.Headers.RetryAfter = Math.Max(1, seconds).ToString(CultureInfo.InvariantCulture);
            }

            if (response.StatusCode == StatusCodes.Status401Unauthorized)
            {
                response.Headers.Append(HeaderNames.WWWAuthenticate, Challenge(members));
            }

            if (EndsConnection(httpContext.Request))
            {
                response.Headers.Connection = "close";
            }

            byte[] body = JsonSerializer.SerializeToUtf8Bytes<IDictionary>(members, SecureChatJson.Options);
            response.ContentType = Problems.ContentType;
            response.ContentLength = body.Length;
            if (!HttpMethods.IsHead(httpContext.Request.Method))
            {
                await response.Body.WriteAsync(body, httpContext.RequestAborted);
            }
        }

        public override string ToString() => $"{nameof(ProblemResult)} {_error.Code}";

        /// <summary>
        /// The server closes a connection whose request has more body than it reads. Said beforehand, so that the client does not
        /// send its next request into a closed connection. HTTP/2 ends the stream alone and has no such header.
        /// </summary>
        private bool EndsConnection(HttpRequest request) =>
            (HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol))
            && (_error == SecureChatErrors.TooLarge
                || request.ContentLength > request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize);

        private string Challenge(Dictionary<string, object?> members)
        {
            if (_error != SecureChatErrors.StepUpRequired)
            {
                return "Bearer realm=\"SecureChat\"";
            }

            string age = members.TryGetValue(MaxAge, out object? value) && value is long seconds
                ? string.Create(CultureInfo.InvariantCulture, $", max_age=\"{seconds}\"")
                : string.Empty;
            return $"Bearer error=\"insufficient_user_authentication\", error_description=\"{_error.Title}\", acr_values=\"mfa\"{age}";
        }
    }
}
