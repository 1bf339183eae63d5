namespace SecureChat.Masking.Tests;

/// <summary>E31: a card number in pieces over several messages of one sender, with other text and the agent's lines between.</summary>
public sealed class SplitCardTests
{
    private static readonly string[] Numbers =
    [
        "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "5105105105105100", "6011111111111117", "6011000990139424",
        "3530111333300000", "6200000000000005", "378282246310005", "371449635398431", "30569309025904", "38520000023237",
    ];

    private static readonly string[] Talk = ["ok", "one moment", "it is long :)", "here it goes", "at 10:30 then", "thanks, 5 min", "sorry for the wait", "on 12/10 I called", "it was 19.99 EUR", "order 4711 is mine"];

    private static readonly (string Before, string After)[] Around = [("", ""), ("first: ", ""), ("then ", ""), ("and ", " ok?"), ("... ", " ..."), ("", " next"), ("the last ones are ", ".")];

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (string number in Numbers)
        {
            string[] splits = number.Length switch
            {
                15 => ["4|6|5", "4 6|5", "4|6 5"],
                14 => ["4|6|4", "4 6|4"],
                _ => ["4|4|4|4", "4 4|4 4", "4|4 4 4", "4 4 4|4", "8|8", "4|4|8", "4-4|4-4"],
            };
            foreach (string split in splits)
            {
                cases.Add(number, split);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_card_in_pieces_is_masked_in_all_of_them(string number, string split)
    {
        const int Rounds = 6;
        var random = new Random(HashCode.Combine(number.Length, split.Length, 20261123));
        string[] pieces = Pieces(number, split);
        for (int round = 0; round < Rounds; round++)
        {
            var conversation = new Conversation();
            foreach (string piece in pieces)
            {
                (string before, string after) = Around[random.Next(Around.Length)];
                await conversation.SayAsync(ParticipantRole.Visitor, before + piece + after);
                if (!ReferenceEquals(piece, pieces[^1]) && round > 1)
                {
                    for (int i = random.Next(3); i > 0; i--)
                    {
                        await conversation.SayAsync(random.Next(2) == 0 ? ParticipantRole.Agent : ParticipantRole.Visitor, Talk[random.Next(Talk.Length)]);
                    }
                }
            }

            // A piece may look like another number and be masked as that; of the rest, as of any masked card, the last four may stay.
            string all = string.Join('\n', conversation.Texts);
            Assert.True(
                pieces.Where(piece => all.Contains(piece, StringComparison.Ordinal)).Sum(static piece => piece.Count(char.IsAsciiDigit)) <= 4,
                $"seed 20261123, round {round}:\n{all}");
        }
    }

    [Theory]
    [InlineData("message 40", "message 41", "message 42", "message 43", "message 44", "message 45", "message 46", "message 47", "message 48")]
    [InlineData("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14")]
    [InlineData("I paid 42.42", "and 42.42 again", "and 42.42", "and 42.42")]
    [InlineData("$4242", "$4242", "$4242", "$4242")]
    [InlineData("order 4242", "order 4242", "order 4242", "order 4242")]
    [InlineData("room 4242", "ticket 4242", "ref 4242", "invoice 4242")]
    [InlineData("42:42", "42:42", "42:42", "42:42")]
    [InlineData("4242", "4242", "4243", "4242")]
    [InlineData("born 1984", "moved 2004", "came back 2019", "left 2024")]
    [InlineData("+49 151", "1234", "5678")]
    [InlineData("4242km", "4242km", "4242km", "4242km")]
    public async Task Numbers_that_only_look_split_stay(params string[] messages)
    {
        var conversation = new Conversation();
        foreach (string message in messages)
        {
            await conversation.SayAsync(ParticipantRole.Visitor, message);
        }

        Assert.Equal(messages, conversation.Texts);
    }

    // "4 4|4 4": two messages with two groups each.
    private static string[] Pieces(string number, string split)
    {
        int at = 0;
        return
        [
            .. split.Split('|').Select(message =>
            {
                char separator = message.Contains('-', StringComparison.Ordinal) ? '-' : ' ';
                return string.Join(separator, message.Split(separator).Select(group =>
                {
                    int length = int.Parse(group, System.Globalization.CultureInfo.InvariantCulture);
                    at += length;
                    return number.Substring(at - length, length);
                }));
            }),
        ];
    }

    /// <summary>A host in small: stores what the masker gives, and its amendments.</summary>
    private sealed class Conversation
    {
        private readonly EngineMasker _masker = new();
        private readonly List<RecentMessage> _stored = [];

        public IEnumerable<string> Texts => _stored.Select(static message => message.Text);

        public async Task SayAsync(ParticipantRole sender, string text)
        {
            MaskResult result = await _masker.MaskAsync(
                new MaskRequest { Text = text, Sender = sender, Recent = [.. _stored] }, TestContext.Current.CancellationToken);
            foreach (MaskAmendment amendment in result.Amendments)
            {
                int index = _stored.FindIndex(message => message.Sequence == amendment.Sequence);
                _stored[index] = new RecentMessage { Sequence = amendment.Sequence, Sender = _stored[index].Sender, Text = amendment.Text };
            }

            _stored.Add(new RecentMessage { Sequence = _stored.Count + 1, Sender = sender, Text = result.Text });
        }
    }
}
