using System.Globalization;
using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>What every refusal must be: problem details with a documented code and its next step, under the headers of an API.</summary>
internal static class Refusal
{
    /// <summary>What is wrong with an answer that should be a refusal; null when nothing is.</summary>
    public static string? Check(Answer answer, params string[] codes)
    {
        if (answer.Status is < 400 or >= 500)
        {
            return string.Create(CultureInfo.InvariantCulture, $"answered {answer.Status}");
        }

        if (answer.Headers.GetValueOrDefault("Content-Type") != "application/problem+json")
        {
            return $"content type {answer.Headers.GetValueOrDefault("Content-Type")}";
        }

        if (answer.Headers.GetValueOrDefault("X-Content-Type-Options") != "nosniff" || answer.Headers.GetValueOrDefault("Cache-Control") != "no-store")
        {
            return "headers";
        }

        JsonNode problem = answer.Json!;
        SecureChatError? error = SecureChatErrors.All.FirstOrDefault(error => error.Code == answer.Code);
        if (error is null || problem["nextStep"]?.GetValue<string>() != error.NextStep || problem["title"]?.GetValue<string>() != error.Title
            || problem["status"]?.GetValue<int>() != answer.Status || error.Status != answer.Status)
        {
            return answer.Text;
        }

        return codes.Length == 0 || codes.Contains(answer.Code) ? null : $"code {answer.Code}";
    }

    /// <summary>Whether a text of the hub names a documented code and its next step.</summary>
    public static bool IsDocumented(string text, params string[] codes) => SecureChatErrors.All.Any(error =>
        (codes.Length == 0 || codes.Contains(error.Code))
        && text.Contains(error.Code, StringComparison.Ordinal) && text.Contains(error.NextStep, StringComparison.Ordinal));
}
