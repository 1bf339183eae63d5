using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>The secure form: an opaque origin without cookies that holds the token of one form and nothing else.</summary>
public sealed class FormClient : ChatClient
{
    public FormClient(Uri root, string token, string prefix = "chat")
        : base(root, prefix, new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        Headers.Remove("Origin");
        Headers.Add("Origin", "null");
        Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    private string Current => $"{Prefix}/forms/current";

    public Task<Answer> ViewAsync(CancellationToken cancellationToken) => GetAsync(Current, cancellationToken);

    public Task<Answer> ActAsync(string action, CancellationToken cancellationToken) => PostAsync($"{Current}/{action}", new { }, cancellationToken);

    /// <summary>Submits with the notice that <paramref name="view"/> showed.</summary>
    public Task<Answer> SubmitAsync(JsonNode view, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken, string? submissionId = null)
    {
        JsonNode notice = view["notice"]!;
        return PostAsync(
            $"{Current}/submit",
            new
            {
                submissionId = submissionId ?? VisitorClient.NewId(),
                consent = new
                {
                    given = true,
                    version = notice["version"]!.GetValue<string>(),
                    language = notice["language"]!.GetValue<string>(),
                    sha256 = notice["sha256"]!.GetValue<string>(),
                },
                fields,
            },
            cancellationToken);
    }
}
