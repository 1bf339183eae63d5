using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Keys;

/// <summary>Key files and commands on a whole host in Production, with SQLite files.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyLifeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_host_moves_from_Data_Protection_to_a_key_file_and_opens_what_it_sealed_before()
    {
        using var folder = new TempFolder();
        SubmittedCard card;
        await using (RunningHost before = await RunningHost.StartAsync(folder: folder.Path))
        {
            card = await SealAsync(before);
            await before.StopAsync();
        }

        string file = Path.Combine(folder.Path, "kek");
        SecretFile.Write(file, SecretFile.NewKey());
        TestHostOptions withFile = new() { Folder = folder.Path, After = chat => chat.UseKeyFile(file) };
        Assert.Contains("Version 2 is made", await HostCommands.RunAsync(withFile, "keys", "rotate"), StringComparison.Ordinal);
        string listed = await HostCommands.RunAsync(withFile, "keys", "list", "--rows");
        Assert.Matches(@"(?m)^ +1  Active +data-protection .* [1-9]\d*\r?$", listed);
        Assert.Matches(@"(?m)^ +2  Pending +key-file ", listed);
        Assert.Contains("nothing was changed", await HostCommands.RunAsync(withFile, "keys", "rewrap"), StringComparison.Ordinal);
        Assert.Contains("Version 1 wraps", await HostCommands.RunAsync(withFile, "keys", "destroy", "1", "--yes"), StringComparison.Ordinal);

        await using RunningHost after = await RunningHost.StartAsync(_ => withFile, folder.Path);
        Assert.Equal(Scenario.Card, await RevealAsync(after, card));
        await after.StopAsync();
    }

    [Fact]
    public async Task E56_A_host_with_a_key_file_that_others_may_read_refuses_to_start()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "kek");
        SecretFile.Write(file, SecretFile.NewKey());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        SecureChatConfigurationException refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(
            () => RunningHost.StartAsync(_ => new TestHostOptions { Folder = folder.Path, After = chat => chat.UseKeyFile(file) }, folder.Path));
        Assert.Equal("SC1016", refusal.Error.Code);
    }

    [Fact]
    public async Task E56_A_host_whose_key_file_was_replaced_by_another_refuses_to_start_and_makes_no_new_key()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "kek");
        SecretFile.Write(file, SecretFile.NewKey());
        TestHostOptions options = new() { Folder = folder.Path, After = chat => chat.UseKeyFile(file) };
        await using (RunningHost host = await RunningHost.StartAsync(_ => options, folder.Path))
        {
            await host.StopAsync();
        }

        File.Delete(file);
        SecretFile.Write(file, SecretFile.NewKey());
        SecureChatConfigurationException refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(() => RunningHost.StartAsync(_ => options, folder.Path));
        Assert.Equal("SC1005", refusal.Error.Code);
    }

    private static async Task<SubmittedCard> SealAsync(RunningHost host)
    {
        using VisitorClient visitor = host.Visitor();
        using AgentClient agent = host.Agent();
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        JsonNode card = (await visitor.SubmitAsync(requestId, Scenario.CardFields(), Token)).Ok();
        return new SubmittedCard(visitor.ConversationId, requestId, Scenario.Ids(card));
    }

    private static async Task<string> RevealAsync(RunningHost host, SubmittedCard card)
    {
        using AgentClient agent = host.Agent();
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        JsonNode reveal = (await agent.RevealAsync(card, browser)).Ok();
        return AgentClient.Open(reveal, card.ConversationId, card.RequestId, browser)["pan"];
    }
}
