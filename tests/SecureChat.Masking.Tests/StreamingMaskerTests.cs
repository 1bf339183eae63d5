using System.Globalization;
using System.Text;

namespace SecureChat.Masking.Tests;

/// <summary>A text in pieces is masked like the text, wherever the pieces were cut.</summary>
public sealed class StreamingMaskerTests
{
    private const string Prose = "The quick brown fox jumps over the lazy dog and then it rests a while in the shade of the old tree before it goes home to eat and sleep. ";

    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    [Theory]
    [InlineData("my card is 4242 4242 4242 4242, thanks")]
    [InlineData("SSN 536-22-8726 and mail jane@example.com")]
    [InlineData("my SSN is 536228726")]
    [InlineData("DE89 3704 0044 0532 0130 00")]
    [InlineData("my password is hunter2horse and more words")]
    [InlineData("card ４２４２ ４２４２ ４２４２ ４２４２ and &#52;242 4242 4242 4242")]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("\uD83D")]
    public void Wherever_it_is_cut_it_is_masked_like_the_whole(string value)
    {
        string text = Prose + value + ". " + Prose;
        string whole = Engine.Mask(text);
        for (int cut = 0; cut <= text.Length; cut++)
        {
            Assert.Equal(whole, Stream(text[..cut], text[cut..]));
        }

        Assert.Equal(whole, Stream([.. text.Select(static c => c.ToString())]));
    }

    [Fact]
    public void Words_that_were_let_go_are_words_before_a_number()
    {
        string text = Prose + Prose + "so here is my social security number for you: " + "536228726";
        Assert.EndsWith("for you: •••••••••", Stream([.. text.Select(static c => c.ToString())]), StringComparison.Ordinal);
    }

    [Fact]
    public void Clean_text_is_let_go_within_some_ten_words()
    {
        using var stream = new StreamingMasker(Engine);
        int given = 0;
        for (int i = 0; i < 10; i++)
        {
            foreach (char c in Prose)
            {
                given += stream.Write([c]).Length;
            }

            Assert.InRange(((i + 1) * Prose.Length) - given, 0, 70);
        }
    }

    [Fact]
    public void Random_texts_in_random_pieces_are_masked_the_same()
    {
        int seed = int.Parse(Environment.GetEnvironmentVariable("SECURECHAT_SEED") ?? Random.Shared.Next().ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var random = new Random(seed);
        string[] parts = [Prose, "4242 4242 4242 4242", "536-22-8726", "my SSN is ", "jane@example.com", " ", "\n", "1234567 ", "order 77 ", "%34%32", "&#52;", "ü ", "DE89370400440532013000", "password: ", "x9!kk ", "🙂", "\u200B", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "7", "a"];
        for (int round = 0; round < Effort.Of(300); round++)
        {
            var text = new StringBuilder();
            while (text.Length < 4000)
            {
                text.Append(parts[random.Next(parts.Length)]).Append(random.Next(4) == 0 ? ". " : " ");
            }

            string raw = text.ToString();
            string whole = StreamWith(1024, raw);
            var pieces = new List<string>();
            for (int at = 0; at < raw.Length;)
            {
                int length = Math.Min(raw.Length - at, random.Next(1, random.Next(2) == 0 ? 8 : 3000));
                pieces.Add(raw.Substring(at, length));
                at += length;
            }

            Assert.True(whole == StreamWith(1024, [.. pieces]), $"Seed {seed}, round {round}");
            Assert.False(whole.Contains("4242 4242 4242 4242", StringComparison.Ordinal) || whole.Contains("jane@", StringComparison.Ordinal) || whole.Contains("DE893704", StringComparison.Ordinal), $"Seed {seed}, round {round}: {whole}");
        }
    }

    [Fact]
    public void A_run_without_an_end_is_hidden_whole()
    {
        string text = "log " + new string('4', 50_000) + " done";
        string masked = Stream(text);
        Assert.StartsWith("log •", masked, StringComparison.Ordinal);
        Assert.EndsWith("• done", masked, StringComparison.Ordinal);
        Assert.DoesNotContain('4', masked);
    }

    [Fact]
    public async Task Readers_and_sequences_are_masked()
    {
        string text = string.Concat(Enumerable.Range(10, 50).Select(static i => $"{Prose}mail jane{i}@example.com "));
        using var output = new StringWriter();
        await StreamingMasker.CopyAsync(Engine, new StringReader(text), output, CancellationToken.None);
        Assert.Equal(Engine.Mask(text), output.ToString());
        var pieces = new StringBuilder();
        await foreach (string piece in StreamingMasker.ReadAsync(Engine, Pieces(text)))
        {
            Assert.NotEmpty(piece);
            pieces.Append(piece);
        }

        Assert.Equal(Engine.Mask(text), pieces.ToString());

        static async IAsyncEnumerable<string> Pieces(string text)
        {
            for (int at = 0; at < text.Length; at += 7)
            {
                await Task.Yield();
                yield return text.Substring(at, Math.Min(7, text.Length - at));
            }
        }
    }

    [Fact]
    public void A_policy_counts_and_what_is_over_is_over()
    {
        MaskingEngine labels = MaskingEngine.Create(new MaskingEngineOptions { Policy = new MaskingPolicy { Rules = [new MaskingRule { Action = MaskAction.Label }] } });
        using var stream = new StreamingMasker(labels);
        string masked = stream.Write(Prose + "mail jane@example.com " + Prose) + stream.Complete();
        Assert.Equal(Prose + "mail [email] " + Prose, masked);
        Assert.Throws<ObjectDisposedException>(() => stream.Write("a"));
        Assert.Equal(string.Empty, stream.Complete());
        Assert.Throws<ArgumentOutOfRangeException>(() => new StreamingMasker(Engine, window: 100));
    }

    private static string Stream(params string[] pieces) => StreamWith(8192, pieces);

    private static string StreamWith(int window, params string[] pieces)
    {
        using var stream = new StreamingMasker(Engine, window: window);
        var masked = new StringBuilder();
        foreach (string piece in pieces)
        {
            masked.Append(stream.Write(piece));
        }

        return masked.Append(stream.Complete()).ToString();
    }
}
