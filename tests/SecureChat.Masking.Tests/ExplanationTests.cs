namespace SecureChat.Masking.Tests;

/// <summary>Why a value is taken or left, as a privacy officer reads it.</summary>
public sealed class ExplanationTests
{
    [Theory]
    [InlineData("my card is 4242 4242 4242 4242", "payment-card", true, MaskingReason.Shape)]
    [InlineData("my SSN is 536228726", "us-ssn", true, MaskingReason.Words)]
    [InlineData("it is 4242 4242 4242 4243", "payment-card", false, MaskingReason.WrongCheckDigits)]
    [InlineData("jane@example.com", "email", true, MaskingReason.Shape)]
    public void Each_value_has_its_reason(string text, string kind, bool isTaken, MaskingReason reason)
    {
        MaskingExplanation only = Assert.Single(MaskingEngine.Default.Explain(text));
        Assert.Equal((kind, isTaken, reason), (only.Span.Kind, only.IsTaken, only.Reason));
    }

    [Fact]
    public void A_number_that_a_question_or_a_word_would_make_a_value_is_named()
    {
        MaskContext chat = MaskContext.FromRecent([], ParticipantRole.Visitor);
        MaskContext asked = MaskContext.FromRecent([new RecentMessage { Sequence = 1, Sender = ParticipantRole.Agent, Text = "What is your SSN?" }], ParticipantRole.Visitor);
        MaskingExplanation left = Assert.Single(MaskingEngine.Default.Explain("536228726", chat));
        Assert.Equal((false, MaskingReason.NeedsWords, MaskAction.Allow), (left.IsTaken, left.Reason, left.Span.Action));
        MaskingExplanation taken = Assert.Single(MaskingEngine.Default.Explain("536228726", asked));
        Assert.Equal(("us-ssn", true, MaskingReason.Question), (taken.Span.Kind, taken.IsTaken, taken.Reason));
    }

    [Fact]
    public void What_the_host_switched_off_or_allows_is_named()
    {
        MaskingEngine engine = MaskingEngine.Create(new MaskingEngineOptions
        {
            Kinds = ["email", "payment-card", "iban"],
            AllowList = static (kind, value) => kind == "payment-card" && value.StartsWith("4000"),
            Policy = new MaskingPolicy { Rules = [new MaskingRule { Kinds = ["iban"], Action = MaskAction.Allow }, new MaskingRule { Kinds = ["email"], Action = MaskAction.Warn }] },
        });
        const string Text = "4000056655665556, DE89 3704 0044 0532 0130 00, SSN 523-34-9056, jane@example.com, 4242424242424242";
        Assert.Equal(
            [
                ("payment-card", false, MaskingReason.AllowList, MaskAction.Allow),
                ("iban", false, MaskingReason.AllowedByPolicy, MaskAction.Allow),
                ("us-ssn", false, MaskingReason.KindIsOff, MaskAction.Allow),
                ("email", true, MaskingReason.Shape, MaskAction.Warn),
                ("payment-card", true, MaskingReason.Shape, MaskAction.Mask),
            ],
            engine.Explain(Text).Select(static one => (one.Span.Kind, one.IsTaken, one.Reason, one.Span.Action)));
    }

    [Fact]
    public void What_is_taken_is_what_the_engine_finds_and_nothing_overlaps_it()
    {
        foreach (string text in (string[])["", "hello", "\uD83D 4242 4242 4242 4242 and 4242 4242 4242 4243, SSN 536-22-8726 or 536228726", "card ４２４２ ４２４２ ４２４２ ４２４２ cvv 123"])
        {
            IReadOnlyList<MaskingExplanation> all = MaskingEngine.Default.Explain(text);
            Assert.Equal(MaskingEngine.Default.Find(text), all.Where(static one => one.IsTaken).Select(static one => one.Span));
            Assert.Equal(all.Count, all.Select(static one => one.Span.Start).Distinct().Count());
        }
    }
}
