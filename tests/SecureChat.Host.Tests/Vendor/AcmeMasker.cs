using System.Text.RegularExpressions;
using SecureChat;

namespace Acme;

public sealed partial class AcmeMasker : IMasker
{
    public ValueTask<MaskResult> MaskAsync(MaskRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SensitiveSpan[] spans =
        [
            .. Card().Matches(request.Text).Select(static match => new SensitiveSpan
            {
                Kind = DataKinds.PaymentCard,
                Start = match.Index,
                Length = match.Length,
                Confidence = 1,
            }),
        ];
        return new(new MaskResult { Text = Card().Replace(request.Text, "[card]"), Spans = spans });
    }

    [GeneratedRegex("(?:[0-9][ -]?){15}[0-9]")]
    private static partial Regex Card();
}
