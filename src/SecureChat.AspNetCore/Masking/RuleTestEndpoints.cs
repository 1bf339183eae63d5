using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>
/// A text tried against the live rules, for privacy officers: what would stand in the chat, and why. Nothing of it is stored, logged or audited, and the
/// answer repeats it masked only.
/// </summary>
internal static class RuleTestEndpoints
{
    public static void MapPrivacy(IEndpointRouteBuilder group) =>
        group.MapPost("/privacy/masking/try", TryAsync)
            .WithName("SecureChat.Privacy.TryMasking")
            .WithSummary("Tries a text against the live masking rules: as it would stand in the chat, and why each value is taken or left. Keeps nothing. For privacy officers.")
            .Accepts<TryMaskingCommand>("application/json")
            .Produces<TryMaskingView>();

    private static async Task<IResult> TryAsync(HttpContext http, GuardedMasker masker, MaskingEngine engine, RateLimits limits, CancellationToken cancellationToken)
    {
        if (AgentGate.Current(http) is not { IsPrivacyOfficer: true } officer)
        {
            return Problems.From(SecureChatErrors.Forbidden);
        }

        if (limits.TryAgentWrite(officer.Id) is { } wait)
        {
            Outcome<TryMaskingView> refused = RateLimits.Refuse<TryMaskingView>(wait);
            return Problems.From(refused.Error!, refused.Facts);
        }

        SecureChatLimits options = http.RequestServices.GetRequiredService<IOptions<SecureChatOptions>>().Value.Limits;
        Outcome<TryMaskingCommand> body = await RequestBody.ReadAsync<TryMaskingCommand>(http, ChatServices.FrameBytes(options), cancellationToken);
        if (!body.IsSuccess)
        {
            return Problems.From(body.Error, body.Facts);
        }

        TryMaskingCommand command = body.Value;
        if ((MessageText.Check(command.Text, options.MessageBytes) ?? (command.Question is { } asked ? MessageText.Check(asked, options.MessageBytes) : null)) is { } refusal)
        {
            return Problems.From(refusal);
        }

        ParticipantRole sender = command.From ?? ParticipantRole.Visitor;
        ParticipantRole other = sender == ParticipantRole.Visitor ? ParticipantRole.Agent : ParticipantRole.Visitor;
        RecentMessage[] recent = command.Question is { } question ? [new RecentMessage { Sequence = 1, Sender = other, Text = question }] : [];

        // By the same way as a message, so that what is shown is what would be stored.
        MaskedMessage masked = await masker.MaskAsync(new MaskRequest { Text = command.Text!, Sender = sender, Recent = recent }, cancellationToken);
        IReadOnlyList<MaskingExplanation> why = masker.IsEngine ? engine.Explain(command.Text!, MaskContext.FromRecent(recent, sender, engine.Own)) : [];
        return TypedResults.Json(
            new TryMaskingView
            {
                Masked = masked.Text.Value,
                IsBlocked = masked.BlockedKinds.Count > 0,
                Values =
                [
                    .. why.Select(static one => new TriedValue
                    {
                        Kind = one.Span.Kind,
                        OtherKinds = one.Span.OtherKinds,
                        Start = one.Span.Start,
                        Length = one.Span.Length,
                        Confidence = one.Span.Confidence,
                        IsTaken = one.IsTaken,
                        Action = one.Span.Action,
                        Reason = one.Reason,
                    }),
                ],
            },
            SecureChatJson.Options);
    }
}

/// <summary>A text to try.</summary>
internal sealed class TryMaskingCommand
{
    /// <summary>The text, as long as a message may be.</summary>
    public string? Text { get; init; }

    /// <summary>Who would write it. Default: the visitor.</summary>
    public ParticipantRole? From { get; init; }

    /// <summary>What the other side said before. Default: nothing.</summary>
    public string? Question { get; init; }

    public override string ToString() => nameof(TryMaskingCommand);
}

/// <summary>What the rules make of a text.</summary>
internal sealed class TryMaskingView
{
    /// <summary>As it would stand in the chat.</summary>
    public required string Masked { get; init; }

    /// <summary>Whether it would not be taken at all.</summary>
    public required bool IsBlocked { get; init; }

    /// <summary>The values in it, and what looks like one. Empty when a masker of the host's own is used, which says no reasons.</summary>
    public required IReadOnlyList<TriedValue> Values { get; init; }

    public override string ToString() => nameof(TryMaskingView);
}

/// <summary>A value, or what looks like one.</summary>
internal sealed class TriedValue
{
    /// <summary>Kind id.</summary>
    public required string Kind { get; init; }

    /// <summary>Other kinds that the same characters may be.</summary>
    public required IReadOnlyList<string> OtherKinds { get; init; }

    /// <summary>First UTF-16 code unit in the text that was sent.</summary>
    public required int Start { get; init; }

    /// <summary>UTF-16 code units.</summary>
    public required int Length { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>Whether the rules act on it.</summary>
    public required bool IsTaken { get; init; }

    /// <summary>What becomes of it.</summary>
    public required MaskAction Action { get; init; }

    /// <summary>Why.</summary>
    public required MaskingReason Reason { get; init; }

    public override string ToString() => nameof(TriedValue);
}
