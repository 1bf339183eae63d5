namespace SecureChat.Masking;

/// <summary>What becomes of a kind.</summary>
internal readonly struct KindEffect(MaskAction action, sbyte keep, string? label)
{
    /// <summary>As many as the kind's own mask keeps.</summary>
    public const sbyte Usual = -1;

    // A default one is not set, and must never read as a mask that keeps nothing by accident.
    public bool IsSet { get; } = true;

    public MaskAction Action { get; } = action;

    public sbyte Keep { get; } = keep;

    public string? Label { get; } = label;

    /// <summary>Whether the value stays as it is in the text.</summary>
    public bool Stands => Action is MaskAction.Warn or MaskAction.Allow;
}

/// <summary>A policy as one sender's texts in one direction meet it. Immutable, thread-safe.</summary>
internal sealed class PolicyView
{
    private readonly KindEffect[] _effects;

    public PolicyView(KindEffect[] effects, char maskCharacter)
    {
        _effects = effects;
        MaskCharacter = maskCharacter;
        Labels = [.. effects.Select(static effect => effect.Label).OfType<string>().Distinct(StringComparer.Ordinal)];
        IsPlain = maskCharacter == Characters.Mask && effects.All(static effect => effect is { Action: MaskAction.Mask, Keep: KindEffect.Usual });
        RewritesMore = maskCharacter != Characters.Mask || effects.Any(static effect => effect.Action is MaskAction.Label or MaskAction.Drop);
    }

    /// <summary>Everything is masked as its kind says.</summary>
    public bool IsPlain { get; }

    /// <summary>What is written is not of the length of what was found, or in other characters.</summary>
    public bool RewritesMore { get; }

    public char MaskCharacter { get; }

    /// <summary>Every label that may stand in a masked text.</summary>
    public string[] Labels { get; }

    public KindEffect Of(Kind kind) => (int)kind < _effects.Length ? _effects[(int)kind] : _effects[^1];
}
