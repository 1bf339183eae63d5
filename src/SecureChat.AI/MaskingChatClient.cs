using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using SecureChat.Masking;

namespace SecureChat.AI;

/// <summary>
/// Masks what goes to a language model and what comes back. Masked are texts, reasoning, arguments and results of functions, textual data, names of
/// authors and the instructions of the options; in answers as well when they are streamed. Not looked at: additional properties, tools and their descriptions,
/// and raw representations, which are taken off whatever was changed.
/// </summary>
/// <remarks>
/// A content that cannot be masked, and a fault of the masker, refuse the call with a <see cref="SecureChatException"/> (<c>SC2001</c>): nothing was sent, or nothing more is
/// handed on. Thread-safe where the inner client is. Values of placeholders live as long as the call.
/// </remarks>
public sealed class MaskingChatClient : DelegatingChatClient
{
    private readonly MaskingChatOptions _options;

    private readonly MaskText _mask;

    /// <summary>Puts masking around a client.</summary>
    /// <param name="innerClient">The client; disposed with this one.</param>
    /// <param name="options">What is masked. Default: <see cref="MaskingChatOptions"/> as they are.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerClient"/> is <see langword="null"/>.</exception>
    public MaskingChatClient(IChatClient innerClient, MaskingChatOptions? options = null)
        : base(innerClient)
    {
        _options = options ?? new MaskingChatOptions();
        MaskingEngine engine = _options.Engine ?? MaskingEngine.Default;
        _mask = (string text, out IReadOnlyList<SensitiveSpan> spans) =>
        {
            // What a policy only warns of stands, and is no value to hide.
            string masked = engine.Mask(text, null, out IReadOnlyList<SensitiveSpan> found);
            spans = ReferenceEquals(masked, text) ? [] : [.. found.Where(static span => span.Action != MaskAction.Warn)];
            return masked;
        };
    }

    /// <summary>For tests: something that masks, or fails to.</summary>
    internal MaskingChatClient(IChatClient innerClient, MaskingChatOptions options, MaskText mask)
        : this(innerClient, options) => _mask = mask;

    /// <inheritdoc/>
    /// <exception cref="SecureChatException"><c>SC2001</c>: something could not be masked.</exception>
    /// <exception cref="NotSupportedException">Placeholders in a conversation that the service keeps.</exception>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Call call = Prepare(messages, options);
        ChatResponse response = await base.GetResponseAsync(call.Messages, call.Options, cancellationToken).ConfigureAwait(false);
        return Guarded(() => Mask(response, call));
    }

    /// <inheritdoc/>
    /// <exception cref="SecureChatException"><c>SC2001</c>: something could not be masked.</exception>
    /// <exception cref="NotSupportedException">Placeholders in a conversation that the service keeps.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Call call = Prepare(messages, options);
        var stream = new UpdateStream(call.Texts, call.Contents, _options.HoldBack);
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(call.Messages, call.Options, cancellationToken).ConfigureAwait(false))
        {
            foreach (ChatResponseUpdate masked in Guarded(() => stream.Write(update)))
            {
                yield return masked;
            }
        }

        if (Guarded(stream.Complete) is { } rest)
        {
            yield return rest;
        }
    }

    private static T Guarded<T>(Func<T> mask)
    {
        try
        {
            return mask();
        }
        catch (Exception fault) when (fault is not SecureChatException)
        {
            // Without the fault: its text may quote what was masked.
            throw new SecureChatException(SecureChatErrors.MaskingFailed);
        }
    }

    private Call Prepare(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (_options.Placeholders && options?.ConversationId is not null)
        {
            throw new NotSupportedException("Placeholders are numbered anew in each call, so a conversation that the service keeps would mix them up. Send the history with each call, or turn MaskingChatOptions.Placeholders off.");
        }

        ChatMessage[] raw = [.. messages];
        return Guarded(() =>
        {
            var texts = new ChatMasker(_mask, _options);
            var contents = new ContentMasker(texts, _options);
            contents.Reserve(raw);
            texts.Reserve(options?.Instructions);
            ChatOptions? masked = options;
            if (options?.Instructions is { } instructions && texts.ToModel(instructions) is { } safe && !ReferenceEquals(safe, instructions))
            {
                masked = options.Clone();
                masked.Instructions = safe;
            }

            return new Call(texts, contents, [.. raw.Select(contents.ToModel)], masked);
        });
    }

    private static ChatResponse Mask(ChatResponse response, Call call)
    {
        ChatMessage[] messages = [.. response.Messages.Select(call.Contents.FromModel)];
        if (messages.SequenceEqual(response.Messages, ReferenceEqualityComparer.Instance))
        {
            return response;
        }

        return new ChatResponse(messages)
        {
            ResponseId = response.ResponseId,
            ConversationId = response.ConversationId,
            ModelId = response.ModelId,
            CreatedAt = response.CreatedAt,
            FinishReason = response.FinishReason,
            Usage = response.Usage,
            AdditionalProperties = response.AdditionalProperties,
        };
    }

    /// <summary>What belongs to one call.</summary>
    private sealed class Call(ChatMasker texts, ContentMasker contents, ChatMessage[] messages, ChatOptions? options)
    {
        public ChatMasker Texts => texts;

        public ContentMasker Contents => contents;

        public ChatMessage[] Messages => messages;

        public ChatOptions? Options => options;
    }
}
