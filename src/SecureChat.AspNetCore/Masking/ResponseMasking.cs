using Microsoft.AspNetCore.Http.Features;

namespace SecureChat.AspNetCore;

/// <summary>Holds the answer of an endpoint until it is whole, masks it and sends it. Nothing has been flushed when something goes wrong.</summary>
internal sealed class ResponseMasking(BodyMasker masker, EndpointMaskingOptions options, RequestDelegate next)
{
    // They tell of the raw bytes: of their length, or their hash, with which a short value can be guessed.
    private static readonly string[] OfTheRawBody = ["ETag", "Content-MD5", "Content-Digest", "Repr-Digest", "Digest", "Last-Modified"];

    public async Task InvokeAsync(HttpContext context)
    {
        BodyFeatures.RefuseUpgrades(context);

        // A part of a body may begin or end in the middle of a value.
        context.Request.Headers.Remove("Range");
        context.Request.Headers.Remove("If-Range");

        IHttpResponseBodyFeature inner = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using var held = new HeldBody(context, inner, masker, options);
        var outer = new StreamResponseBodyFeature(held);
        context.Features.Set<IHttpResponseBodyFeature>(outer);
        try
        {
            await next(context);
            await outer.CompleteAsync();
            await held.CompleteAsync();
        }
        catch (Exception fault) when (held.Fault is not null || fault is BrokenBodyException)
        {
            // Refused already, whatever the endpoint made of it.
            held.Fail(fault.GetType().Name);
        }
        finally
        {
            context.Features.Set(inner);
        }

        try
        {
            if (held.Fault is null && !held.IsEventStream)
            {
                await SendAsync(context, inner, held);
                return;
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            held.Fail(fault is BrokenBodyException ? "BrokenBody" : fault.GetType().Name);
        }

        if (held.Fault is { } name)
        {
            MaskingTelemetry.Failed(MaskingTelemetry.Response);
            MaskingTelemetry.ResponseFailed(context.RequestServices.GetRequiredService<ILogger<ResponseMasking>>(), name);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await Problems.From(SecureChatErrors.ResponseMaskingFailed).ExecuteAsync(context);
        }
    }

    /// <summary>Whether an answer can be masked as it is encoded.</summary>
    public static bool IsEncoded(IHeaderDictionary headers) =>
        headers.ContentEncoding.Any(static value => !string.IsNullOrWhiteSpace(value) && !value.Trim().Equals("identity", StringComparison.OrdinalIgnoreCase));

    public static void RemoveTraces(IHeaderDictionary headers)
    {
        foreach (string name in OfTheRawBody)
        {
            headers.Remove(name);
        }
    }

    private async Task SendAsync(HttpContext context, IHttpResponseBodyFeature inner, HeldBody held)
    {
        HttpResponse response = context.Response;
        ReadOnlyMemory<byte> body = held.Written;
        response.Headers.Remove("Accept-Ranges");
        if (body.Length == 0)
        {
            // To HEAD: the length of a body that was not masked.
            if (HttpMethods.IsHead(context.Request.Method))
            {
                response.ContentLength = null;
            }

            return;
        }

        BodyShape shape = masker.ShapeOf(response.ContentType);
        bool canMask = shape is not BodyShape.Unmaskable && !IsEncoded(response.Headers);
        if (!canMask && options.Unmaskable == UnmaskableContent.Refuse)
        {
            held.Fail("ContentType");
            throw new InvalidOperationException();
        }

        ReadOnlyMemory<byte> masked = canMask ? masker.Mask(body, shape) : body;
        if (!masked.Equals(body))
        {
            RemoveTraces(response.Headers);
        }

        response.Headers.ContentLength = masked.Length;
        await inner.Stream.WriteAsync(masked, context.RequestAborted);
    }
}

/// <summary>What an endpoint writes: held, and never more than is allowed. Of an event stream one event is held.</summary>
internal sealed class HeldBody(HttpContext context, IHttpResponseBodyFeature inner, BodyMasker masker, EndpointMaskingOptions options) : Stream
{
    private readonly MemoryStream _held = new();

    private bool _isDecided;

    public bool IsEventStream { get; private set; }

    /// <summary>Why the answer is withheld; a type or a word, never text of the answer.</summary>
    public string? Fault { get; private set; }

    public ReadOnlyMemory<byte> Written => _held.GetBuffer().AsMemory(0, (int)_held.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Fail(string fault) => Fault ??= fault;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Hold(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Hold(buffer.Span);
        if (IsEventStream)
        {
            await SendEventsAsync(isLast: false, cancellationToken);
        }
    }

    public override void Flush()
    {
        // Nothing leaves before it is whole.
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        Decide();
        if (IsEventStream)
        {
            await SendEventsAsync(isLast: false, cancellationToken);
            await inner.Stream.FlushAsync(cancellationToken);
        }
    }

    /// <summary>Sends what an event stream ends with.</summary>
    public async ValueTask CompleteAsync()
    {
        if (IsEventStream)
        {
            await SendEventsAsync(isLast: true, context.RequestAborted);
        }
    }

    protected override void Dispose(bool disposing)
    {
        // What was held may be raw.
        _held.GetBuffer().AsSpan().Clear();
        base.Dispose(disposing);
    }

    private void Hold(ReadOnlySpan<byte> buffer)
    {
        Decide();
        if (Fault is null && _held.Length + buffer.Length > options.MaxBodyBytes && !IsEventStream)
        {
            Fail("TooLarge");
        }

        if (Fault is not null)
        {
            throw new IOException("The answer is withheld, because it cannot be checked for sensitive data.");
        }

        _held.Write(buffer);
    }

    // At the first byte the content type is known; later changes of it make it no event stream any more.
    private void Decide()
    {
        if (!_isDecided && !string.IsNullOrEmpty(context.Response.ContentType))
        {
            _isDecided = true;
            IsEventStream = masker.ShapeOf(context.Response.ContentType) == BodyShape.EventStream && !ResponseMasking.IsEncoded(context.Response.Headers);
            if (IsEventStream)
            {
                context.Response.ContentLength = null;
                context.Response.Headers.Remove("Accept-Ranges");
                ResponseMasking.RemoveTraces(context.Response.Headers);
            }
        }
    }

    private async ValueTask SendEventsAsync(bool isLast, CancellationToken cancellationToken)
    {
        int sent = 0;
        while (sent < _held.Length)
        {
            int length = EventLength(Written.Span[sent..]);
            if (length == 0 && isLast)
            {
                length = (int)_held.Length - sent;
            }

            if (length == 0)
            {
                break;
            }

            ReadOnlyMemory<byte> masked = MaskEvent(Written.Slice(sent, length));
            await inner.Stream.WriteAsync(masked, cancellationToken);
            sent += length;
        }

        byte[] rest = Written[sent..].ToArray();
        _held.GetBuffer().AsSpan(0, (int)_held.Length).Clear();
        _held.SetLength(0);
        _held.Write(rest);
        if (rest.Length > options.MaxBodyBytes)
        {
            Fail("TooLarge");
            throw new IOException("The event is withheld, because it is too large to be checked for sensitive data.");
        }
    }

    private ReadOnlyMemory<byte> MaskEvent(ReadOnlyMemory<byte> part)
    {
        try
        {
            return part.Length > options.MaxBodyBytes ? throw new BrokenBodyException() : masker.Mask(part, BodyShape.EventStream);
        }
        catch (Exception fault)
        {
            Fail(fault is BrokenBodyException ? "BrokenBody" : fault.GetType().Name);
            throw new IOException("The event is withheld, because it cannot be checked for sensitive data.");
        }
    }

    /// <summary>Bytes up to and with the blank line that ends an event; 0 when it has not come yet.</summary>
    private static int EventLength(ReadOnlySpan<byte> held)
    {
        bool isLineEmpty = true;
        for (int i = 0; i < held.Length; i++)
        {
            if (held[i] is not ((byte)'\n' or (byte)'\r'))
            {
                isLineEmpty = false;
                continue;
            }

            // A return at the very end may be half of a line end.
            if (held[i] == (byte)'\r')
            {
                if (i + 1 == held.Length)
                {
                    return 0;
                }

                i += held[i + 1] == (byte)'\n' ? 1 : 0;
            }

            if (isLineEmpty)
            {
                return i + 1;
            }

            isLineEmpty = true;
        }

        return 0;
    }
}
