using FsCheck;
using FsCheck.Fluent;

namespace SecureChat.Masking.Tests;

/// <summary>A failure prints the seed that replays it.</summary>
public sealed class MaskingPropertyTests
{
    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    private static readonly string[] Pieces =
    [
        "4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444", "378282246310005", "4242", "424242424242", "30569309025904", "523-34-9056", "523349056",
        "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "NO9386011117947", "jane@example.com", "a@b.co", "@", ".", ",", ":", "-", "/", " ", " ", "\n", "+", "(", ")", "#",
        "+49 151 12345678", "0049", "cvv", " cvv ", " card ", " ssn ", " phone ", " order ", " exp ", "09/28", "123", "1234", "7", "00", "•", "••••", "***", "X", "a", "é", "\u200B", "\u200D",
        "\u00A0", "４", "\u0664", "4️⃣", "𝟒", "&#52;", "&nbsp;", "%20", "%40", "%", "&", "<br>", "<", "🙂", "\uD83D", "\uDE42", "\u0301", "=", "'", "\"", "2026-03-04", "10:11:12", "0.5",
    ];

    [Fact]
    public void Masking_masked_text_changes_nothing() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(3000)),
        Prop.ForAll(Texts(), text =>
        {
            string masked = Engine.Mask(text);
            return ReferenceEquals(masked, Engine.Mask(masked)) && Engine.Find(masked).Count == 0;
        }));

    [Fact]
    public void Spans_are_in_order_inside_the_text_and_split_no_pair() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(2000)),
        Prop.ForAll(Texts(), text =>
        {
            int end = 0;
            foreach (SensitiveSpan span in Engine.Find(text))
            {
                if (span.Start < end || span.Length <= 0 || span.End > text.Length || SplitsPair(text, span.Start) || SplitsPair(text, span.End))
                {
                    return false;
                }

                end = span.End;
            }

            return true;
        }));

    [Fact]
    public void No_value_that_was_found_stands_anywhere_in_the_masked_text() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(3000)),
        Prop.ForAll(Texts(), text =>
        {
            string masked = Engine.Mask(text, null, out IReadOnlyList<SensitiveSpan> spans);
            return spans.All(span => span.Length < 6 || !masked.Contains(text.Substring(span.Start, span.Length), StringComparison.Ordinal))
                && (spans.Count == 0 ? ReferenceEquals(masked, text) : masked != text)
                && masked.Length <= text.Length;
        }));

    [Fact]
    public void Of_a_card_between_words_at_most_four_digits_survive() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(2000)),
        Prop.ForAll(
            (from prefix in Gen.Elements("4", "51", "55", "2221", "2720", "37", "6011", "3056", "3530", "62")
             from body in Gen.ArrayOf(Gen.Choose(0, 9), 20)
             from separator in Gen.Elements("", " ", "-", ".", "/", "\u00A0", "\u2013", "\u200B", "  ", "\n", "&nbsp;")
             from words in Gen.Elements("", "here it is: ", "Bitte: ", "ok ", "é ")
             select words + Spell(CardNumber(prefix, body), separator) + " thanks").ToArbitrary(),
            text =>
            {
                string masked = Engine.Mask(text);
                return Engine.Find(text).Count == 1 && masked.Count(char.IsDigit) <= 4;
            }));

    [Fact]
    public void No_sequence_of_code_units_makes_it_throw() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(2000)),
        Prop.ForAll(
            Gen.ListOf(Gen.OneOf(Gen.Choose(0, 0xFFFF), Gen.Choose(0xD800, 0xDFFF), Gen.Choose('0', '9'), Gen.Choose(0x20, 0x40)))
                .Select(units => new string([.. units.Select(unit => (char)unit)])).ToArbitrary(),
            text =>
            {
                string masked = Engine.Mask(text);
                return ReferenceEquals(masked, Engine.Mask(masked));
            }));

    private static Arbitrary<string> Texts() =>
        Gen.ListOf(Gen.Elements(Pieces)).Resize(24).Select(pieces => string.Concat(pieces)).ToArbitrary();

    private static bool SplitsPair(string text, int at) =>
        at > 0 && at < text.Length && char.IsHighSurrogate(text[at - 1]) && char.IsLowSurrogate(text[at]);

    private static string CardNumber(string prefix, int[] body)
    {
        int length = prefix is "37" ? 15 : prefix is "3056" ? 14 : 16;
        string number = prefix + string.Concat(body.Take(length - prefix.Length - 1));
        for (char check = '0'; ; check++)
        {
            if (Luhn.IsValid(number + check))
            {
                return number + check;
            }
        }
    }

    private static string Spell(string number, string separator) =>
        number.Length == 16
            ? string.Join(separator, number.Chunk(4).Select(group => new string(group)))
            : string.Join(separator, number[..4], number[4..10], number[10..]);
}
