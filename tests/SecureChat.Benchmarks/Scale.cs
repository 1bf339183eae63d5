namespace SecureChat.Benchmarks;

/// <summary>How much work a run does. A quick run only shows that everything runs; its times mean little.</summary>
internal sealed class Scale
{
    public static Scale Full { get; } = new() { IsQuick = false, WarmUp = TimeSpan.FromSeconds(2), Sample = TimeSpan.FromMilliseconds(0.5), Samples = 601 };

    public static Scale Quick { get; } = new() { IsQuick = true, WarmUp = TimeSpan.FromMilliseconds(50), Sample = TimeSpan.FromMilliseconds(0.1), Samples = 5 };

    public required bool IsQuick { get; init; }

    public required TimeSpan WarmUp { get; init; }

    /// <summary>Shortest sample: below the slice of time that a busy machine gives to a thread, so that most samples are whole.</summary>
    public required TimeSpan Sample { get; init; }

    public required int Samples { get; init; }
}
