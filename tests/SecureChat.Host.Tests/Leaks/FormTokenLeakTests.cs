using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>
/// Tokens of forms go down every call that takes one, right and wrong, on a host that logs all it can. Afterwards they stand in the one
/// answer that gave them and nowhere else: no file, no log, no telemetry, no frame (E43).
/// </summary>
public sealed class FormTokenLeakTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task E43_A_form_token_stands_in_the_answer_that_gave_it_and_nowhere_else()
    {
        await using LeakHost host = await LeakHost.StartAsync(new Planted(codes: 1));
        (Dictionary<string, string[]> secrets, int calls) = await PlayAsync(host);
        Evidence evidence = await host.CollectAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{calls} calls with {secrets.Count} tokens, {host.Logs.Count} log texts, {host.Telemetry.Count} telemetry texts, {evidence.Places} places with {evidence.Bytes:N0} bytes");

        Assert.Empty(evidence.Find(secrets, static place => place != "answers to the visitor"));

        // What was hunted is what was given: the visitor's own answers have it.
        Assert.All(["first", "second"], name => Assert.Contains(
            evidence.Find(secrets), hit => hit.StartsWith($"answers to the visitor: {name}", StringComparison.Ordinal)));
        Assert.True(host.Logs.Count > 200 && calls > 20, $"{host.Logs.Count} log texts, {calls} calls");
    }

    [Fact]
    public async Task Saboteur_a_host_that_logs_the_header_or_answers_with_it_is_found()
    {
        await using LeakHost host = await LeakHost.StartAsync(new Planted(codes: 1), pipeline: static app => app.Use(static async (context, next) =>
        {
            #pragma warning disable CA1848, CA1873, CA2254 // How careless code logs.
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Careless").LogInformation($"called with {context.Request.Headers.Authorization}");
            #pragma warning restore CA1848, CA1873, CA2254
            if (context.Request.Path.StartsWithSegments("/chat/forms"))
            {
                context.Response.Headers["X-Echo"] = context.Request.Headers.Authorization;
            }

            await next(context);
        }));
        (Dictionary<string, string[]> secrets, _) = await PlayAsync(host);
        Evidence evidence = await host.CollectAsync();

        IReadOnlyList<string> hits = evidence.Find(secrets, static place => place != "answers to the visitor");
        Assert.Contains(hits, static hit => hit.StartsWith("log: second", StringComparison.Ordinal));
        Assert.Contains(hits, static hit => hit.StartsWith("headers to the form: second", StringComparison.Ordinal));
    }

    /// <summary>Everything a token can be used for, by who has it, who had it and who has half of it.</summary>
    private static async Task<(Dictionary<string, string[]> Secrets, int Calls)> PlayAsync(LeakHost host)
    {
        VisitorClient visitor = host.Visitor();
        AgentClient agent = host.Agent("ada");
        await visitor.StartAsync(Token);
        (await agent.AssignAsync(visitor.ConversationId, Token)).Ok();
        host.Keep("ada", await agent.JoinAsync(visitor.ConversationId, Token));
        string requestId = await agent.RequestFormAsync(visitor.ConversationId, "card-payment", Token);
        string first = (await visitor.ActAsync(requestId, "token", Token)).Ok()["token"]!.GetValue<string>();
        string second = (await visitor.ActAsync(requestId, "token", Token)).Ok()["token"]!.GetValue<string>();
        FormRequestResult linked = await host.Services.GetRequiredService<ISecureChat>().RequestFormAsync(
            new RequestFormCommand { ConversationId = visitor.ConversationId, FormKey = "identity", WithLink = true }, Token);
        string link = linked.LinkPath!.Split('#')[1];
        Assert.DoesNotContain(link, $"{linked}", StringComparison.Ordinal);

        FormClient former = host.Form(first);
        FormClient form = host.Form(second);
        FormClient hosted = host.Form(link);
        FormClient crossed = host.Form($"{visitor.ConversationId}.{requestId}.{link.Split('.')[2]}");
        int calls = 0;
        JsonNode view = Counted(await form.ViewAsync(Token)).Ok();
        foreach (FormClient client in new[] { former, crossed, form, hosted })
        {
            foreach (string action in new[] { "open", "extend" })
            {
                Counted(await client.ActAsync(action, Token));
            }

            Counted(await client.ViewAsync(Token));
            Counted(await client.PostAsync("chat/forms/current/submit", "no json", Token));
            Counted(await client.SendAsync(HttpMethod.Delete, "chat/forms/current", null, Token));
            Counted(await client.GetAsync("chat/forms/nothing", Token));
            Counted(await client.GetAsync($"chat/visitor/conversations/{visitor.ConversationId}", Token));
        }

        host.Faults.Arm("replace", "form");
        Assert.Equal(503, Counted(await form.ActAsync("extend", Token)).Status);
        host.Faults.Arm("get", "form");
        Assert.Equal(503, Counted(await form.ViewAsync(Token)).Status);
        host.Faults.Arm(null);
        Counted(await form.SubmitAsync(view, Scenario.CardFields(), Token)).Ok();
        Counted(await hosted.ActAsync("decline", Token)).Ok();
        return (
            new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["first"] = [first.Split('.')[2]], ["second"] = [second.Split('.')[2]], ["link"] = [link.Split('.')[2]],
            },
            calls);

        Answer Counted(Answer answer)
        {
            calls++;
            return answer;
        }
    }
}
