namespace SecureChat.Masking.Tests;

public sealed class EngineMaskerTests
{
    private readonly EngineMasker _masker = new();

    [Fact]
    public async Task A_card_split_over_four_messages_is_masked_in_all_of_them_E31()
    {
        MaskResult result = await MaskAsync("4242", Visitor(1, "4242"), Agent(2, "go on"), Visitor(3, "4242"), Visitor(5, "4242"));
        Assert.Equal("••••", result.Text);
        Assert.Equal((0, 4), (result.Spans[0].Start, result.Spans[0].Length));
        Assert.Equal([1L, 3L, 5L], result.Amendments.Select(amendment => amendment.Sequence));
        Assert.All(result.Amendments, amendment => Assert.Equal("••••", amendment.Text));
    }

    [Fact]
    public async Task A_card_split_in_two_halves_with_words_is_masked_in_both_E31()
    {
        MaskResult result = await MaskAsync("and then 4242 4242 ok?", Visitor(7, "first half: 4242 4242"));
        Assert.Equal("and then •••• •••• ok?", result.Text);
        MaskAmendment amendment = Assert.Single(result.Amendments);
        Assert.Equal((7L, "first half: •••• ••••"), (amendment.Sequence, amendment.Text));
        Assert.Equal((12, 9), (amendment.Spans[0].Start, amendment.Spans[0].Length));
    }

    [Fact]
    public async Task A_split_that_was_masked_is_not_found_again_E31()
    {
        MaskResult result = await MaskAsync("4242", Visitor(1, "••••"), Visitor(2, "••••"), Visitor(3, "•••• •••• •••• 4242"), Visitor(4, "4242"));
        Assert.Equal("4242", result.Text);
        Assert.Empty(result.Amendments);
    }

    [Fact]
    public async Task Digits_of_two_senders_make_no_card_E31()
    {
        MaskResult result = await MaskAsync("4242 4242", Agent(1, "4242 4242"));
        Assert.Equal("4242 4242", result.Text);
        Assert.Empty(result.Amendments);
    }

    [Fact]
    public async Task Numbers_of_daily_talk_over_messages_make_no_card_E31()
    {
        MaskResult result = await MaskAsync("at 10:30", Visitor(1, "order 4711"), Visitor(2, "from 2026-03-04"), Visitor(3, "room 12"));
        Assert.Equal("at 10:30", result.Text);
        Assert.Empty(result.Amendments);
    }

    [Theory]
    [InlineData("What is the CVV?", "123", "•••")]
    [InlineData("Y el código de seguridad?", "123", "•••")]
    [InlineData("the three digits on the back please", "sure, 123", "sure, •••")]
    [InlineData("Your social security number?", "523349056", "•••••••••")]
    [InlineData("What time?", "123", "123")]
    public async Task The_agents_question_gives_the_answer_its_meaning(string question, string answer, string masked) =>
        Assert.Equal(masked, (await MaskAsync(answer, Agent(1, question))).Text);

    [Fact]
    public async Task A_code_right_after_a_message_that_was_a_card_is_masked()
    {
        MaskResult result = await MaskAsync("09/28 123", Visitor(1, "•••• •••• •••• 4242"));
        Assert.Equal("••/•• •••", result.Text);
    }

    [Fact]
    public async Task Agent_text_goes_the_same_way_E40()
    {
        MaskResult result = await _masker.MaskAsync(
            new MaskRequest { Text = "I see 4242 4242 4242 4242", Sender = ParticipantRole.Agent }, TestContext.Current.CancellationToken);
        Assert.Equal("I see •••• •••• •••• 4242", result.Text);
    }

    [Fact]
    public async Task Nothing_that_it_gives_back_prints_text()
    {
        MaskResult result = await MaskAsync("4242", Visitor(1, "4242"), Visitor(2, "4242"), Visitor(3, "4242"));
        Assert.DoesNotContain("4242", result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4242", result.Amendments[0].ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4242", new MaskContext().ToString(), StringComparison.Ordinal);
    }

    private static RecentMessage Visitor(long sequence, string text) => new() { Sequence = sequence, Sender = ParticipantRole.Visitor, Text = text };

    private static RecentMessage Agent(long sequence, string text) => new() { Sequence = sequence, Sender = ParticipantRole.Agent, Text = text };

    private ValueTask<MaskResult> MaskAsync(string text, params RecentMessage[] recent) => _masker.MaskAsync(
        new MaskRequest { Text = text, Sender = ParticipantRole.Visitor, Recent = recent }, TestContext.Current.CancellationToken);
}
