using System.Runtime.Intrinsics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace SecureChat.Masking.Tests;

/// <summary>What makes the engine fast must not change what it finds.</summary>
public sealed class MaskingShortcutTests
{
    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    [Fact]
    public void The_gate_opens_for_entities_and_every_character_that_folds_to_a_digit_or_an_at_sign_E33()
    {
        int open = 0;
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value))
            {
                continue;
            }

            char folded = FoldTable.Of(new Rune(value));
            bool isCandidate = char.IsAsciiDigit(folded) || folded == '@' || value == '&';
            Assert.True((Gate.IndexIn("é" + new Rune(value)) == 1) == isCandidate, $"U+{value:X4}");
            open += isCandidate ? 1 : 0;
        }

        Assert.True(open > 600, $"only {open} characters open the gate");
    }

    [Fact]
    public void The_gate_finds_a_candidate_at_every_place_of_a_foreign_text_E33()
    {
        foreach (string filler in new[] { "ж", "a", "語", "😀", "ह", "é " })
        {
            foreach (string candidate in new[] { "4", "@", "&", "\u0664", "４", "𝟒", "④" })
            {
                for (int before = 0; before < 70; before++)
                {
                    string text = string.Concat(Enumerable.Repeat(filler, before)) + candidate + string.Concat(Enumerable.Repeat(filler, 40));
                    Assert.Equal(before * filler.Length, Gate.IndexIn(text));
                }
            }

            Assert.Equal(-1, Gate.IndexIn(string.Concat(Enumerable.Repeat(filler, 200))));
        }
    }

    [Fact]
    public void Nothing_that_is_passed_over_by_sixteens_is_a_candidate_E33()
    {
        for (int c = 0; c <= char.MaxValue; c++)
        {
            if (Gate.AreHarmless(Vector256.Create((ushort)c)))
            {
                Assert.True(c < 0x80 ? !char.IsAsciiDigit((char)c) && (char)c is not ('@' or '&') : !FoldTable.MayBeDigit((char)c), $"U+{c:X4}");
            }
        }
    }

    private static MaskContext Chat { get; } = MaskContext.FromRecent([], ParticipantRole.Visitor);

    [Fact]
    public void A_card_on_its_own_is_masked_as_it_is_among_other_signs() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(5000)),
        Prop.ForAll(
            (from before in Gen.Elements("", "my card is ", "order ", "ref:", "é", "is ", "cvv ", "1.", "+", "a", "x-", "card ", "room 204, ")
             from card in Gen.Elements(
                 "4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "4242  4242  4242  4242", "4242 **4242** 4242 4242", "378282246310005", "3782 822463 10005",
                 "42 42 42 42 42 42 42 42", "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "30569309025904", "4242424242424", "501800000009", "424242424242 4242", "4242 4242 4242 424 2", "4242\n > 4242\n > 4242\n > 4242")
             from after in Gen.Elements("", " thanks", ".", "é", "•", " cvv", "a", "-", " is my card", " •", "/", " 12/28")
             select before + card + after).ToArbitrary(),
            text =>
            {
                // An at sign that belongs to no address says only that there could be more to find: then no shortcut is taken.
                // In a conversation, because a value that is the whole of a text counts for more elsewhere.
                string masked = Engine.Mask(text, Chat, out IReadOnlyList<SensitiveSpan> spans);
                string beside = Engine.Mask(text + " @", Chat, out IReadOnlyList<SensitiveSpan> besideSpans);
                return masked + " @" == beside
                    && spans.Select(Describe).SequenceEqual(besideSpans.Select(Describe))
                    && ReferenceEquals(masked, Engine.Mask(masked, Chat));
            }));

    private static (string Kind, int Start, int Length, double Confidence) Describe(SensitiveSpan span) =>
        (span.Kind, span.Start, span.Length, span.Confidence);
}
