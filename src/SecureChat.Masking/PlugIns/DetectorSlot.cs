namespace SecureChat.Masking;

/// <summary>One plug-in detector and how it has behaved. Thread-safe.</summary>
internal sealed class DetectorSlot(ISensitiveDataDetector detector, IReadOnlyList<string> kinds, DetectorLimits limits, TimeProvider time)
{
    // Texts overlap by more than the longest value that a detector may look for.
    private const int Overlap = 512;

    private readonly Lock _lock = new();
    private readonly List<long> _running = [];
    private int _faults;
    private int _answers;
    private bool _isOff;

    public string Name { get; } = detector is PatternDetector pattern ? pattern.Kinds[0] : detector.GetType().Name;

    public IReadOnlyList<string> Kinds { get; } = kinds;

    public PatternDetector? Pattern => detector as PatternDetector;

    public MaskingDetectorStatus Status
    {
        get
        {
            lock (_lock)
            {
                return new MaskingDetectorStatus { Name = Name, Kinds = Kinds, Faults = _faults, IsOff = _isOff };
            }
        }
    }

    public void Detect(ReadOnlySpan<char> text, IReadOnlyList<string> askedFor, OwnKinds own, ref Findings findings)
    {
        for (int from = 0; ; from += SensitiveDataCandidates.MaxLength - Overlap)
        {
            ReadOnlySpan<char> piece = text.Slice(from, Math.Min(SensitiveDataCandidates.MaxLength, text.Length - from));
            Detect(piece, from, askedFor, own, ref findings);
            if (from + piece.Length == text.Length)
            {
                return;
            }
        }
    }

    public override string ToString() => nameof(DetectorSlot);

    private void Detect(ReadOnlySpan<char> text, int from, IReadOnlyList<string> askedFor, OwnKinds own, ref Findings findings)
    {
        if (!TryBegin(out long begun))
        {
            return;
        }

        var candidates = new SensitiveDataCandidates(Kinds, askedFor, text.Length, limits.Steps + (limits.StepsForCharacter * (long)text.Length));
        Exception? fault = null;
        try
        {
            detector.Detect(text, candidates);
        }
        catch (Exception thrown)
        {
            fault = thrown;
        }

        bool tooLong = time.GetElapsedTime(begun) > limits.Time;
        End(begun, isFault: fault is not null || candidates.IsOverrun || tooLong);
        if (fault is not null || candidates.IsOverrun || tooLong)
        {
            // The detector's own exception may quote the text, so only its type is told.
            throw new SecureChatException(
                SecureChatErrors.MaskingFailed,
                $"The detector {Name} {(fault is not null ? $"failed with {fault.GetType().Name}" : candidates.IsOverrun ? "used up its steps, or added what does not fit" : "took too long")}.");
        }

        foreach (SensitiveSpan item in candidates.Items)
        {
            own.TryGet(item.Kind, out Kind kind);
            findings.Add(kind, from + item.Start, from + item.End, Ranks.Own + (int)(item.Confidence * Ranks.OwnRange));
        }
    }

    // What never came back counts as well: the call that hangs cannot say so itself.
    private bool TryBegin(out long begun)
    {
        begun = time.GetTimestamp();
        lock (_lock)
        {
            for (int i = _running.Count - 1; i >= 0; i--)
            {
                if (time.GetElapsedTime(_running[i], begun) > limits.Time)
                {
                    _running.RemoveAt(i);
                    CountFault();
                }
            }

            if (_isOff)
            {
                return false;
            }

            _running.Add(begun);
            return true;
        }
    }

    private void End(long begun, bool isFault)
    {
        lock (_lock)
        {
            bool isCounted = !_running.Remove(begun);
            if (isFault && !isCounted)
            {
                CountFault();
            }
            else if (!isFault && ++_answers >= limits.AnswersThatForgive && !_isOff)
            {
                // One slow answer among many good ones is the machine's.
                _faults = 0;
                _answers = 0;
            }
        }
    }

    private void CountFault()
    {
        _answers = 0;
        _faults++;
        _isOff |= _faults >= limits.Faults;
    }
}

/// <summary>What a plug-in detector is held to.</summary>
internal sealed class DetectorLimits
{
    public static DetectorLimits Usual { get; } = new();

    /// <summary>For each text, beside those for its characters.</summary>
    public int Steps { get; init; } = 10_000;

    public int StepsForCharacter { get; init; } = 64;

    public TimeSpan Time { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>So many, with fewer good answers between them than forgive them, and it is off.</summary>
    public int Faults { get; init; } = 3;

    public int AnswersThatForgive { get; init; } = 1000;

    public override string ToString() => nameof(DetectorLimits);
}
