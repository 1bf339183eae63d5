namespace SecureChat.Masking;

/// <summary>A policy by number instead of by name: for each role and direction what becomes of each kind. Immutable, thread-safe.</summary>
internal sealed class ResolvedPolicy
{
    private const int MostKept = 8;

    private const int LongestLabel = 64;

    private const string KindInLabel = "{kind}";

    private const string MaskCharacters = "\u2022\u25CF\u2588\u2587*";

    // A text of nobody first, then one of each role.
    private static readonly int RoleCount = Enum.GetValues<ParticipantRole>().Length + 1;

    private readonly PolicyView[] _views;

    public ResolvedPolicy(MaskingPolicy policy, OwnKinds? own = null)
    {
        Check(policy, own ?? OwnKinds.None);
        IsDryRun = policy.IsDryRun;
        _views = new PolicyView[RoleCount * 2];
        for (int role = 0; role < RoleCount; role++)
        {
            foreach (MaskDirection direction in (ReadOnlySpan<MaskDirection>)[MaskDirection.In, MaskDirection.Out])
            {
                _views[(role * 2) + (int)direction] = Resolve(policy, own ?? OwnKinds.None, role == 0 ? null : (ParticipantRole)(role - 1), direction);
            }
        }
    }

    /// <summary>Mask everything.</summary>
    public static ResolvedPolicy Default { get; } = new(MaskingPolicy.Default);

    /// <summary>What no rule lets stand or be kept: card security codes and PINs (P7).</summary>
    public static KindSet AuthenticationData { get; } = KindSet.Of(Kind.CardSecurityCode) | KindSet.Of(Kind.Pin);

    public bool IsDryRun { get; }

    public PolicyView For(MaskContext context)
    {
        int role = context.Role is { } sender ? (int)sender + 1 : 0;
        return _views[((role < RoleCount ? role : 0) * 2) + (context.Direction == MaskDirection.Out ? 1 : 0)];
    }

    /// <summary>Throws an <see cref="ArgumentException"/> that names what to change. </summary>
    private static void Check(MaskingPolicy policy, OwnKinds own)
    {
        if (!MaskCharacters.Contains(policy.MaskCharacter))
        {
            throw new ArgumentException($"The mask character must be one of {string.Join(' ', MaskCharacters.AsEnumerable())}: others could be part of a value, or of an ordinary text.", nameof(policy));
        }

        CheckLabel(policy.Label, nameof(policy));
        for (int i = 0; i < policy.Rules.Count; i++)
        {
            string name = $"Rule {i + 1}";
            MaskingRule rule = policy.Rules[i] ?? throw new ArgumentException($"{name} of the policy is null.", nameof(policy));
            if (!Enum.IsDefined(rule.Action) || (rule.Direction is { } direction && !Enum.IsDefined(direction)) || (rule.Roles?.Any(static role => !Enum.IsDefined(role)) ?? false))
            {
                throw new ArgumentException($"{name} of the policy names an action, direction or role that there is not.", nameof(policy));
            }

            if (rule.KeepLast is { } keep && (keep is < 0 or > MostKept || rule.Action != MaskAction.Mask))
            {
                throw new ArgumentException($"{name} of the policy: keepLast is 0 to {MostKept}, and only where the action is to mask.", nameof(policy));
            }

            if (rule.Label is not null)
            {
                CheckLabel(rule.Label, nameof(policy));
                if (rule.Action != MaskAction.Label)
                {
                    throw new ArgumentException($"{name} of the policy has a label, and its action is not to put one.", nameof(policy));
                }
            }

            if (rule.Kinds is { Count: 0 } || rule.Roles is { Count: 0 })
            {
                throw new ArgumentException($"{name} of the policy is about no kind or no role. Leave the member out to mean all of them.", nameof(policy));
            }

            foreach (string id in rule.Kinds ?? [])
            {
                KindSet kinds = MaskingEngineOptions.KindsOf(id, own, nameof(policy));
                if (!id.EndsWith('*') && !(kinds & AuthenticationData).IsEmpty && !MayApply(rule.Action))
                {
                    throw new ArgumentException(
                        $"{name} of the policy would let \"{id}\" stand or be kept. It is authentication data, which is never kept (PCI DSS requirement 3.3.1): mask, label, drop or block it.", nameof(policy));
                }
            }
        }
    }

    private static bool MayApply(MaskAction action) => action is not (MaskAction.Seal or MaskAction.Warn or MaskAction.Allow);

    private static void CheckLabel(string label, string parameter)
    {
        // Known to be right; and the engine that looks at the others is made with it.
        if (label == MaskingPolicy.UsualLabel)
        {
            return;
        }

        if (label is not { Length: > 0 and <= LongestLabel } || label.Any(static c => char.IsDigit(c) || c is '@' || char.IsControl(c) || char.IsSurrogate(c)) || string.IsNullOrWhiteSpace(label)
            || MaskingEngine.Default.Mask(label) != label)
        {
            throw new ArgumentException($"A label has 1 to {LongestLabel} characters, none of them a digit, an at sign or a control character, and is not taken for a value itself. {KindInLabel} in it becomes the id of the kind.", parameter);
        }
    }

    private static PolicyView Resolve(MaskingPolicy policy, OwnKinds own, ParticipantRole? role, MaskDirection direction)
    {
        var effects = new KindEffect[own.Count == 0 ? KindTable.Size : OwnKinds.First + own.Count];
        KindSet open = KindSet.All;
        foreach (MaskingRule rule in policy.Rules)
        {
            if ((rule.Direction is { } only && only != direction) || (rule.Roles is { } roles && (role is not { } sender || !roles.Contains(sender))))
            {
                continue;
            }

            KindSet about = KindSet.All;
            if (rule.Kinds is { } ids)
            {
                about = default;
                foreach (string id in ids)
                {
                    about |= MaskingEngineOptions.KindsOf(id, own, nameof(policy));
                }
            }

            about &= MayApply(rule.Action) ? open : open & ~AuthenticationData;
            open &= ~about;
            foreach (Kind kind in KindTable.All.Concat(own.All).Where(about.Has))
            {
                effects[(int)kind] = new KindEffect(
                    rule.Action,
                    (sbyte)(rule.KeepLast ?? KindEffect.Usual),
                    rule.Action == MaskAction.Label ? (rule.Label ?? policy.Label).Replace(KindInLabel, own.IdOf(kind), StringComparison.Ordinal) : null);
            }
        }

        for (int i = 0; i < effects.Length; i++)
        {
            effects[i] = effects[i].IsSet ? effects[i] : new KindEffect(MaskAction.Mask, KindEffect.Usual, null);
        }

        return new PolicyView(effects, policy.MaskCharacter);
    }
}
