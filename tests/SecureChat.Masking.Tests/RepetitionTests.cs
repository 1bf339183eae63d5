using System.Globalization;
using System.Text;

namespace SecureChat.Masking.Tests;

/// <summary>A text of many values: what is none stays, and a value that stands again without its word is hidden there too.</summary>
public sealed class RepetitionTests
{
    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(65)]
    [InlineData(3000)]
    public void However_many_values_a_text_has_what_is_none_stays(int count)
    {
        count = Effort.Of(count);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"line {i}: user{i:00000}@example.org paid with {Card(i)} for order 77{i % 10}\n");
        }

        string masked = Engine.Mask(text.ToString(), null, out IReadOnlyList<SensitiveSpan> spans);
        Assert.Equal(2 * count, spans.Count);
        string[] lines = masked.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < count; i++)
        {
            Assert.Matches($"^line {i}: u\u2022+@example.org paid with \u2022+{Card(i)[^4..]} for order 77{i % 10}$", lines[i]);
        }

        Assert.Equal(masked, Engine.Mask(masked));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(2000)]
    public void What_a_word_made_a_value_is_hidden_where_it_stands_without_one(int count)
    {
        count = Effort.Of(count);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"my SSN is {Ssn(i)}, my password is Pass{i:0000}word!x. ");
        }

        text.Append("Again: ");
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Ssn(i)} and xPass{i:0000}word!xx; ");
        }

        string masked = Engine.Mask(text.ToString());
        for (int i = 0; i < count; i++)
        {
            Assert.DoesNotContain(Ssn(i), masked, StringComparison.Ordinal);
            Assert.DoesNotContain($"Pass{i:0000}word", masked, StringComparison.Ordinal);
        }

        Assert.Contains(" and x\u2022\u2022\u2022", masked, StringComparison.Ordinal);
        Assert.Equal(masked, Engine.Mask(masked));
    }

    [Fact]
    public void A_text_made_of_values_that_begin_alike_is_masked_in_linear_time_and_leaves_none()
    {
        int count = Effort.Of(4000);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"https://someverylonguser:{new string('a', 20)}{i}@h.example ");
        }

        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{new string('a', 20)}{i} ");
        }

        string masked = Engine.Mask(text.ToString());
        for (int i = 0; i < count; i++)
        {
            Assert.DoesNotContain($"aaaa{i} ", masked, StringComparison.Ordinal);
        }
    }

    private static string Card(int number)
    {
        string digits = (424_242_000_000_000 + (number * 7919L)).ToString(CultureInfo.InvariantCulture);
        return Enumerable.Range(0, 10).Select(check => digits + check.ToString(CultureInfo.InvariantCulture)).Single(static card => Luhn.IsValid(card));
    }

    private static string Ssn(int number) => (536_221_000 + number).ToString(CultureInfo.InvariantCulture);
}
