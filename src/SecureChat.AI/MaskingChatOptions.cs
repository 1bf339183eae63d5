using SecureChat.Masking;

namespace SecureChat.AI;

/// <summary>How a chat with a language model is masked. Immutable, thread-safe.</summary>
public sealed class MaskingChatOptions
{
    /// <summary>The engine to mask with. Default: null, which is <see cref="MaskingEngine.Default"/>.</summary>
    public MaskingEngine? Engine { get; init; }

    /// <summary>Whether what comes back is masked. Default: true.</summary>
    public bool MaskAnswers { get; init; } = true;

    /// <summary>
    /// Whether the model reads placeholders such as <c>[payment-card-1]</c> in place of masked values, and the caller gets the values back in the text of the
    /// answer. The same value has the same placeholder within a call; a history that is sent again gives the same numbers. Values are held for the length of
    /// the call. Cannot be combined with a conversation that the service keeps (<c>ConversationId</c>). Default: false, which hides values in both directions.
    /// </summary>
    public bool Placeholders { get; init; }

    /// <summary>Most placeholders of one call; further values are hidden without one. Default 1000; 1 to 100,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int MaxPlaceholders
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100_000);
            field = value;
        }
    }

    = 1000;

    /// <summary>
    /// Whether arguments of function calls get the values of placeholders as well. A model that was talked into it could then have a tool send them away.
    /// Default: false, which leaves the placeholders in the arguments.
    /// </summary>
    public bool RestoreInFunctionCalls { get; init; }

    /// <summary>Whether contents that cannot be masked pass: images, audio, files, and kinds of content that are not known here. Default: false, which refuses the call (<c>SC2001</c>).</summary>
    public bool AllowUnmaskable { get; init; }

    /// <summary>How many characters of a streamed answer are held back, so that a value in pieces and the words beside it are seen together. Default 128; 64 to 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int HoldBack
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 64);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 4096);
            field = value;
        }
    }

    = 128;

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskingChatOptions);
}
