namespace SecureChat.AspNetCore;

/// <summary>An expected outcome: a result, or a documented refusal with optional facts for the caller (never a value).</summary>
internal readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, SecureChatError? error, IReadOnlyDictionary<string, object?>? facts)
    {
        Value = value;
        Error = error;
        Facts = facts;
    }

    public T? Value { get; }

    public SecureChatError? Error { get; }

    /// <summary>Extension members of the problem details, for example who opened a value and when.</summary>
    public IReadOnlyDictionary<string, object?>? Facts { get; }

    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    public static implicit operator Outcome<T>(T value) => new(value, null, null);

    public static implicit operator Outcome<T>(SecureChatError error) => new(null, error, null);

    public static Outcome<T> Refused(SecureChatError error, IReadOnlyDictionary<string, object?>? facts = null) => new(null, error, facts);
}
