namespace SecureChat.Conformance;

/// <summary>
/// Whether a provider can do what some clauses need. Everything is supported unless the suite says otherwise, with a reason that is
/// printed beside the test. Immutable.
/// </summary>
public sealed class Capability
{
    private Capability(string? reason) => Reason = reason;

    /// <summary>The default.</summary>
    public static Capability Supported { get; } = new(null);

    /// <summary>Why not; <see langword="null"/> when supported.</summary>
    public string? Reason { get; }

    /// <summary>Whether the clauses that need it run.</summary>
    public bool IsSupported => Reason is null;

    /// <summary>Not supported, and why.</summary>
    /// <exception cref="ArgumentException"><paramref name="reason"/> is shorter than ten characters: a reason is a sentence.</exception>
    public static Capability Missing(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return reason.Trim().Length >= 10
            ? new Capability(reason)
            : throw new ArgumentException("Say in a sentence why the capability is missing.", nameof(reason));
    }
}
