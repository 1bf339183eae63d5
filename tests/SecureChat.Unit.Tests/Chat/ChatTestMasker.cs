using System.Text.RegularExpressions;

namespace SecureChat.Unit.Tests.Chat;

/// <summary>Masks runs of 16 digits, also when split over two messages of one sender; or misbehaves as told.</summary>
internal sealed partial class ChatTestMasker : IMasker
{
    public Func<MaskRequest, CancellationToken, ValueTask<MaskResult>>? Instead { get; set; }

    public List<MaskRequest> Requests { get; } = [];

    public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add(request);
        }

        if (Instead is { } instead)
        {
            return instead(request, cancellationToken);
        }

        var amendments = new List<MaskAmendment>();
        RecentMessage? previous = request.Recent.LastOrDefault(message => message.Sender == request.Sender);
        bool isRest = previous is not null
            && DigitsOnly().IsMatch(previous.Text) && DigitsOnly().IsMatch(request.Text) && (previous.Text + request.Text).Length == 16;
        if (isRest)
        {
            amendments.Add(new MaskAmendment { Sequence = previous!.Sequence, Text = "[card]", Spans = [Span(0, previous.Text.Length)] });
            return ValueTask.FromResult(new MaskResult { Text = "[card]", Spans = [Span(0, request.Text.Length)], Amendments = amendments });
        }

        SensitiveSpan[] spans = [.. Card().Matches(request.Text).Select(match => Span(match.Index, match.Length))];
        return ValueTask.FromResult(new MaskResult { Text = Card().Replace(request.Text, "[card]"), Spans = spans });
    }

    private static SensitiveSpan Span(int start, int length) => new() { Kind = DataKinds.PaymentCard, Start = start, Length = length, Confidence = 1 };

    [GeneratedRegex("[0-9]{16}")]
    private static partial Regex Card();

    [GeneratedRegex("^[0-9]+$")]
    private static partial Regex DigitsOnly();
}
