using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>
/// How the bodies of a host's own endpoints are masked. JSON (<c>application/json</c>, <c>text/json</c>, <c>*+json</c>), JSON Lines
/// (<c>application/x-ndjson</c>, <c>application/ndjson</c>, <c>application/jsonl</c>), <c>application/x-www-form-urlencoded</c> and
/// <see cref="TextTypes"/> are, and in answers <c>text/event-stream</c>, event by event. Immutable, thread-safe.
/// </summary>
public sealed class EndpointMaskingOptions
{
    /// <summary>Largest body in bytes: a larger request is refused with 413 (<c>SC6009</c>), a larger answer is withheld with 500 (<c>SC2002</c>). Of an event stream, the largest event. Default 1 MiB; 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxBodyBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    }

    = 1024 * 1024;

    /// <summary>
    /// What is left as it is, with all that is inside: names of JSON properties or form fields at any depth (<c>email</c>), or paths from
    /// the root (<c>$.customer.email</c>, <c>$.items[*].id</c>; <c>$</c> is everything). Compared exactly. Default: none.
    /// </summary>
    /// <exception cref="ArgumentException">An entry is empty.</exception>
    public IReadOnlyList<string> LeaveAlone
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Any(string.IsNullOrWhiteSpace))
            {
                throw new ArgumentException("An entry is the name of a property, or a path that begins with $.", nameof(value));
            }

            field = [.. value];
        }
    }

    = [];

    /// <summary>Whether names of JSON properties and form fields are masked, for objects whose keys are data. Default: true.</summary>
    public bool MaskNames { get; init; } = true;

    /// <summary>
    /// Whether JSON numbers are masked. One that is found becomes a string, <c>4242424242424242</c> becomes <c>"••••••••••••4242"</c>: a handler that
    /// expects a number refuses it. Default: true.
    /// </summary>
    public bool MaskNumbers { get; init; } = true;

    /// <summary>Media types that are masked as one text. Default: <c>text/plain</c>.</summary>
    public IReadOnlyList<string> TextTypes
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = [.. value];
        }
    }

    = ["text/plain"];

    /// <summary>What happens to other bodies. Default: <see cref="UnmaskableContent.Refuse"/>.</summary>
    public UnmaskableContent Unmaskable { get; init; } = UnmaskableContent.Refuse;

    /// <summary>The engine to mask with. Default: null, which is the <see cref="MaskingEngine"/> of the host's services, or else <see cref="MaskingEngine.Default"/>.</summary>
    public MaskingEngine? Engine { get; init; }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(EndpointMaskingOptions);
}
