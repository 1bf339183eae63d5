using System.Buffers;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using SecureChat;
using SecureChat.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps SecureChat's endpoints into a host.</summary>
public static class SecureChatEndpointRouteBuilderExtensions
{
    private static readonly SearchValues<char> NotInPrefix = SearchValues.Create("{}*?#%\\ ");

    /// <summary>Maps the visitor's, the agent's and the form's API, the hub and the assets under a prefix. May be called for several prefixes.</summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="prefix">Begins with <c>/</c>, has at least one segment and no parameters. Default <c>/chat</c>.</param>
    /// <returns>The parts, so that the host can put conventions on each.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is no prefix.</exception>
    /// <exception cref="SecureChatConfigurationException"><c>SC1012</c>: the host has no <c>AddSecureChat()</c>.</exception>
    public static SecureChatEndpoints MapSecureChat(this IEndpointRouteBuilder endpoints, string prefix = "/chat")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        SecureChatPipeline pipeline = endpoints.ServiceProvider.GetService<SecureChatPipeline>()
            ?? throw new SecureChatConfigurationException(SecureChatErrors.CallMissing, "(missing: builder.Services.AddSecureChat())");
        if (prefix is not { Length: >= 2 } || prefix[0] != '/' || prefix[^1] == '/' || prefix.Contains("//", StringComparison.Ordinal)
            || prefix.AsSpan().ContainsAny(NotInPrefix))
        {
            throw new ArgumentException("A prefix begins with /, does not end with / and has no route parameters, for example /chat.", nameof(prefix));
        }

        int earlier = pipeline.AddPrefix(prefix);
        RouteGroupBuilder root = endpoints.MapGroup(prefix);
        RouteGroupBuilder visitor = Part(root, "/visitor", SecureChatPart.Visitor, earlier);
        RouteGroupBuilder agent = Part(root, "/agent", SecureChatPart.Agent, earlier);
        RouteGroupBuilder hub = Part(root, "/hub", SecureChatPart.Hub, earlier);
        RouteGroupBuilder assets = Part(root, string.Empty, SecureChatPart.Assets, earlier);
        RouteGroupBuilder forms = Part(root, "/forms", SecureChatPart.Forms, earlier);

        // A host's fallback policy must not shut visitors out. The agent part carries no such exemption: conventions of the host
        // and its fallback policy come on top of ours.
        visitor.AllowAnonymous();
        Filter(visitor, static services => new VisitorWriteGuard(services.GetRequiredService<OriginRules>()));
        Finally(visitor, CrossOrigin.Accept);
        hub.AllowAnonymous();
        assets.AllowAnonymous();
        forms.AllowAnonymous();
        Filter(forms, static services => new FormWriteGuard(services.GetRequiredService<OriginRules>()));
        FormCrossOrigin.Apply(forms);
        Filter(agent, static services => new AgentWriteGuard(services.GetRequiredService<OriginRules>()));
        Filter(agent, static services => new AgentGate(
            services.GetRequiredService<IAuthorizationPolicyProvider>(), services.GetRequiredService<IOptions<SecureChatOptions>>()));

        // For a hub endpoint filters would come after the transport has answered; the handshake is checked before it.
        Finally(hub, static builder => Wrap(builder, static (context, inner) =>
            context.RequestServices.GetRequiredService<OriginRules>().AllowsHandshake(context)
                ? inner(context)
                : Problems.From(SecureChatErrors.OriginNotAllowed).ExecuteAsync(context)));

        foreach (PartEndpoints feature in endpoints.ServiceProvider.GetServices<PartEndpoints>())
        {
            feature.Map(feature.Part switch
            {
                SecureChatPart.Visitor => visitor,
                SecureChatPart.Agent => agent,
                SecureChatPart.Hub => hub,
                SecureChatPart.Forms => forms,
                _ => assets,
            });
        }

        return new SecureChatEndpoints(visitor, agent, hub, assets, forms);
    }

    private static RouteGroupBuilder Part(RouteGroupBuilder root, string pattern, SecureChatPart part, int earlier)
    {
        RouteGroupBuilder group = root.MapGroup(pattern);
        group.WithMetadata(new SecureChatPartMetadata(part));
        group.WithHttpLogging(RequestLogging.LoggedFields);

        // An API answers 401; it does not send a program to a sign-in page.
        group.DisableCookieRedirect();
        if (part is SecureChatPart.Visitor or SecureChatPart.Agent or SecureChatPart.Forms)
        {
            group.WithTags($"SecureChat {part.ToString().ToLowerInvariant()}");
            foreach (int status in new[] { 400, 401, 403, 404, 413, 415, 429, 503 })
            {
                group.ProducesProblem(status);
            }
        }

        // Conventions run when the host starts, after options are validated.
        ((IEndpointConventionBuilder)group).Add(builder => builder.Metadata.Add(new BodyLimit(
            builder.ApplicationServices.GetRequiredService<IOptions<SecureChatOptions>>().Value.Limits)));
        Finally(group, builder =>
        {
            // Names are unique in a host; those of a second prefix get its number.
            if (earlier > 0 && builder.Metadata.OfType<IEndpointNameMetadata>().LastOrDefault() is { } name)
            {
                builder.Metadata.Add(new EndpointNameMetadata($"{name.EndpointName}.{earlier + 1}"));
            }
        });

        // Fails closed: an endpoint of ours that is reached past the middleware (called too late, or in another branch) has no
        // security headers and no HTTPS rule, so it does not answer.
        Finally(group, static builder => Wrap(builder, static (context, inner) =>
        {
            if (context.Features.Get<SecureChatMiddleware.Passed>() is not null)
            {
                return inner(context);
            }

            WebLog.MiddlewareBypassed(context.RequestServices.GetRequiredService<ILogger<SecureChatMiddleware>>());
            return Problems.From(SecureChatErrors.Internal).ExecuteAsync(context);
        }));
        return group;
    }

    // By hand: AddEndpointFilter<T>() compiles an expression for each group, which the start of the host waits for.
    private static void Filter(RouteGroupBuilder group, Func<IServiceProvider, IEndpointFilter> create) =>
        group.AddEndpointFilterFactory((context, next) =>
        {
            IEndpointFilter filter = create(context.ApplicationServices);
            return invocation => filter.InvokeAsync(invocation, next);
        });

    private static void Finally(IEndpointConventionBuilder group, Action<EndpointBuilder> convention) => group.Finally(convention);

    private static void Wrap(EndpointBuilder builder, Func<HttpContext, RequestDelegate, Task> wrapper)
    {
        if (builder.RequestDelegate is { } inner)
        {
            builder.RequestDelegate = context => wrapper(context, inner);
        }
    }

    /// <summary>The server stops reading here, whoever reads: our own reader has tighter limits, each with its documented answer.</summary>
    private sealed class BodyLimit(SecureChatLimits limits) : IRequestSizeLimitMetadata
    {
        // A byte of text can take six bytes of JSON (\u00e9), plus room for ids around it.
        public long? MaxRequestBodySize { get; } = Math.Max(limits.FormBytes, 6L * limits.MessageBytes) + 4096;
    }
}
