using SecureChat.Driver;

namespace SecureChat.Host.Tests;

public sealed class WrongTokenTests
{
    public static TheoryData<string> Paths => ["", "/events", "/forms/0123456789abcdefghjkmnpqrs"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task E51_Who_guesses_tokens_is_told_to_wait_and_how_long_wherever_they_guess(string path)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using RunningHost host = await RunningHost.StartAsync();
        using VisitorClient visitor = host.Visitor();
        await visitor.StartAsync(token);

        // 60 at once, then one a second: the 429 comes within the first hundred unless this machine needs a second for each.
        Answer answer = null!;
        for (int guess = 0; guess < 1000 && answer is not { Status: 429 }; guess++)
        {
            answer = await visitor.SendAsync(
                HttpMethod.Get,
                $"chat/visitor/conversations/{visitor.ConversationId}{path}",
                null,
                token,
                request => request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {new string('A', 43)}"));
            Assert.True(answer.Code is "SC6005" or "SC6010", $"{answer.Status} {answer.Text}");
        }

        Assert.Equal("SC6010", answer.Code);
        Assert.InRange(int.Parse(answer.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 60);
    }
}
