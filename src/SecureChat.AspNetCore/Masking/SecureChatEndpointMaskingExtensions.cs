using SecureChat.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Masks bodies of a host's own endpoints: minimal APIs, controllers, groups of them.</summary>
public static class SecureChatEndpointMaskingExtensions
{
    /// <summary>
    /// Masks the body of every request before the endpoint sees it. Refused is what is too large (413, <c>SC6009</c>), broken (400,
    /// <c>SC6001</c>), of a content type that cannot be masked, or compressed (415, <c>SC6018</c>; call <c>app.UseRequestDecompression()</c>), and what the
    /// masker fails on (503, <c>SC2001</c>). Path, query and headers are not masked. Needs no other call; masks with the <c>MaskingEngine</c> of the
    /// host's services where there is one.
    /// </summary>
    /// <remarks>A WebSocket cannot be opened here. A hub is masked by <c>AddSecureChatMasking()</c> on its options.</remarks>
    /// <example><code>
    /// app.MapPost("/notes", (HttpRequest request) => Results.Ok()).MaskRequest().MaskResponse();
    /// app.MapGroup("/api").MaskRequest(new EndpointMaskingOptions { LeaveAlone = ["$.customer.email"] });
    /// </code></example>
    /// <typeparam name="TBuilder">The kind of builder.</typeparam>
    /// <param name="endpoints">The endpoint or group; what is said last, nearest to the endpoint, counts.</param>
    /// <param name="options">What is masked. Default: <see cref="EndpointMaskingOptions"/> as they are.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is <see langword="null"/>.</exception>
    public static TBuilder MaskRequest<TBuilder>(this TBuilder endpoints, EndpointMaskingOptions? options = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        EndpointMasking.Add(endpoints, new MaskingMetadata(options ?? new EndpointMaskingOptions(), isRequest: true));
        return endpoints;
    }

    /// <summary>
    /// Masks the body of every answer of the endpoint. It is held until it is complete; an event stream is held event by event. An answer
    /// that is too large, broken, or of a content type that cannot be masked, and one that the masker fails on, is withheld: the caller gets 500
    /// (<c>SC2002</c>) and not one byte of it; an event stream that has begun ends. Headers are not masked; those that tell of the raw
    /// body (<c>ETag</c>, digests) are taken off a body that was changed. Ranges are not answered.
    /// </summary>
    /// <remarks>What the endpoint throws is the host's to answer: an exception page outside of the endpoint is not masked.</remarks>
    /// <typeparam name="TBuilder">The kind of builder.</typeparam>
    /// <param name="endpoints">The endpoint or group; what is said last, nearest to the endpoint, counts.</param>
    /// <param name="options">What is masked. Default: <see cref="EndpointMaskingOptions"/> as they are.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is <see langword="null"/>.</exception>
    public static TBuilder MaskResponse<TBuilder>(this TBuilder endpoints, EndpointMaskingOptions? options = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        EndpointMasking.Add(endpoints, new MaskingMetadata(options ?? new EndpointMaskingOptions(), isRequest: false));
        return endpoints;
    }
}
