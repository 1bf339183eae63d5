namespace SecureChat.Masking;

/// <summary>The plug-in detectors and patterns of one engine. Thread-safe.</summary>
internal sealed class OwnDetectors
{
    private readonly DetectorSlot[] _slots;

    /// <exception cref="ArgumentException">A detector or pattern is wrong; the message says which and how.</exception>
    public OwnDetectors(IEnumerable<ISensitiveDataDetector> detectors, IEnumerable<MaskingPattern> patterns, DetectorLimits limits, TimeProvider time)
    {
        _slots =
        [
            .. detectors.Select(detector => new DetectorSlot(detector, KindsOf(detector), limits, time)),
            .. patterns.Select(pattern => new PatternDetector(pattern)).Select(pattern => new DetectorSlot(pattern, pattern.Kinds, limits, time)),
        ];
        HasForeignCode = _slots.Any(static slot => slot.Pattern is null);
        Kinds = _slots.Length == 0 ? OwnKinds.None : new OwnKinds(_slots.SelectMany(static slot => slot.Kinds).Where(OwnKinds.IsOwn));
    }

    public static OwnDetectors None { get; } = new([], [], DetectorLimits.Usual, TimeProvider.System);

    public OwnKinds Kinds { get; }

    public bool IsEmpty => _slots.Length == 0;

    /// <summary>Whether some are classes of somebody else, which may block the thread that calls them.</summary>
    public bool HasForeignCode { get; }

    public IReadOnlyList<MaskingDetectorStatus> Status => [.. _slots.Select(static slot => slot.Status)];

    public void Detect(ReadOnlySpan<char> text, MaskContext context, ref Findings findings)
    {
        foreach (DetectorSlot slot in _slots)
        {
            slot.Detect(text, context.AskedForOwn, Kinds, ref findings);
        }
    }

    /// <summary>Kinds of patterns that a question asks for.</summary>
    public IReadOnlyList<string> AskedIn(string question) =>
        [.. _slots.Where(slot => slot.Pattern?.IsAskedIn(question) ?? false).Select(static slot => slot.Kinds[0])];

    private static string[] KindsOf(ISensitiveDataDetector detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        string[] kinds = [.. detector.Kinds ?? []];
        string? wrong = Array.Find(kinds, static id => !OwnKinds.IsOwn(id) && !KindTable.TryGet(id ?? string.Empty, out _));
        return kinds.Length > 0 && wrong is null
            ? kinds
            : throw new ArgumentException(
                $"The detector {detector.GetType().Name} {(wrong is null ? "names no kind" : $"names the kind \"{wrong}\"")}. A kind of your own begins with \"x-\" and goes on in lower-case letters, digits (at most four) and dashes; the others stand in docs/masking.md.",
                nameof(detector));
    }
}
