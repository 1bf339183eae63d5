namespace SecureChat.AspNetCore;

/// <summary>One version of the key-encryption key, as it lies in the key store.</summary>
internal sealed record KeyRecord
{
    public required int Version { get; init; }

    /// <summary>Name of the provider that wrapped it.</summary>
    public required string Provider { get; init; }

    /// <summary>Gone once destroyed or given up; the record stays and marks the version as used.</summary>
    public byte[]? Wrapped { get; init; }

    /// <summary>
    /// From when on hosts wrap under it. Later than it was made, so that every host can open what one of them wraps;
    /// <see langword="null"/> for the first, which nobody has to learn of.
    /// </summary>
    public DateTimeOffset? ActiveFrom { get; init; }

    /// <summary>An operator took it out of use; nothing that it wrapped opens until it is enabled again.</summary>
    public bool IsDisabled { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsDestroyed => Wrapped is null;

    /// <summary>The version that wraps at a moment; 0 when there is none.</summary>
    public static int CurrentOf(IEnumerable<KeyRecord> keys, DateTimeOffset now) => keys
        .Where(key => key is { IsDestroyed: false, IsDisabled: false } && !(key.ActiveFrom > now))
        .Select(static key => key.Version)
        .DefaultIfEmpty()
        .Max();

    public override string ToString() => $"{nameof(KeyRecord)} {Version}";
}

/// <summary>What a version of the key-encryption key may be used for.</summary>
internal enum KeyState
{
    /// <summary>Made, and known to the hosts soon; wraps from its time on.</summary>
    Pending = 0,

    /// <summary>Wraps and unwraps.</summary>
    Active = 1,

    /// <summary>Unwraps what it wrapped; a newer one wraps.</summary>
    DecryptOnly = 2,

    /// <summary>Neither, until it is enabled again.</summary>
    Disabled = 3,

    /// <summary>Its bytes are gone.</summary>
    Destroyed = 4,
}
