namespace SecureChat.Masking;

/// <summary>
/// The default <see cref="IMasker"/>: <see cref="MaskingEngine.Default"/> with the conversation as context. A bare number is understood by the
/// other side's last question, and a card number that is split over up to eight messages of one sender is masked in all of them.
/// </summary>
/// <remarks>Stateless and thread-safe: the sender's earlier words come from the stored messages of the request, never from a buffer of raw text.</remarks>
public sealed class EngineMasker : IMasker
{
    private readonly MaskingEngine _engine;

    /// <summary>Masks with <see cref="MaskingEngine.Default"/>.</summary>
    public EngineMasker()
        : this(MaskingEngine.Default)
    {
    }

    /// <summary>Masks with an engine.</summary>
    /// <param name="engine">The engine.</param>
    /// <exception cref="ArgumentNullException"><paramref name="engine"/> is null.</exception>
    public EngineMasker(MaskingEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
    }

    /// <summary>Whether it calls code of somebody else, which may block.</summary>
    internal bool HasForeignCode => _engine.Own.HasForeignCode;

    /// <inheritdoc/>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        MaskContext context = MaskContext.FromRecent(request.Recent, request.Sender, _engine.Own);
        string text = _engine.Mask(request.Text, context, out IReadOnlyList<SensitiveSpan> spans);
        if (SplitCards.Find(_engine, request, context, text) is not { } split)
        {
            return ValueTask.FromResult(new MaskResult { Text = text, Spans = spans });
        }

        string masked = _engine.Mask(request.Text, context, split.InMessage, out IReadOnlyList<SensitiveSpan> found);
        var amendments = new List<MaskAmendment>(split.Earlier.Count);
        foreach ((RecentMessage message, List<MaskedSpan> parts) in split.Earlier)
        {
            string amended = _engine.Mask(message.Text, new MaskContext { Role = request.Sender }, parts, out IReadOnlyList<SensitiveSpan> hidden);
            amendments.Add(new MaskAmendment { Sequence = message.Sequence, Text = amended, Spans = hidden });
        }

        return ValueTask.FromResult(new MaskResult { Text = masked, Spans = found, Amendments = amendments });
    }
}
