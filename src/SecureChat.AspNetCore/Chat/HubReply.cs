namespace SecureChat.AspNetCore;

/// <summary>What every hub method answers: a result, or an expected refusal. Faults are hub errors that carry a code.</summary>
internal sealed class HubReply
{
    /// <summary>The result of the call, when it has one.</summary>
    public object? Result { get; init; }

    /// <summary>Why the call was refused; nothing when it was done.</summary>
    public HubError? Error { get; init; }

    public static HubReply Done { get; } = new();

    public static HubReply Of(object result) => new() { Result = result };

    public static HubReply Refused(SecureChatError error, TimeSpan? wait = null) => new()
    {
        Error = new HubError
        {
            Code = error.Code,
            Title = error.Title,
            NextStep = error.NextStep,
            RetryAfterSeconds = wait is { } time ? RateLimits.Seconds(time) : null,
        },
    };

    public static HubReply Refused<T>(Outcome<T> outcome)
        where T : class => new()
        {
            Error = new HubError
            {
                Code = outcome.Error!.Code,
                Title = outcome.Error.Title,
                NextStep = outcome.Error.NextStep,
                RetryAfterSeconds = outcome.Facts?.GetValueOrDefault(RateLimits.RetryAfterFact) as long?,
                Kinds = outcome.Facts?.GetValueOrDefault("kinds") as IReadOnlyList<string>,
            },
        };

    public override string ToString() => nameof(HubReply);
}

/// <summary>A refusal, with what to do about it.</summary>
internal sealed class HubError
{
    public required string Code { get; init; }

    public required string Title { get; init; }

    public required string NextStep { get; init; }

    public long? RetryAfterSeconds { get; init; }

    /// <summary>Kinds of data that the message may not hold.</summary>
    public IReadOnlyList<string>? Kinds { get; init; }

    public override string ToString() => $"{nameof(HubError)} {Code}";
}
