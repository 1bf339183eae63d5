using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace SecureChat.AspNetCore;

/// <summary>Reads the body of a request whole, masks it, and hands on the masked one. The endpoint never holds the other.</summary>
internal sealed class RequestMasking(BodyMasker masker, EndpointMaskingOptions options, RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        BodyFeatures.RefuseUpgrades(context);
        SecureChatError? refusal;
        try
        {
            refusal = await MaskAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            throw;
        }
        catch (BlockedDataException blocked)
        {
            await Problems.From(SecureChatErrors.MessageBlocked, new Dictionary<string, object?> { ["kinds"] = blocked.Kinds }).ExecuteAsync(context);
            return;
        }
        catch (BrokenBodyException)
        {
            refusal = SecureChatErrors.InvalidRequest;
        }
        catch (BadHttpRequestException fault)
        {
            refusal = fault.StatusCode == StatusCodes.Status413PayloadTooLarge ? SecureChatErrors.TooLarge : SecureChatErrors.InvalidRequest;
        }
        catch (Exception fault)
        {
            MaskingTelemetry.Failed(MaskingTelemetry.Request);
            MaskingTelemetry.RequestFailed(context.RequestServices.GetRequiredService<ILogger<RequestMasking>>(), fault.GetType().Name);
            refusal = SecureChatErrors.MaskingFailed;
        }

        await (refusal is null ? next(context) : Problems.From(refusal).ExecuteAsync(context));
    }

    private async ValueTask<SecureChatError?> MaskAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        BodyShape shape = masker.ShapeOf(request.ContentType);

        // Somebody before us, such as the antiforgery middleware, has read the body as a form: the endpoint would get that.
        if (context.Features.Get<IFormFeature>()?.Form is { } form)
        {
            if (shape == BodyShape.Form && form.Files.Count == 0)
            {
                context.Features.Set<IFormFeature>(new FormFeature(Mask(form)));
            }
            else if (options.Unmaskable == UnmaskableContent.Refuse)
            {
                return SecureChatErrors.UnsupportedMediaType;
            }
        }

        if (request.Body.CanSeek)
        {
            request.Body.Position = 0;
        }

        bool canMask = shape is BodyShape.Json or BodyShape.JsonLines or BodyShape.Form or BodyShape.Text && !IsEncoded(request.Headers.ContentEncoding);
        if (!canMask && options.Unmaskable == UnmaskableContent.Pass)
        {
            return null;
        }

        if (request.ContentLength > options.MaxBodyBytes)
        {
            return SecureChatErrors.TooLarge;
        }

        if (await ReadAsync(request.Body, canMask ? options.MaxBodyBytes : 0, context.RequestAborted) is not { } body)
        {
            return canMask ? SecureChatErrors.TooLarge : SecureChatErrors.UnsupportedMediaType;
        }

        if (body.Length == 0)
        {
            return null;
        }

        ReadOnlyMemory<byte> masked = masker.Mask(body, shape);
        request.Body = new MemoryStream(masked.ToArray(), writable: false);
        if (request.ContentLength is not null)
        {
            request.ContentLength = masked.Length;
        }

        return null;
    }

    private FormCollection Mask(IFormCollection form)
    {
        var masked = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, StringValues values) in form)
        {
            (string key, StringValues safe) = masker.MaskField(name, values);
            masked[key] = masked.TryGetValue(key, out StringValues earlier) ? StringValues.Concat(earlier, safe) : safe;
        }

        return new FormCollection(masked);
    }

    private static bool IsEncoded(StringValues encoding) =>
        encoding.Any(static value => !string.IsNullOrWhiteSpace(value) && !value.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase));

    /// <summary>The body, or null when it has more bytes than allowed.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Stream body, int limit, CancellationToken cancellationToken)
    {
        var read = new ArrayBufferWriter<byte>();
        while (true)
        {
            int count = await body.ReadAsync(read.GetMemory(limit == 0 ? 1 : 4096), cancellationToken);
            if (count == 0)
            {
                return read.WrittenMemory;
            }

            read.Advance(count);
            if (read.WrittenCount > limit)
            {
                return null;
            }
        }
    }
}
