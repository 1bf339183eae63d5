using System.Buffers;
using System.Runtime.CompilerServices;

namespace SecureChat.Masking;

/// <summary>
/// Finds sensitive data in text and masks it: payment cards and bank accounts, identity, tax and health numbers of some eighty countries,
/// contact data, addresses of machines, passwords, keys and tokens. Pure and synchronous; usable without ASP.NET Core, for example in a
/// worker or a log pipeline.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. Never throws on any text, lone surrogates included, unless a plug-in of the host's own does (<c>SC2001</c>). Text without a digit or an at sign, and without a word
/// for a password, costs two vectorised looks and no allocation. Time is linear in the length of the text. Masking masked text changes nothing.
/// </remarks>
/// <example>
/// <code>
/// string safe = MaskingEngine.Default.Mask("my card is 4242 4242 4242 4242"); // my card is •••• •••• •••• 4242
/// </code>
/// </example>
public sealed class MaskingEngine
{
    // Each pass hides more than the one before; ordinary text needs one and a second that finds nothing.
    private const int MaxPasses = 8;

    // Of what a policy rewrites; one that finds nothing is the rule.
    private const int MaxRewrites = 4;

    // A phone number with its country code has seven digits at least, and only a security code is shorter.
    private const int FewestDigits = 7;

    private readonly MaskingSafeguards _safeguards;

    private readonly KindSet _kinds;

    private readonly ResolvedPolicy _policy;

    private readonly MaskingAllowList? _allowList;

    internal MaskingEngine(MaskingSafeguards safeguards, KindSet? kinds = null, ResolvedPolicy? policy = null, MaskingAllowList? allowList = null, OwnDetectors? own = null)
    {
        _safeguards = safeguards;
        _kinds = kinds ?? KindSet.All;
        _policy = policy ?? ResolvedPolicy.Default;
        _allowList = allowList;
        Own = own ?? OwnDetectors.None;
    }

    /// <summary>The engine, with all kinds of all countries.</summary>
    public static MaskingEngine Default { get; } = new(MaskingSafeguards.All);

    /// <summary>Makes an engine with kinds, locales and a policy of its own.</summary>
    /// <param name="options">What to look for, and what becomes of it.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">A kind or a locale is unknown, and the message names the nearest one; or a rule is wrong, and it says how.</exception>
    public static MaskingEngine Create(MaskingEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var own = new OwnDetectors(options.Detectors ?? [], options.Patterns ?? [], DetectorLimits.Usual, options.Time);
        return new MaskingEngine(
            MaskingSafeguards.All, options.Resolve(own.Kinds, nameof(options)), new ResolvedPolicy(options.Policy ?? MaskingPolicy.Default, own.Kinds), options.AllowList, own);
    }

    /// <summary>How its plug-in detectors and patterns have behaved. Without any: empty.</summary>
    public IReadOnlyList<MaskingDetectorStatus> Detectors => Own.Status;

    internal OwnDetectors Own { get; }

    /// <summary>Finds what <see cref="Mask(string, MaskContext?)"/> would hide, or warn of.</summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before. Default: nothing.</param>
    /// <returns>Spans in UTF-16 offsets of <paramref name="text"/>, ascending, not overlapping; empty when the text is clean.</returns>
    [SkipLocalsInit]
    public IReadOnlyList<SensitiveSpan> Find(ReadOnlySpan<char> text, MaskContext? context = null)
    {
        if (IsClean(text, context))
        {
            return [];
        }

        char[]? overlay = null;
        var spans = new MaskedSpans(stackalloc MaskedSpan[MaskedSpans.Usual]);
        var rooms = new Rooms(stackalloc Finding[Findings.Usual], stackalloc DigitGroup[DigitGroups.UsualGroups], stackalloc char[DigitGroups.UsualDigits], stackalloc MaskedSpan[MaskedSpans.Usual]);
        try
        {
            PolicyView view = _policy.For(context ?? MaskContext.None);
            Overlay(text, context ?? MaskContext.None, view, [], ref spans, rooms, ref overlay);
            return spans.ToArray(Own.Kinds);
        }
        finally
        {
            spans.Dispose();
            Return(overlay);
        }
    }

    /// <summary>
    /// Masks a text as its policy says. By default a card keeps at most its last four digits, a security code nothing, no value more than a third.
    /// </summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before. Default: nothing.</param>
    /// <returns>The masked text; the same instance when nothing was hidden.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public string Mask(string text, MaskContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsClean(text, context) ? text : Mask(text, context ?? MaskContext.None, [], wantsSpans: false, out _);
    }

    /// <summary>Masks a text and says what was found.</summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before; null for nothing.</param>
    /// <param name="spans">What was found, as <see cref="Find"/> gives it.</param>
    /// <returns>The masked text; the same instance when nothing was hidden.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public string Mask(string text, MaskContext? context, out IReadOnlyList<SensitiveSpan> spans)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Mask(text, context ?? MaskContext.None, [], out spans);
    }

    /// <summary>
    /// Says of each value in a text, and of what looks like one, why it is taken or left: for those who write rules. Looks at the text several times, and once
    /// more for each value; not for the way of a message.
    /// </summary>
    /// <param name="text">The raw text.</param>
    /// <param name="context">What was said before. Default: nothing.</param>
    /// <returns>In the order of the text. What is taken is what <see cref="Find"/> gives; what is left has the action <see cref="MaskAction.Allow"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    public IReadOnlyList<MaskingExplanation> Explain(string text, MaskContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Explainer.Explain(this, text, context ?? MaskContext.None);
    }

    /// <summary>The same detectors for all kinds, without policy and allow-list.</summary>
    internal MaskingEngine WithoutRules(MaskingSafeguards safeguards) => new(safeguards, KindSet.All, ResolvedPolicy.Default, null, Own);

    /// <summary>Which rule keeps back what the detectors find.</summary>
    internal MaskingReason WhyLeft(string id, MaskContext context) =>
        !Own.Kinds.TryGet(id, out Kind kind) || !_kinds.Has(kind) ? MaskingReason.KindIsOff
        : _policy.For(context).Of(kind).Action == MaskAction.Allow ? MaskingReason.AllowedByPolicy
        : MaskingReason.AllowList;

    /// <summary>Whether it looks for a kind, and lets no value of it stand.</summary>
    internal bool Hides(Kind kind, MaskContext context) => _kinds.Has(kind) && !_policy.IsDryRun && !_policy.For(context).Of(kind).Stands;

    /// <summary>What a masked character becomes.</summary>
    internal char MaskCharacter(MaskContext context) => _policy.For(context).MaskCharacter;

    /// <summary>Masks a text; the <paramref name="certain"/> spans are hidden whole, whatever the detectors say.</summary>
    internal string Mask(string text, MaskContext context, IReadOnlyList<MaskedSpan> certain, out IReadOnlyList<SensitiveSpan> spans)
    {
        if (certain.Count == 0 && IsClean(text, context))
        {
            spans = [];
            return text;
        }

        return Mask(text, context, certain, wantsSpans: true, out spans);
    }

    /// <summary>A masked text of the same length, in which all offsets are those of the original; the same instance when nothing was found.</summary>
    [SkipLocalsInit]
    internal string MaskSameLength(string text, MaskContext context)
    {
        char[]? overlay = null;
        var spans = new MaskedSpans(stackalloc MaskedSpan[MaskedSpans.Usual]);
        var rooms = new Rooms(stackalloc Finding[Findings.Usual], stackalloc DigitGroup[DigitGroups.UsualGroups], stackalloc char[DigitGroups.UsualDigits], stackalloc MaskedSpan[MaskedSpans.Usual]);
        try
        {
            PolicyView view = _policy.For(context);
            Overlay(text, context, view, [], ref spans, rooms, ref overlay);
            return overlay is not null ? new string(overlay, 0, text.Length)
                : spans.Count > 0 && view.IsPlain ? MaskWriter.WriteCard(text, spans.Items[0].Start, spans.Items[0].End)
                : text;
        }
        finally
        {
            spans.Dispose();
            Return(overlay);
        }
    }

    private bool IsClean(ReadOnlySpan<char> text, MaskContext? context) =>
        Own.IsEmpty && Gate.IndexIn(text) < 0 && !Gate.NamesSecret(text) && context is not { ReadsWords: true };

    private string Mask(string text, MaskContext context, IReadOnlyList<MaskedSpan> certain, bool wantsSpans, out IReadOnlyList<SensitiveSpan> found)
    {
        PolicyView view = _policy.For(context);
        string masked = MaskOnce(text, context, view, certain, wantsSpans, out found);
        if (!view.RewritesMore || ReferenceEquals(masked, text) || (_safeguards & MaskingSafeguards.Rewrites) == 0)
        {
            return masked;
        }

        // Labels and gaps move words towards other numbers, which may then mean something else: what is written must be its own mask.
        for (int round = 0; round < MaxRewrites; round++)
        {
            string again = MaskOnce(masked, context, view, [], wantsSpans: false, out _);
            if (string.Equals(again, masked, StringComparison.Ordinal))
            {
                return masked;
            }

            masked = again;
        }

        char[] hidden = masked.ToCharArray();
        HideEveryCandidate(hidden);
        return new string(hidden);
    }

    [SkipLocalsInit]
    private string MaskOnce(string text, MaskContext context, PolicyView view, IReadOnlyList<MaskedSpan> certain, bool wantsSpans, out IReadOnlyList<SensitiveSpan> found)
    {
        char[]? overlay = null;
        var spans = new MaskedSpans(stackalloc MaskedSpan[MaskedSpans.Usual]);
        var labels = new MaskedSpans(stackalloc MaskedSpan[MaskedSpans.Usual]);
        var rooms = new Rooms(stackalloc Finding[Findings.Usual], stackalloc DigitGroup[DigitGroups.UsualGroups], stackalloc char[DigitGroups.UsualDigits], stackalloc MaskedSpan[MaskedSpans.Usual]);
        try
        {
            if (view.Labels.Length > 0 && (_safeguards & MaskingSafeguards.Rewrites) != 0)
            {
                PolicyText.HideLabels(text, view, ref labels, ref overlay);
            }

            Overlay(text, context, view, certain, ref spans, rooms, ref overlay);
            found = wantsSpans ? spans.ToArray(Own.Kinds) : [];
            if (_policy.IsDryRun || spans.Count == 0)
            {
                return text;
            }

            if (!view.IsPlain)
            {
                return overlay is null ? text : PolicyText.Write(text, overlay.AsSpan(0, text.Length), spans.Items, labels.Items, view);
            }

            return overlay is not null ? MaskWriter.Write(overlay.AsSpan(0, text.Length), spans.Items) : MaskWriter.WriteCard(text, spans.Items[0].Start, spans.Items[0].End);
        }
        finally
        {
            spans.Dispose();
            labels.Dispose();
            Return(overlay);
        }
    }

    private static void Return(char[]? overlay)
    {
        if (overlay is not null)
        {
            ArrayPool<char>.Shared.Return(overlay, clearArray: true);
        }
    }

    // Without an overlay afterwards, the text is clean or all that was found may stand; or, where everything is masked as usual, it is plain and the
    // one span is a card that can be hidden as it is written.
    private void Overlay(
        ReadOnlySpan<char> text, MaskContext context, PolicyView view, IReadOnlyList<MaskedSpan> certain, ref MaskedSpans spans, in Rooms rooms, ref char[]? overlay)
    {
        if (certain.Count > 0)
        {
            HideCertain(text, view, certain, ref spans, ref overlay);
        }

        var standing = new MaskedSpans(rooms.Standing);
        try
        {
            HidePassByPass(text, context, view, ref spans, ref standing, rooms, ref overlay);
            if (standing.Count > 0)
            {
                AddStanding(ref spans, ref standing);
            }
        }
        finally
        {
            standing.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HideCertain(ReadOnlySpan<char> text, PolicyView view, IReadOnlyList<MaskedSpan> certain, ref MaskedSpans spans, ref char[]? overlay)
    {
        Span<char> work = MaskWriter.Open(text, ref overlay);
        foreach (MaskedSpan span in certain)
        {
            MaskWriter.HideAll(work[span.Start..span.End]);
            spans.Add(span with { Action = view.Of(span.Kind).Action });
        }
    }

    private void HidePassByPass(
        ReadOnlySpan<char> text, MaskContext context, PolicyView view, ref MaskedSpans spans, ref MaskedSpans standing, in Rooms rooms, ref char[]? overlay)
    {
        // Mask characters fold to themselves: what is plain before a pass is plain after it.
        bool isFolded = (_safeguards & MaskingSafeguards.Folding) != 0 && !Gate.IsPlain(text);
        bool hasUrlEscapes = isFolded && text.Contains('%');
        if ((_safeguards & MaskingSafeguards.Repeat) == 0)
        {
            Pass(text, context, view, isFolded, hasUrlEscapes: false, ref spans, ref standing, rooms, ref overlay);
            return;
        }

        for (int pass = 0; ; pass++)
        {
            bool found = Pass(text, context, view, isFolded, hasUrlEscapes, ref spans, ref standing, rooms, ref overlay);
            if (overlay is null && spans.Count > 0)
            {
                return;
            }

            if (spans.Count == 0 || (!found && pass > 0))
            {
                return;
            }

            Span<char> work = overlay.AsSpan(0, text.Length);
            if (pass == MaxPasses || !Repetitions.Hide(text, ref spans, work))
            {
                HideEveryCandidate(work);
                return;
            }
        }
    }

    // What may stand is told once, and not where something is hidden as well.
    private static void AddStanding(ref MaskedSpans spans, ref MaskedSpans standing)
    {
        standing.Sort();
        int hidden = spans.Count;
        int end = 0;
        foreach (MaskedSpan span in standing.Items)
        {
            if (span.Start >= end && !spans.Overlaps(hidden, span.Start, span.End))
            {
                spans.Add(span);
                end = span.End;
            }
        }

        spans.Sort();
    }

    // Takes out of the findings what may stand, and keeps what is warned of.
    private void LeaveStanding(in FoldedText folded, PolicyView view, ref Findings findings, ref MaskedSpans standing)
    {
        int kept = 0;
        foreach (Finding finding in findings.Items)
        {
            MaskAction action = view.Of(finding.Kind).Action;
            bool isAllowed = action == MaskAction.Allow
                || (_allowList is not null && !ResolvedPolicy.AuthenticationData.Has(finding.Kind) && _allowList(Own.Kinds.IdOf(finding.Kind), folded.Chars[finding.Start..finding.End]));
            if (!isAllowed && action == MaskAction.Warn)
            {
                standing.Add(new MaskedSpan(finding.Kind, folded.StartOf(finding.Start), folded.EndOf(finding.End - 1), ConfidenceOf(finding), finding.Others, action));
            }
            else if (!isAllowed)
            {
                findings.Items[kept++] = finding;
            }
        }

        findings.Truncate(kept);
    }

    // One look at the text as masked so far. Returns whether anything was found. A span without an overlay is a card on its own.
    private bool Pass(
        ReadOnlySpan<char> text,
        MaskContext context,
        PolicyView view,
        bool isFolded,
        bool hasUrlEscapes,
        ref MaskedSpans spans,
        ref MaskedSpans standing,
        in Rooms rooms,
        ref char[]? overlay)
    {
        ReadOnlySpan<char> current = overlay is null ? text : overlay.AsSpan(0, text.Length);
        if (!hasUrlEscapes)
        {
            FoldedText plain = isFolded ? FoldedText.Create(current, readUrlEscapes: false) : FoldedText.InPlace(current);
            return Pass(text, plain, context, view, isFolded, ref spans, ref standing, rooms, ref overlay);
        }

        // Both readings are of the same text: what one of them hides could be half of an escape of the other.
        FoldedText asWritten = FoldedText.Create(current, readUrlEscapes: false);
        FoldedText unescaped = FoldedText.Create(current, readUrlEscapes: true);
        bool found = Pass(text, asWritten, context, view, isFolded, ref spans, ref standing, rooms, ref overlay);
        return Pass(text, unescaped, context, view, isFolded, ref spans, ref standing, rooms, ref overlay) || found;
    }

    // Disposes of what it reads.
    private bool Pass(
        ReadOnlySpan<char> text,
        FoldedText folded,
        MaskContext context,
        PolicyView view,
        bool isFolded,
        ref MaskedSpans spans,
        ref MaskedSpans standing,
        in Rooms rooms,
        ref char[]? overlay)
    {
        var findings = new Findings(rooms.Findings);
        try
        {
            bool isCardAlone = Detect(folded.Chars, context, rooms, ref findings);
            if (findings.Count > 0 && (!view.IsPlain || _allowList is not null))
            {
                isCardAlone = false;
                LeaveStanding(folded, view, ref findings, ref standing);
            }

            if (findings.Count == 0)
            {
                return false;
            }

            if (isCardAlone && !isFolded && overlay is null)
            {
                Finding card = findings.Items[0];
                spans.Add(new MaskedSpan(card.Kind, card.Start, card.End, ConfidenceOf(card), card.Others));
                return true;
            }

            Hide(MaskWriter.Open(text, ref overlay), folded, view, findings.Items, ref spans);
            return true;
        }
        finally
        {
            findings.Dispose();
            folded.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hide(scoped Span<char> work, in FoldedText folded, PolicyView view, ReadOnlySpan<Finding> findings, ref MaskedSpans spans)
    {
        int sorted = spans.Count;
        foreach (Finding finding in findings)
        {
            int start = folded.StartOf(finding.Start);
            int end = folded.EndOf(finding.End - 1);
            KindEffect effect = view.Of(finding.Kind);
            if (!spans.Overlaps(sorted, start, end) && effect.Action is not (MaskAction.Label or MaskAction.Drop))
            {
                MaskWriter.Hide(work, folded, finding, effect.Keep);
            }
            else
            {
                MaskWriter.HideAll(work[start..end]);
            }

            spans.Add(new MaskedSpan(finding.Kind, start, end, ConfidenceOf(finding), finding.Others, effect.Action));
        }

        spans.Merge(work);
    }

    private bool Detect(ReadOnlySpan<char> text, MaskContext context, in Rooms rooms, ref Findings findings)
    {
        bool hasAtSign = EmailDetector.Detect(text, ref findings);
        bool namesSecret = Gate.NamesSecret(text);
        var digits = new DigitGroups(text, rooms.Groups, rooms.Digits);
        try
        {
            int firstCard = findings.Count;
            if (digits.Digits.Length >= FewestDigits)
            {
                if (digits.Digits.Length >= Iban.MinDigits)
                {
                    IbanDetector.Detect(text, digits, _safeguards, ref findings);
                }

                firstCard = findings.Count;
                CardDetector.Detect(text, digits, context, _safeguards, ref findings);
                if (Own.IsEmpty && _kinds.Has(Kind.PaymentCard) && findings.Count == 1 && HoldsAll(findings.Items[0], digits.Groups))
                {
                    // The usual case: whatever else could be found would overlap the card, and a card comes first.
                    return !hasAtSign && !namesSecret && !context.FollowsCard && KeepsTouchMask(digits.Groups);
                }
            }

            DetectRest(text, digits, context, firstCard, hasAtSign, namesSecret, ref findings);
            return false;
        }
        finally
        {
            digits.Dispose();
        }
    }

    // Apart from the usual case, so that this one's working memory is small.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DetectRest(ReadOnlySpan<char> text, in DigitGroups digits, MaskContext context, int firstCard, bool hasAtSign, bool namesSecret, ref Findings findings)
    {
        if (digits.Digits.Length >= FewestDigits)
        {
            SecurityCodeDetector.Detect(text, digits, context, firstCard, ref findings);
            SsnDetector.Detect(text, digits, context, ref findings);
            PhoneDetector.Detect(text, digits, context, ref findings);
        }
        else if (digits.Groups.Length > 0 && (context.FollowsCard || SecurityCodeDetector.MayHoldCode(text, digits)))
        {
            SecurityCodeDetector.Detect(text, digits, context, findings.Count, ref findings);
        }

        if (digits.Groups.Length > 0)
        {
            DateDetector.Detect(text, digits, context, firstCard, ref findings);
            NamedCodeDetector.DetectPins(text, digits, context, ref findings);
            NetworkDetector.Detect(text, digits, ref findings);
            SecretDetector.Detect(text, digits, context, ref findings);
            WalletDetector.Detect(text, digits, context, ref findings);
            RuleDetector.Detect(text, digits, context, _kinds, ref findings);
        }

        if (namesSecret || context.Asks(Kind.Password))
        {
            PasswordDetector.Detect(text, context, ref findings);
            PrivateKeyDetector.Detect(text, ref findings);
        }

        if (namesSecret || context.Asks(Kind.SwiftBic))
        {
            NamedCodeDetector.DetectBankCodes(text, context, ref findings);
        }

        if (hasAtSign)
        {
            UrlCredentialsDetector.Detect(text, ref findings);
        }

        if (!Own.IsEmpty)
        {
            Own.Detect(text, context, ref findings);
        }

        if (_kinds != KindSet.All)
        {
            findings.Keep(_kinds);
        }

        findings.Resolve(0, text.Length);
    }

    private static bool HoldsAll(Finding finding, ReadOnlySpan<DigitGroup> groups) =>
        finding.Kind == Kind.PaymentCard && finding.Start <= groups[0].Start && finding.End >= groups[^1].End;

    // Whether the digits that a card keeps are seen to be its own when it is masked, so that the text needs no second look.
    private static bool KeepsTouchMask(ReadOnlySpan<DigitGroup> groups) =>
        groups[^1].Length > 4 || (groups[^1].Length == 4 && groups.Length > 1 && groups[^1].Start - groups[^2].End <= 2);

    private void HideEveryCandidate(Span<char> work)
    {
        // Nobody knows what a value of the host's own looks like.
        if (!Own.IsEmpty)
        {
            MaskWriter.HideAll(work);
            return;
        }

        for (int at; (at = Gate.IndexIn(work)) >= 0; work = work[(at + 1)..])
        {
            if (char.IsHighSurrogate(work[at]) && at + 1 < work.Length)
            {
                work[at + 1] = Characters.Mask;
            }

            work[at] = Characters.Mask;
        }
    }

    private static double ConfidenceOf(Finding finding) => finding.Kind switch
    {
        _ when OwnKinds.Holds(finding.Kind) => Math.Round((finding.Score - Ranks.Own) / (double)Ranks.OwnRange, 2),
        Kind.Email or Kind.Iban => 0.99,
        Kind.PaymentCard => finding.Score >= Ranks.Card + 40 ? 0.99 : 0.9,
        Kind.UsSsn => finding.Score > Ranks.Ssn + 1 ? 0.9 : 0.85,
        Kind.CardSecurityCode => finding.Score > Ranks.SecurityCode + 1 ? 0.9 : 0.7,
        Kind.Phone => finding.Score > Ranks.Phone + 1 ? 0.9 : 0.7,
        _ => finding.Score >= Ranks.NamedAndChecked ? 0.95 : finding.Score >= Ranks.Named - 60 ? 0.85 : finding.Score >= Ranks.Unnamed ? 0.75 : 0.5,
    };

    /// <summary>Memory of one call, on its stack: enough for an ordinary message.</summary>
    private readonly ref struct Rooms(Span<Finding> findings, Span<DigitGroup> groups, Span<char> digits, Span<MaskedSpan> standing)
    {
        public readonly Span<Finding> Findings = findings;
        public readonly Span<DigitGroup> Groups = groups;
        public readonly Span<char> Digits = digits;
        public readonly Span<MaskedSpan> Standing = standing;
    }
}
