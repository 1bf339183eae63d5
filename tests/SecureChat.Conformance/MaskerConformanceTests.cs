using System.Reflection;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IMasker"/>. Inherit it, override <see cref="CreateAsync"/>, and run your test project: the facts come along.
/// They show that a masker is safe to put before everything that is stored and sent, and that it finds payment cards; how much else it finds is
/// its own affair, and yours to measure (docs/masking.md).
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeMasker))]
/// public sealed class AcmeMaskerTests : MaskerConformanceTests
/// {
///     protected override ValueTask&lt;IMasker&gt; CreateAsync() => new(new AcmeMasker());
/// }
/// </code></example>
public abstract class MaskerConformanceTests : IAsyncDisposable
{
    private const int Callers = 50;

    /// <summary>A card keeps its last four at most (PCI DSS 4.0.1, 3.4.1 allows more; SecureChat does not).</summary>
    private const int MostDigitsLeft = 4;

    // Numbers that card schemes publish for tests; none can be charged.
    private static readonly string[] Cards = ["4242424242424242", "5555555555554444", "378282246310005", "6011111111111117", "3530111333300000"];

    private static readonly string[] Clean =
    [
        "Hello! When does my parcel arrive?",
        "I ordered 2 chairs on 3 March, order 1047, for 129.90 EUR.",
        "Дякую, все гаразд. 名前はまだ言っていません。 🙂👩‍👩‍👧",
        "1 2 3 4 5 6 7 8 9 10 11 12",
        " spaces  stay\nand\tlines too ",
    ];

    private readonly List<IMasker> _maskers = [];

    /// <summary>Texts that this masker leaves as they are. Override to add your own; a masker that hides ordinary words hides answers.</summary>
    protected virtual IReadOnlyList<string> Ordinary => Clean;

    /// <summary>
    /// Texts in which this masker finds something, each with the piece that must not stand in the answer. Default: payment cards in several
    /// spellings. Override to add the kinds yours is made for.
    /// </summary>
    protected virtual IReadOnlyList<(string Text, string Hidden)> Sensitive =>
    [
        .. Cards.SelectMany(static card => new[] { ($"{card}", card), ($"my card is {card}, thanks", card), ($"🙂 {card}\nand that is it", card) }),
        .. new[] { ' ', '-', '.' }.Select(static separator => Spelled(Cards[0], separator)).Select(static card => ($"Pay with {card} please", card)),
    ];

    /// <summary>Makes a masker. The suite disposes it.</summary>
    protected abstract ValueTask<IMasker> CreateAsync();

    /// <summary>Disposes the maskers of the fact. Override to remove more, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (IMasker masker in _maskers)
        {
            await SuiteParts.DisposeAsync(masker);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("MSK-001", "Ordinary text comes back as it is, character for character, without spans")]
    public async Task Ordinary_text_is_left_alone()
    {
        IMasker masker = await MakeAsync();
        foreach (string text in Ordinary)
        {
            MaskResult result = await MaskAsync(masker, text);
            Assert.Equal(text, result.Text);
            Assert.Empty(result.Spans);
            Assert.Empty(result.Amendments);
        }
    }

    [Clause("MSK-002", "Empty text, one character and text of 8,000 characters are answered")]
    public async Task Any_length_is_answered()
    {
        IMasker masker = await MakeAsync();
        foreach (string text in new[] { string.Empty, " ", "a", "4", "é", "🙂", new string('a', 8000), new string('1', 8000), new string('\n', 8000) })
        {
            MaskResult result = await MaskAsync(masker, text);
            AssertFits(result.Text, result.Spans, text);
        }

        foreach ((string text, string hidden) in Sensitive)
        {
            string before = string.Concat(Enumerable.Repeat("and so on, ", (7900 - text.Length) / 11));
            Assert.DoesNotContain(hidden, (await MaskAsync(masker, before + text)).Text, StringComparison.Ordinal);
            Assert.DoesNotContain(hidden, (await MaskAsync(masker, text + " " + before)).Text, StringComparison.Ordinal);
        }
    }

    [Clause("MSK-003", "What is sensitive is found and does not stand in the answer, nor more than four digits of it in a row")]
    public async Task Sensitive_data_is_hidden()
    {
        IMasker masker = await MakeAsync();
        foreach ((string text, string hidden) in Sensitive)
        {
            foreach (ParticipantRole sender in new[] { ParticipantRole.Visitor, ParticipantRole.Agent })
            {
                MaskResult result = await MaskAsync(masker, text, sender);
                int at = text.IndexOf(hidden, StringComparison.Ordinal);
                Assert.True(result.Spans.Any(span => span.Start < at + hidden.Length && at < span.End), $"Nothing was found in \"{text}\".");
                string[] digits = [.. Digits(hidden)];
                for (int i = 0; i + MostDigitsLeft < hidden.Length; i++)
                {
                    string piece = hidden.Substring(i, MostDigitsLeft + 1);
                    Assert.False(digits.Length > MostDigitsLeft && piece.All(char.IsAsciiDigit) && result.Text.Contains(piece, StringComparison.Ordinal), $"\"{piece}\" of \"{hidden}\" stands in \"{result.Text}\".");
                }

                Assert.DoesNotContain(hidden, result.Text, StringComparison.Ordinal);
            }
        }
    }

    [Clause("MSK-004", "Spans lie inside the text, ascend, do not overlap, and name a kind in lower-case letters, digits and hyphens")]
    public async Task Spans_are_well_formed()
    {
        IMasker masker = await MakeAsync();
        foreach (string text in All())
        {
            int end = 0;
            foreach (SensitiveSpan span in (await MaskAsync(masker, text)).Spans)
            {
                Assert.True(span.Start >= end && span.Length > 0 && span.End <= text.Length, $"{span} in {text.Length} characters, behind {end}");
                Assert.Matches("^[a-z][a-z0-9-]{0,63}$", span.Kind);
                Assert.InRange(span.Confidence, 0, 1);
                Assert.True(Enum.IsDefined(span.Action));
                end = span.End;
            }
        }
    }

    [Clause("MSK-005", "What is outside of the spans is in the answer, unchanged and in its order; no surrogate pair is split")]
    public async Task The_rest_is_unchanged()
    {
        IMasker masker = await MakeAsync();
        foreach (string text in All())
        {
            MaskResult result = await MaskAsync(masker, text);
            AssertFits(result.Text, result.Spans, text);
        }
    }

    [Clause("MSK-006", "Masking a masked text changes nothing")]
    public async Task Masking_is_idempotent()
    {
        IMasker masker = await MakeAsync();
        foreach (string text in All())
        {
            string once = (await MaskAsync(masker, text)).Text;
            MaskResult twice = await MaskAsync(masker, once);
            Assert.Equal(once, twice.Text);
        }
    }

    [Clause("MSK-007", "The same request has the same answer, also of 50 callers at once")]
    public async Task Masking_is_deterministic()
    {
        IMasker masker = await MakeAsync();
        string[] texts = [.. All()];
        string[] alone = new string[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            alone[i] = (await MaskAsync(masker, texts[i])).Text;
        }

        string[][] together = await SuiteParts.AtOnceAsync(Callers, async caller =>
        {
            string[] answers = new string[texts.Length];
            for (int i = 0; i < texts.Length; i++)
            {
                int which = (caller + i) % texts.Length;
                answers[which] = (await MaskAsync(masker, texts[which])).Text;
            }

            return answers;
        });
        Assert.All(together, answers => Assert.Equal(alone, answers));
    }

    [Clause("MSK-008", "Amendments name messages that were shown, of the same sender, each once, and hide something in them")]
    public async Task Amendments_fit_the_question()
    {
        IMasker masker = await MakeAsync();
        string card = Cards[0];
        foreach (int cut in new[] { 4, 8, 12 })
        {
            RecentMessage[] recent =
            [
                Said(3, ParticipantRole.Visitor, "I want to pay"),
                Said(7, ParticipantRole.Agent, "Sure. 4242 was your order?"),
                Said(8, ParticipantRole.Visitor, card[..cut]),
                Said(9, ParticipantRole.Agent, "and the rest?"),
            ];
            var request = new MaskRequest { Text = card[cut..], Sender = ParticipantRole.Visitor, Recent = recent };
            MaskResult result = await SuiteParts.WithinAsync(masker.MaskAsync(request, SuiteParts.Token));
            AssertFits(result.Text, result.Spans, request.Text);
            Assert.Equal(result.Amendments.Select(static amendment => amendment.Sequence).Distinct(), result.Amendments.Select(static amendment => amendment.Sequence));
            foreach (MaskAmendment amendment in result.Amendments)
            {
                RecentMessage? earlier = recent.SingleOrDefault(message => message.Sequence == amendment.Sequence && message.Sender == ParticipantRole.Visitor);
                Assert.True(earlier is not null, $"Message {amendment.Sequence} was not shown, or is another sender's.");
                AssertFits(amendment.Text, amendment.Spans, earlier.Text);
                Assert.NotEqual(earlier.Text, amendment.Text);
            }
        }
    }

    [Clause("MSK-009", "A token that is cancelled before the call starts: OperationCanceledException")]
    public async Task A_cancelled_call_answers_nothing()
    {
        IMasker masker = await MakeAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await masker.MaskAsync(new MaskRequest { Text = "Hello", Sender = ParticipantRole.Visitor }, cancelled.Token));
    }

    [Clause("MSK-010", "Its text shows nothing of what it masked, and the request stays as it is")]
    public async Task Nothing_is_kept_in_sight()
    {
        IMasker masker = await MakeAsync();
        var request = new MaskRequest { Text = $"card {Cards[0]}", Sender = ParticipantRole.Visitor, Recent = [Said(1, ParticipantRole.Visitor, "Hello")] };
        await SuiteParts.WithinAsync(masker.MaskAsync(request, SuiteParts.Token));
        Assert.DoesNotContain(Cards[0], masker.ToString() ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal($"card {Cards[0]}", request.Text);
        Assert.Equal("Hello", Assert.Single(request.Recent).Text);
    }

    [Clause("MSK-011", "Disposing twice is harmless")]
    public async Task Dispose_is_idempotent()
    {
        IMasker masker = await MakeAsync();
        await MaskAsync(masker, "Hello");
        await SuiteParts.DisposeAsync(masker);
        await SuiteParts.DisposeAsync(masker);
    }

    private static string Spelled(string card, char separator) => string.Join(separator, card.Chunk(4).Select(static group => new string(group)));

    private static IEnumerable<string> Digits(string text) => text.Where(char.IsAsciiDigit).Select(static digit => digit.ToString());

    private static RecentMessage Said(long sequence, ParticipantRole sender, string text) => new() { Sequence = sequence, Sender = sender, Text = text };

    private static Task<MaskResult> MaskAsync(IMasker masker, string text, ParticipantRole sender = ParticipantRole.Visitor) =>
        SuiteParts.WithinAsync(masker.MaskAsync(new MaskRequest { Text = text, Sender = sender }, SuiteParts.Token));

    /// <summary>Whether an answer can be one to this text: SecureChat holds a message whose answer is not (<c>SC2001</c>).</summary>
    private static void AssertFits(string masked, IReadOnlyList<SensitiveSpan> spans, string original)
    {
        Assert.NotNull(masked);
        Assert.NotNull(spans);
        for (int i = 0; i < masked.Length; i++)
        {
            bool isPair = char.IsHighSurrogate(masked[i]) && i + 1 < masked.Length && char.IsLowSurrogate(masked[i + 1]);
            Assert.False(!isPair && char.IsSurrogate(masked[i]), "Half of a surrogate pair is in the answer.");
            i += isPair ? 1 : 0;
        }

        int at = 0, end = 0;
        foreach (SensitiveSpan span in spans.Where(static span => span.Action is not (MaskAction.Warn or MaskAction.Allow)))
        {
            string before = original[end..span.Start];
            int found = end == 0 ? (masked.StartsWith(before, StringComparison.Ordinal) ? 0 : -1) : masked.IndexOf(before, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"\"{before}\" stands outside of the spans, and not in the answer \"{masked}\".");
            at = found + before.Length;
            end = span.End;
        }

        Assert.True(masked.Length >= at && masked.AsSpan(at).EndsWith(original.AsSpan(end), StringComparison.Ordinal), $"\"{original[end..]}\" stands behind the last span, and not at the end of \"{masked}\".");
        Assert.True(end > 0 || string.Equals(masked, original, StringComparison.Ordinal), "The text was changed and no span says where.");
    }

    private IEnumerable<string> All() => [.. Ordinary, .. Sensitive.Select(static pair => pair.Text), .. Sensitive.Select(static pair => $"👩‍👩‍👧{pair.Text}👩‍👩‍👧 {pair.Text}")];

    private async Task<IMasker> MakeAsync()
    {
        IMasker masker = await CreateAsync();
        Assert.NotNull(masker);
        _maskers.Add(masker);
        if (GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation is { } named)
        {
            Assert.IsType(named, masker);
        }

        return masker;
    }
}
