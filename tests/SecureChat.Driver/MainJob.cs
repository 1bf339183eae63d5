using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>
/// The main job against a running sample, from another process, step by step in words: a visitor chats, an agent asks for a card,
/// the visitor consents and submits, the agent steps up and sees it once, it is destroyed, and the files prove it.
/// </summary>
public static class MainJob
{
    private const string Card = "4242424242424242";
    private const string Typed = "5555 5555 5555 4444";

    /// <summary>Against a sample with accounts.</summary>
    public static Task<int> RunAsync(Uri root, string setupToken, string dataFolder, TextWriter output, CancellationToken cancellationToken) =>
        RunAsync(root, agent => SetUpAsync(agent, setupToken, output, cancellationToken), dataFolder, output, cancellationToken);

    /// <summary>Against a new app in Development that has no accounts yet.</summary>
    public static Task<int> RunInDevelopmentAsync(Uri root, string signInToken, TextWriter output, CancellationToken cancellationToken) =>
        RunAsync(
            root,
            async agent =>
            {
                output.WriteLine("1. A developer signs in as an agent by the link that the host printed.");
                Expect(await agent.SignInInDevelopmentAsync(signInToken, cancellationToken), 204);
                return static () => "000000";
            },
            dataFolder: null,
            output,
            cancellationToken);

    /// <summary>Against the app with its own accounts and chat: through the widget on its pages, then from its own chat.</summary>
    public static async Task<int> RunInExistingAppAsync(
        Uri root, string customerPassword, string clerkPassword, string authenticatorKey, string dataFolder, TextWriter output, CancellationToken cancellationToken)
    {
        Task SignInAsync(ChatClient who, string name, string password) => ExpectSignInAsync(who.PostAsync("account/signin", new { name, password }, cancellationToken));
        static async Task ExpectSignInAsync(Task<Answer> answer) => Expect(await answer, 200);

        int widget = await RunAsync(
            root,
            async agent =>
            {
                output.WriteLine("1. A clerk signs in as always.");
                await SignInAsync(agent, "cleo", clerkPassword);
                return () => Authenticator.Code(authenticatorKey, DateTimeOffset.UtcNow);
            },
            dataFolder,
            output,
            cancellationToken);
        if (widget != 0)
        {
            return widget;
        }

        output.WriteLine("8. In the app's own chat a customer writes a card number.");
        using var customer = new ChatClient(root);
        using var clerk = new AgentClient(root);
        await SignInAsync(customer, "carla", customerPassword);
        await SignInAsync(clerk, "cleo", clerkPassword);
        await using HubClient customerScreen = await HubClient.ConnectAsync(new Uri(customer.Root, "support"), customer.Cookie, cancellationToken);
        await using HubClient clerkScreen = await HubClient.ConnectAsync(new Uri(clerk.Root, "support"), clerk.Cookie, cancellationToken);
        await customerScreen.InvokeAsync("Say", ["carla", $"my card is {Typed}"], cancellationToken);
        JsonObject said = await clerkScreen.WaitForAsync("the customer's message", frame => frame["target"]?.GetValue<string>() == "said", TimeSpan.FromSeconds(10), cancellationToken);
        output.WriteLine($"   The clerk reads: {said["arguments"]![0]!["text"]}");
        Require(said["arguments"]![0]!["text"]!.GetValue<string>() == "my card is •••• •••• •••• 4444", "the app's own chat masks");

        output.WriteLine("9. The clerk asks for a card; the customer opens the link in that chat, consents and submits.");
        await clerkScreen.InvokeAsync("AskForCard", ["carla"], cancellationToken);
        JsonObject asked = await customerScreen.WaitForAsync("the link to the form", frame => frame["target"]?.GetValue<string>() == "form", TimeSpan.FromSeconds(10), cancellationToken);
        Require(!clerkScreen.Frames.Any(frame => frame.Contains("\"form\"", StringComparison.Ordinal)), "the customer alone gets the link");
        string[] link = asked["arguments"]![0]!.GetValue<string>().Split('#');
        Expect(await customer.GetAsync(link[0], cancellationToken), 200);
        using var form = new FormClient(root, link[1]);
        JsonNode view = (await form.ViewAsync(cancellationToken)).Ok();
        string requestId = view["form"]!["requestId"]!.GetValue<string>();
        (await form.ActAsync("open", cancellationToken)).Ok();
        string expiry = DateTimeOffset.UtcNow.AddYears(2).ToString("MM/yy", CultureInfo.InvariantCulture);
        (await form.SubmitAsync(view, new Dictionary<string, string> { ["pan"] = Card, ["exp"] = expiry, ["cvc"] = "737" }, cancellationToken)).Ok();

        JsonNode waiting = (await clerk.GetAsync("chat/agent/conversations", cancellationToken)).Ok()["conversations"]!.AsArray().Last(conversation => conversation!["assignedTo"] is null)!;
        string conversationId = waiting["id"]!.GetValue<string>();
        (await clerk.AssignAsync(conversationId, cancellationToken)).Ok();
        using var browser = new ClaimingBrowser();

        // The code of this half minute opened the values before; the next one did not, and the app takes a neighbour.
        (await clerk.StepUpAsync(conversationId, requestId, browser, Authenticator.Code(authenticatorKey, DateTimeOffset.UtcNow, stepOffset: 1), cancellationToken)).Ok();
        JsonNode reveal = (await clerk.RevealAsync(conversationId, requestId, browser, await clerk.ValueIdsAsync(conversationId, requestId, cancellationToken), cancellationToken)).Ok();
        Dictionary<string, string> opened = AgentClient.Open(reveal, conversationId, requestId, browser);
        output.WriteLine($"10. In the console the clerk sees it once: {string.Join(", ", opened.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Require(opened["pan"] == Card && opened["cvc"] == "737", "the values are what was submitted");
        JsonNode done = (await clerk.AcknowledgeAsync(conversationId, requestId, browser, cancellationToken)).Ok();
        Require(done["values"]!.AsArray().All(value => value!["deletedAt"] is not null), "every value is deleted");
        await HuntAsync(dataFolder, output, cancellationToken);
        output.WriteLine("Done: asked for in the app's own chat, seen once, and gone.");
        return 0;
    }

    /// <summary>Makes the first account and signs it in. Answers what gives the code of the second factor.</summary>
    private static async Task<Func<string>> SetUpAsync(AgentClient agent, string setupToken, TextWriter output, CancellationToken cancellationToken)
    {
        output.WriteLine("1. The first agent sets up an account from the one-time link: password and authenticator app.");
        JsonNode setup = (await agent.PostAsync("setup", new { token = setupToken, email = "ada@example.com", password = "correct horse battery" }, cancellationToken)).Ok();
        string secret = setup["secret"]!.GetValue<string>();

        // Each code is good once, and one step either side of now is taken: the last one confirms, this one signs in, the next one reveals.
        string last = Authenticator.Code(secret, DateTimeOffset.UtcNow, stepOffset: -1);
        if ((await agent.PostAsync("setup/confirm", new { code = last }, cancellationToken)).Status != 204)
        {
            // The half minute ended on the way.
            last = Authenticator.Code(secret, DateTimeOffset.UtcNow, stepOffset: -1);
            Expect(await agent.PostAsync("setup/confirm", new { code = last }, cancellationToken), 204);
        }

        Expect(await SignInAsync(last), 401);
        Expect(await SignInAsync(Authenticator.Code(secret, DateTimeOffset.UtcNow)), 204);
        return () => Authenticator.Code(secret, DateTimeOffset.UtcNow, stepOffset: 1);

        Task<Answer> SignInAsync(string code) =>
            agent.PostAsync("account/login", new { email = "ada@example.com", password = "correct horse battery", code }, cancellationToken);
    }

    private static async Task<int> RunAsync(
        Uri root, Func<AgentClient, Task<Func<string>>> signInAsync, string? dataFolder, TextWriter output, CancellationToken cancellationToken)
    {
        void Say(string text) => output.WriteLine(text);

        using var agent = new AgentClient(root);
        Func<string> code = await signInAsync(agent);
        using var visitor = new VisitorClient(root);
        await visitor.StartAsync(cancellationToken);
        await using HubClient visitorScreen = await visitor.JoinAsync(cancellationToken);
        Say($"2. A visitor starts a conversation ({visitor.ConversationId}) and types a card number into the chat.");
        JsonNode masked = (await visitor.SayAsync($"Hello, my card is {Typed}, please charge it", cancellationToken)).Ok();
        Say($"   The visitor's own bubble:  {masked["text"]}");
        Require(!masked.ToJsonString().Contains("5555 5555", StringComparison.Ordinal), "the number was masked");

        (await agent.AssignAsync(visitor.ConversationId, cancellationToken)).Ok();
        await using HubClient agentScreen = await agent.JoinAsync(visitor.ConversationId, cancellationToken);
        JsonObject seen = await agentScreen.WaitForAsync("the visitor's message", frame => frame.ToJsonString().Contains("Hello, my card is", StringComparison.Ordinal), TimeSpan.FromSeconds(10), cancellationToken);
        Require(!seen.ToJsonString().Contains("5555 5555", StringComparison.Ordinal), "the agent saw masked text");

        Say("3. The agent asks for the card with a secure form; the visitor reads purpose and notice, consents and submits.");
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", cancellationToken);
        await visitorScreen.WaitForAsync("the form", frame => frame.ToJsonString().Contains(requestId, StringComparison.Ordinal), TimeSpan.FromSeconds(10), cancellationToken);
        JsonNode view = (await visitor.ViewFormAsync(requestId, cancellationToken)).Ok();
        Say($"   Purpose: {view["definition"]!["purpose"]}. Notice {view["notice"]!["key"]} version {view["notice"]!["version"]}.");
        (await visitor.ActAsync(requestId, "open", cancellationToken)).Ok();
        string expiry = DateTimeOffset.UtcNow.AddYears(2).ToString("MM/yy", CultureInfo.InvariantCulture);
        JsonNode card = (await visitor.SubmitAsync(
            requestId, new Dictionary<string, string> { ["pan"] = Card, ["exp"] = expiry, ["cvc"] = "737" }, cancellationToken)).Ok();
        foreach (JsonNode? value in card["values"]!.AsArray())
        {
            Say($"   In the transcript: {value!["label"]}  {value["preview"]}  ({value["state"]})");
        }

        string[] ids = [.. card["values"]!.AsArray().Select(value => value!["valueId"]!.GetValue<string>())];
        using var browser = new ClaimingBrowser();
        Answer early = await agent.RevealAsync(visitor.ConversationId, requestId, browser, ids, cancellationToken);
        Say($"4. The agent asks to see it without a second factor: {early.Status} {early.Code}, {early.Headers.GetValueOrDefault("WWW-Authenticate")}");
        Require(early.Status == 401, "a reveal without step-up is refused");

        (await agent.StepUpAsync(visitor.ConversationId, requestId, browser, code(), cancellationToken)).Ok();
        JsonNode reveal = (await agent.RevealAsync(visitor.ConversationId, requestId, browser, ids, cancellationToken)).Ok();
        Dictionary<string, string> opened = AgentClient.Open(reveal, visitor.ConversationId, requestId, browser);
        Say($"5. After the step-up the claiming browser decrypts: {string.Join(", ", opened.Select(pair => $"{pair.Key} {pair.Value}"))}");
        Require(opened["pan"] == Card && opened["cvc"] == "737", "the values are what was submitted");

        JsonNode again = (await agent.RevealAsync(visitor.ConversationId, requestId, browser, ids, cancellationToken)).Ok();
        Say($"   A reload of the same browser inside the window gets {string.Join(", ", AgentClient.Open(again, visitor.ConversationId, requestId, browser).Keys)}; the security code was delivered once.");
        using var other = new ClaimingBrowser();
        Answer second = await agent.RevealAsync(visitor.ConversationId, requestId, other, ids, cancellationToken);
        Say($"   A second browser of the same agent gets {second.Status} {second.Code}.");
        Require(second.Status == 409, "a second browser is refused");

        JsonNode done = (await agent.AcknowledgeAsync(visitor.ConversationId, requestId, browser, cancellationToken)).Ok();
        await visitorScreen.WaitForAsync(
            "\"deleted\" on the visitor's screen",
            frame => frame["arguments"]?.AsArray().Any(argument => argument?["form"]?["values"]?.AsArray().All(value => value?["deletedAt"] is not null) == true) == true,
            TimeSpan.FromSeconds(20),
            cancellationToken);
        Say("6. The agent closes it. What the visitor reads:");
        foreach (JsonNode? value in done["values"]!.AsArray())
        {
            Say($"   {value!["label"]}: opened by: {value["openedByRole"]}, at {value["openedAt"]}, deleted at {value["deletedAt"]} ({value["reason"]})");
            Require(value["deletedAt"] is not null, "every value is deleted");
        }

        if (dataFolder is null)
        {
            Say("Done: seen once, by one browser, and gone.");
            return 0;
        }

        Say("7. What the host stored, searched for the two card numbers in clear, UTF-16, base64 and hexadecimal:");
        await HuntAsync(dataFolder, output, cancellationToken);
        Say("Done: seen once, by one browser, and gone.");
        return 0;
    }

    /// <summary>Searches every file for the card numbers.</summary>
    private static async Task HuntAsync(string dataFolder, TextWriter output, CancellationToken cancellationToken)
    {
        int found = 0;
        foreach (string file in Directory.EnumerateFiles(dataFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] bytes = await ReadSharedAsync(file, cancellationToken);
            int hits = ByteHunt.Find(bytes, Card, Typed.Replace(" ", "", StringComparison.Ordinal), Typed).Count;
            found += hits;
            output.WriteLine($"   {Path.GetRelativePath(dataFolder, file),-40} {bytes.Length,10:N0} bytes  {(hits == 0 ? "nothing" : $"{hits} HITS")}");
        }

        Require(found == 0, "no file holds a card number");
    }

    /// <summary>A file that a server holds open.</summary>
    private static async Task<byte[]> ReadSharedAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private static void Expect(Answer answer, int status) => Require(answer.Status == status, $"the server answers {status} (it said {answer.Status}: {answer.Text})");

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"This should hold and does not: {what}.");
        }
    }
}
