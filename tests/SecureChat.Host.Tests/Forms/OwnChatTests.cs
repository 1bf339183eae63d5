using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Forms;

/// <summary>A team with a chat of its own: conversations that the application starts, and links to hosted forms.</summary>
public sealed class OwnChatTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_team_with_its_own_chat_sends_a_link_and_an_agent_reads_what_came_once()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        using AgentClient agent = host.Agent();

        StartConversationResult started = await chat.StartConversationAsync(new StartConversationCommand { Type = "ticket", Subject = "customer-of-ours" }, Token);
        Assert.Null(started.Error);
        string conversationId = started.ConversationId!;
        FormRequestResult asked = await chat.RequestFormAsync(Ask(conversationId), Token);
        Assert.Equal((null, true), (asked.Error, asked.IsNew));
        Assert.StartsWith($"/chat/form#{conversationId}.{asked.RequestId}.", asked.LinkPath, StringComparison.Ordinal);
        using FormClient form = Follow(host, asked.LinkPath!);
        JsonNode view = (await form.ViewAsync(Token)).Ok();
        (await form.ActAsync("open", Token)).Ok();
        JsonNode receipt = (await form.SubmitAsync(view, Scenario.CardFields(), Token)).Ok();

        // The agent finds the conversation in the list like any other.
        JsonNode listed = (await agent.GetAsync("chat/agent/conversations", Token)).Ok();
        Assert.Equal((conversationId, "ticket"), (listed["conversations"]![0]!["id"]!.GetValue<string>(), listed["conversations"]![0]!["type"]!.GetValue<string>()));
        (await agent.AssignAsync(conversationId, Token)).Ok();
        var card = new SubmittedCard(conversationId, asked.RequestId!, Scenario.Ids(receipt));
        using var browser = new ClaimingBrowser();
        await agent.StepUpAsync(card, browser);
        Assert.Contains(Scenario.Card, AgentClient.Open((await agent.RevealAsync(card, browser)).Ok(), conversationId, asked.RequestId!, browser).Values);
        (await agent.AcknowledgeAsync(conversationId, asked.RequestId!, browser, Token)).Ok();
        FormStatus status = (await chat.GetFormAsync(conversationId, asked.RequestId!, Token))!;
        Assert.All(status.Values, static value => Assert.Equal(DestroyReason.Viewed, value.DestroyReason));

        AuditEntry begun = Assert.Single(
            await host.App.Services.GetRequiredService<AuditLog>().ListAsync(0, 1000, Token), static entry => entry.Action == AuditAction.ConversationStarted);
        Assert.Equal(ParticipantRole.Application, begun.Actor);
        Assert.True(await chat.CloseConversationAsync(conversationId, Token));
    }

    [Fact]
    public async Task Of_a_subject_only_a_keyed_hash_is_kept_the_same_for_all_conversations_of_one_person()
    {
        using var folder = new TempFolder();
        const string Subject = "erika.mustermann@example.com";
        var references = new List<string?>();
        await using (RunningHost host = await RunningHost.StartAsync(folder: folder.Path))
        {
            ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
            Conversations conversations = host.App.Services.GetRequiredService<Conversations>();
            foreach (string? subject in new[] { Subject, Subject, "somebody else", null })
            {
                string id = (await chat.StartConversationAsync(new StartConversationCommand { Subject = subject }, Token)).ConversationId!;
                references.Add((await conversations.FindAsync(id, Token))!.SubjectRef);
            }
        }

        Assert.Equal(references[0], references[1]);
        Assert.NotNull(references[2]);
        Assert.NotEqual(references[0], references[2]);
        Assert.Null(references[3]);
        string[] files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories);
        Assert.All(files, static file => Assert.Empty(ByteHunt.Find(File.ReadAllBytes(file), Subject)));
        Assert.True(files.Length > 3, $"{files.Length} files");
    }

    [Fact]
    public async Task E16_E20_A_second_link_is_to_the_same_request_and_the_first_one_opens_nothing_any_more()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        string conversationId = (await chat.StartConversationAsync(new StartConversationCommand(), Token)).ConversationId!;

        FormRequestResult first = await chat.RequestFormAsync(Ask(conversationId), Token);
        FormRequestResult second = await chat.RequestFormAsync(Ask(conversationId), Token);

        Assert.Equal((first.RequestId, false), (second.RequestId, second.IsNew));
        using FormClient old = Follow(host, first.LinkPath!);
        Assert.Equal("SC6026", (await old.ViewAsync(Token)).Code);
        using FormClient form = Follow(host, second.LinkPath!);
        (await form.ViewAsync(Token)).Ok();

        // Asking without a link takes nothing from who has one.
        FormRequestResult plain = await chat.RequestFormAsync(new RequestFormCommand { ConversationId = conversationId, FormKey = "card-payment" }, Token);
        Assert.Equal((first.RequestId, null), (plain.RequestId, plain.LinkPath));
        (await form.ActAsync("decline", Token)).Ok();
        Assert.True((await chat.RequestFormAsync(Ask(conversationId), Token)).IsNew);
    }

    [Fact]
    public async Task The_link_names_the_prefix_that_was_mapped_first_with_everything_the_host_put_in_front_of_it()
    {
        await using RunningHost host = await RunningHost.StartAsync(static folder => new TestHostOptions
        {
            Folder = folder,
            PathBase = "/app",
            Prefix = "/second",
            Pipeline = static app => app.MapGroup("/customers").MapSecureChat("/first"),
        });
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        string conversationId = (await chat.StartConversationAsync(new StartConversationCommand(), Token)).ConversationId!;

        string link = (await chat.RequestFormAsync(Ask(conversationId), Token)).LinkPath!;

        Assert.StartsWith("/customers/first/form#", link, StringComparison.Ordinal);
        foreach ((string root, string prefix) in new[] { ("", "customers/first"), ("app/", "customers/first"), ("", "second") })
        {
            using var form = new FormClient(new Uri(host.Root, root), link.Split('#')[1], prefix);
            (await form.ViewAsync(Token)).Ok();
        }
    }

    [Theory]
    [InlineData("4242424242424242", null)]
    [InlineData("a-4242-4242", null)]
    [InlineData("Chat", null)]
    [InlineData("", null)]
    [InlineData(null, "")]
    public async Task What_cannot_be_a_type_or_a_subject_starts_nothing(string? type, string? subject)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        StoreSnapshot before = StoreSnapshot.Of(host.Folder, withEvidence: true);

        StartConversationResult refused = await chat.StartConversationAsync(new StartConversationCommand { Type = type, Subject = subject }, Token);
        Assert.Equal(("SC6001", null), (refused.Error?.Code, refused.ConversationId));
        refused = await chat.StartConversationAsync(new StartConversationCommand { Subject = new string('s', 1025) }, Token);
        Assert.Equal("SC6001", refused.Error?.Code);
        Assert.Empty(before.ChangesTo(StoreSnapshot.Of(host.Folder, withEvidence: true)));
    }

    [Fact]
    public async Task Where_there_is_nothing_to_link_to_there_is_a_refusal_and_no_link()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        ISecureChat chat = host.App.Services.GetRequiredService<ISecureChat>();
        string conversationId = (await chat.StartConversationAsync(new StartConversationCommand(), Token)).ConversationId!;
        Assert.True(await chat.CloseConversationAsync(conversationId, Token));

        foreach ((RequestFormCommand command, string code) in new[]
        {
            (Ask(conversationId), "SC6011"), (Ask(SecureChatId.New()), "SC6005"), (Ask("no id"), "SC6005"),
            (new RequestFormCommand { ConversationId = conversationId, FormKey = "no-form", WithLink = true }, "SC6005"),
        })
        {
            FormRequestResult refused = await chat.RequestFormAsync(command, Token);
            Assert.Equal((code, null, null), (refused.Error?.Code, refused.RequestId, refused.LinkPath));
        }
    }

    [Fact]
    public void A_host_that_mapped_nothing_is_told_so_and_no_form_is_taken_from_anybody()
    {
        using ServiceProvider services = new ServiceCollection().AddLogging().AddRouting().AddSingleton<FormLinks>().BuildServiceProvider();
        SecureChatConfigurationException fault = Assert.Throws<SecureChatConfigurationException>(() => services.GetRequiredService<FormLinks>().Path());
        Assert.Equal("SC1012", fault.Error.Code);
    }

    private static RequestFormCommand Ask(string conversationId) => new() { ConversationId = conversationId, FormKey = "card-payment", WithLink = true };

    /// <summary>What the hosted form does with a link: the token is what stands behind the sign.</summary>
    private static FormClient Follow(RunningHost host, string link) => new(host.Root, link.Split('#')[1]);
}
