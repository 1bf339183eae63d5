using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Authorisation;

/// <summary>One host with something of every state in it, and a client for every kind of caller.</summary>
internal sealed class MatrixWorld : IAsyncDisposable
{
    public const string AgentId = "ada";

    private readonly ConcurrentDictionary<string, Subject> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<Caller, ChatClient> _clients = [];
    private readonly AgentClient _ada;
    private readonly ConcurrentDictionary<string, bool> _revoked;

    private MatrixWorld(RunningHost host, ConcurrentDictionary<string, bool> revoked)
    {
        Host = host;
        _ada = host.Agent(AgentId, "s1", "Agent");
        _revoked = revoked;
        foreach (Caller caller in AuthorisationTable.Callers)
        {
            _clients[caller] = Client(caller);
        }
    }

    public RunningHost Host { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="change">What a saboteur changes.</param>
    /// <param name="pipeline">Runs before SecureChat's own middleware.</param>
    /// <param name="environment">The host's environment.</param>
    public static async Task<MatrixWorld> StartAsync(Action<ISecureChatBuilder>? change = null, Action<WebApplication>? pipeline = null, string environment = "Production")
    {
        var revoked = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        RunningHost host = await RunningHost.StartAsync(folder => new TestHostOptions
        {
            Folder = folder,
            Environment = environment,

            // Nothing but the calls may write while rows are compared.
            Configure = static options =>
            {
                options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5);

                // Nor may anything end while a slow machine works through the table.
                options.Lifetimes.FormOpen = TimeSpan.FromHours(2);
                options.Lifetimes.UnopenedValue = TimeSpan.FromHours(2);
                options.Lifetimes.AuthenticationData = TimeSpan.FromMinutes(15);
                options.Lifetimes.ViewingWindow = TimeSpan.FromMinutes(10);
            },
            Pipeline = app =>
            {
                app.Use(OwnAddress());
                pipeline?.Invoke(app);
            },
            After = chat =>
            {
                chat.Services.Configure<AuthorizationOptions>(options => LivePolicies(options, revoked));
                chat.Services.Replace(ServiceDescriptor.Singleton(Web.WebHost.MadeUp()));
                change?.Invoke(chat);
            },
        });
        return new MatrixWorld(host, revoked);
    }

    /// <summary>Takes every role from an agent, as a host does whose policies ask a database.</summary>
    public IDisposable Revoke(params string[] agentIds)
    {
        Array.ForEach(agentIds, id => _revoked[id] = true);
        return new Undo(() => Array.ForEach(agentIds, id => _revoked.TryRemove(id, out _)));
    }

    /// <summary>Methods and patterns of our endpoints as the host routes them, behind the prefix.</summary>
    public IReadOnlyList<(string Key, SecureChatPart Part)> Endpoints() =>
    [
        .. ((IEndpointRouteBuilder)Host.App).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<SecureChatPartMetadata>() is not null)
            .SelectMany(static endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["*"]).Select(method => (
                $"{method} {endpoint.RoutePattern.RawText!.Trim('/')["chat/".Length..]}",
                endpoint.Metadata.GetMetadata<SecureChatPartMetadata>()!.Part))),
    ];

    /// <summary>What calls that must change nothing are about: made once.</summary>
    public async Task<Subject> SharedAsync(string state)
    {
        if (!_shared.TryGetValue(state, out Subject? subject))
        {
            subject = _shared[state] = await MakeAsync(state);
        }

        return subject;
    }

    /// <summary>Makes what a call is about, anew.</summary>
    public async Task<Subject> MakeAsync(string state)
    {
        switch (state)
        {
            case "any" or "handshake":
                return new Subject();
            case "unknown":
                return (await SharedAsync("open")) with { ConversationId = SecureChatId.New(), RequestId = SecureChatId.New() };
            case "malformed":
                Subject open = await SharedAsync("open");
                return open with { ConversationId = "no-id", RequestId = "no-id", OwnConversationId = open.ConversationId };
            case "absent":
                return (await MakeAsync("open")) with { RequestId = SecureChatId.New() };
            case "crossed":
                Subject other = await SharedAsync("submitted");
                return (await MakeAsync("open")) with { RequestId = other.RequestId, FormSecret = other.FormSecret, ValueIds = other.ValueIds };
        }

        using VisitorClient visitor = Host.Visitor();
        await visitor.StartAsync(Token);
        var subject = new Subject { ConversationId = visitor.ConversationId, Token = visitor.Token, RequestId = SecureChatId.New() };
        if (state == "unassigned")
        {
            return subject;
        }

        if (state == "waiting")
        {
            FormRequestResult waiting = await Host.App.Services.GetRequiredService<ISecureChat>().RequestFormAsync(
                new RequestFormCommand { ConversationId = subject.ConversationId, FormKey = "card-payment" }, Token);
            return await GrantedAsync(visitor, subject with { RequestId = waiting.RequestId! });
        }

        (await _ada.AssignAsync(subject.ConversationId, Token)).Ok();
        if (state == "open")
        {
            return subject;
        }

        subject = await GrantedAsync(visitor, subject with { RequestId = await _ada.RequestFormAsync(subject.ConversationId, "card-payment", Token) });
        if (state == "requested")
        {
            return subject;
        }

        JsonNode card = (await visitor.SubmitAsync(subject.RequestId, Scenario.CardFields(), Token)).Ok();
        subject = subject with { ValueIds = Scenario.Ids(card) };
        if (state == "submitted")
        {
            return subject;
        }

        if (state == "closed")
        {
            (await _ada.PostAsync($"chat/agent/conversations/{subject.ConversationId}/close", new { }, Token)).Ok();
            return subject;
        }

        var submitted = new SubmittedCard(subject.ConversationId, subject.RequestId, subject.ValueIds);
        await _ada.StepUpAsync(submitted, subject.Browser);
        if (state == "stepped")
        {
            return subject;
        }

        (await _ada.RevealAsync(submitted, subject.Browser)).Ok();
        if (state == "opened")
        {
            return subject;
        }

        (await _ada.AcknowledgeAsync(subject.ConversationId, subject.RequestId, subject.Browser, Token)).Ok();
        return state == "gone" ? subject : throw new InvalidOperationException($"There is no state {state}.");
    }

    /// <summary>Calls an endpoint as somebody, with a body that leaves nothing to object to but who asks and what about.</summary>
    public Task<Answer> CallAsync(string endpoint, Subject subject, Caller caller, Action<HttpRequestMessage>? change = null, string? method = null)
    {
        string[] words = endpoint.Split(' ');

        // A malformed id stands at the end of the path where there are two.
        bool hasRequest = words[1].Contains("{requestId}", StringComparison.Ordinal);
        string conversationId = hasRequest ? subject.OwnConversationId ?? subject.ConversationId : subject.ConversationId;
        string path = "chat/" + words[1]
            .Replace("{id}", conversationId, StringComparison.Ordinal)
            .Replace("{conversationId}", conversationId, StringComparison.Ordinal)
            .Replace("{requestId}", subject.RequestId, StringComparison.Ordinal);
        return _clients[caller].SendAsync(new HttpMethod(method ?? (words[0] == "*" ? "GET" : words[0])), path, Body(words[1], subject), Token, request =>
        {
            string? bearer = words[1].StartsWith("forms/", StringComparison.Ordinal) ? FormTokenOf(caller, subject) : TokenOf(caller, subject);
            request.Headers.Authorization = bearer is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
            change?.Invoke(request);
        });
    }

    /// <summary>A connection of somebody to the hub, not joined.</summary>
    public Task<HubClient> ConnectAsync(Caller caller, string? origin = null) => HubClient.ConnectAsync(
        _clients[caller].Hub,
        CookieOf(caller),
        Token,
        options =>
        {
            if (origin is not null)
            {
                options.SetRequestHeader("Origin", origin);
            }
        });

    /// <summary>Sends a request without a header that every client of ours sends.</summary>
    public static void Without(HttpRequestMessage request, string header) => request.Options.Set(new HttpRequestOptionsKey<string>("without"), header);

    public string? TokenOf(Caller caller, Subject subject) => caller switch
    {
        Caller.Visitor => subject.Token,
        Caller.OtherVisitor => _shared.GetOrAdd("stranger", _ => throw new InvalidOperationException("The stranger has no conversation yet.")).Token,
        _ => null,
    };

    /// <summary>Who knows the ids and has a secret: the form's own, or, for the other visitor, the one of another form.</summary>
    private string? FormTokenOf(Caller caller, Subject subject) => caller switch
    {
        Caller.Visitor => $"{subject.ConversationId}.{subject.RequestId}.{subject.FormSecret ?? new string('A', 43)}",
        Caller.OtherVisitor => $"{subject.ConversationId}.{subject.RequestId}.{_shared["stranger"].FormSecret}",
        _ => null,
    };

    private static async Task<Subject> GrantedAsync(VisitorClient visitor, Subject subject) =>
        subject with { FormSecret = (await visitor.ActAsync(subject.RequestId, "token", Token)).Ok()["token"]!.GetValue<string>().Split('.')[2] };

    /// <summary>Gives the other visitor a conversation of their own.</summary>
    public async Task MakeStrangerAsync() => _shared["stranger"] = await MakeAsync("waiting");

    /// <summary>The newest entries of the audit log, behind a sequence.</summary>
    public async Task<IReadOnlyList<AuditEntry>> AuditAfterAsync(long sequence) =>
        await Host.App.Services.GetRequiredService<AuditLog>().ListAsync(sequence, 1000, Token);

    public async Task<long> AuditHeadAsync() => (await Host.App.Services.GetRequiredService<AuditLog>().ReadHeadAsync(Token)).Sequence;

    public async ValueTask DisposeAsync()
    {
        foreach (ChatClient client in _clients.Values)
        {
            client.Dispose();
        }

        _ada.Dispose();
        foreach (Subject subject in _shared.Values)
        {
            subject.Browser.Dispose();
        }

        await Host.DisposeAsync();
    }

    /// <summary>Every request from an address of its own on loopback, so that the limits per address do not answer in place of the rules.</summary>
    private static Func<HttpContext, RequestDelegate, Task> OwnAddress()
    {
        int number = 0;
        return (context, next) =>
        {
            int mine = Interlocked.Increment(ref number);
            context.Connection.RemoteIpAddress = new IPAddress([127, (byte)(1 + (mine >> 16)), (byte)(mine >> 8), (byte)mine]);
            return next(context);
        };
    }

    private static void LivePolicies(AuthorizationOptions options, ConcurrentDictionary<string, bool> revoked)
    {
        foreach (string role in new[] { "Agent", "Supervisor", "PrivacyOfficer", "Auditor" })
        {
            options.AddPolicy($"SecureChat.{role}", policy => policy.RequireAssertion(context =>
                context.User.IsInRole(role) && !revoked.ContainsKey(context.User.FindFirstValue(ClaimTypes.NameIdentifier)!)));
        }
    }

    private static object? Body(string pattern, Subject subject) => pattern[(pattern.LastIndexOf('/') + 1)..] switch
    {
        "messages" => new { clientId = VisitorClient.NewId(), text = "hello" },
        "transfer" => new { agentId = "bob", agentName = "Bob" },
        "try" => new { text = "my card is 4242 4242 4242 4242" },
        "forms" => new { formKey = "card-payment" },
        "submit" => new
        {
            submissionId = VisitorClient.NewId(),
            consent = new
            {
                given = true,
                version = "1",
                language = "en",
                sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(TestApp.NoticeText))),
            },
            fields = Scenario.CardFields(),
        },
        "step-up" => new { claimId = subject.Browser.ClaimId, valueIds = subject.ValueIds.Length > 0 ? subject.ValueIds : [SecureChatId.New()], code = $"code-{VisitorClient.NewId()}" },
        "reveal" => new { claimId = subject.Browser.ClaimId, valueIds = subject.ValueIds.Length > 0 ? subject.ValueIds : [SecureChatId.New()], publicKey = subject.Browser.PublicKey, reason = "Charge the order" },
        "acknowledge" => new { claimId = subject.Browser.ClaimId },
        _ => new { },
    };

    private static string? CookieOf(Caller caller) => caller switch
    {
        Caller.Agent => CookieSignIn.Cookie(AgentId, "s1", "Agent"),
        Caller.UnassignedAgent => CookieSignIn.Cookie("bob", "s2", "Agent"),
        Caller.Supervisor => CookieSignIn.Cookie("sue", "s3", "Supervisor"),
        Caller.PrivacyOfficer => CookieSignIn.Cookie("pat", "s4", "PrivacyOfficer"),
        Caller.Auditor => CookieSignIn.Cookie("audrey", "s5", "Auditor"),
        _ => null,
    };

    private ChatClient Client(Caller caller)
    {
        var client = new ChatClient(Host.Root, "chat", new Bare(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }));
        if (CookieOf(caller) is { } cookie)
        {
            client.Headers.Add("Cookie", cookie);
        }

        return client;
    }

    /// <summary>Takes a header off after the client has put its own on.</summary>
    private sealed class Bare(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Options.TryGetValue(new HttpRequestOptionsKey<string>("without"), out string? header))
            {
                request.Headers.Remove(header);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Undo(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}

/// <summary>What a call is about.</summary>
internal sealed record Subject
{
    public string ConversationId { get; init; } = "";

    public string RequestId { get; init; } = "";

    /// <summary>For a malformed request id: a conversation that is there.</summary>
    public string? OwnConversationId { get; init; }

    /// <summary>The token of the conversation's visitor.</summary>
    public string? Token { get; init; }

    /// <summary>The secret of the form's token.</summary>
    public string? FormSecret { get; init; }

    public string[] ValueIds { get; init; } = [];

    public ClaimingBrowser Browser { get; init; } = new();
}
