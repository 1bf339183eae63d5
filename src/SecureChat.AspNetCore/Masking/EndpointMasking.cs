namespace SecureChat.AspNetCore;

/// <summary>On an endpoint: its requests or its answers are masked. The last one counts, so an endpoint can differ from its group.</summary>
internal sealed class MaskingMetadata(EndpointMaskingOptions options, bool isRequest)
{
    public EndpointMaskingOptions Options => options;

    public bool IsRequest => isRequest;
}

/// <summary>
/// Puts masking around the endpoint itself, inside of every middleware: there is no call to forget and no order to get wrong. What the
/// host's pipeline decompresses is decompressed when it comes here, and what it compresses, caches or logs has been masked.
/// </summary>
internal static class EndpointMasking
{
    public static void Add(IEndpointConventionBuilder endpoints, MaskingMetadata metadata)
    {
        endpoints.Add(builder => builder.Metadata.Add(metadata));
        endpoints.Finally(Wrap);
    }

    private static void Wrap(EndpointBuilder builder)
    {
        // A group's convention and an endpoint's both come here.
        if (builder.RequestDelegate is not { } inner || builder.Metadata.OfType<Wrapped>().Any())
        {
            return;
        }

        builder.Metadata.Add(Wrapped.Instance);
        IServiceProvider services = builder.ApplicationServices;
        EndpointMaskingOptions? request = builder.Metadata.OfType<MaskingMetadata>().LastOrDefault(static part => part.IsRequest)?.Options;
        EndpointMaskingOptions? response = builder.Metadata.OfType<MaskingMetadata>().LastOrDefault(static part => !part.IsRequest)?.Options;
        RequestDelegate masked = inner;
        if (request is not null)
        {
            var body = new RequestMasking(MaskerOf(services, request, MaskingTelemetry.Request), request, masked);
            masked = body.InvokeAsync;
        }

        if (response is not null)
        {
            var body = new ResponseMasking(MaskerOf(services, response, MaskingTelemetry.Response), response, masked);
            masked = body.InvokeAsync;
        }

        builder.RequestDelegate = masked;
    }

    private static BodyMasker MaskerOf(IServiceProvider services, EndpointMaskingOptions options, string place) =>
        new(options.Engine is { } engine ? new TextMasking(engine) : TextMasking.Of(services), options, place);

    private sealed class Wrapped
    {
        public static readonly Wrapped Instance = new();
    }
}
