using System.Text.Json;

namespace SecureChat.Masking.Tests;

/// <summary>The examples of the rule files are tests: behind the title of its kind every one is found whole, and no counter-example is.</summary>
public sealed class RuleExampleTests
{
    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Rules"), "*.json").Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_is_found_whole_and_no_counter_example_is(string file)
    {
        var wrong = new List<string>();
        foreach (JsonElement kind in Kinds(file))
        {
            string id = kind.GetProperty("id").GetString()!;
            string title = kind.GetProperty("title").GetString()! + ": ";
            foreach (string example in Strings(kind, "examples"))
            {
                if (!Finds(title + example, id, title.Length, title.Length + example.Length))
                {
                    wrong.Add($"{id}: {example} is not found");
                }

                // Behind a sentence that ends, and with one behind it.
                string sentence = $"Hello there. {title}{example}. Thanks!";
                int start = sentence.Length - example.Length - ". Thanks!".Length;
                if (!Finds(sentence, id, start, start + example.Length))
                {
                    wrong.Add($"{id}: {example} is not found in a sentence");
                }

                string masked = Engine.Mask(title + example);
                if (masked.Contains(example, StringComparison.Ordinal) || Engine.Mask(masked) != masked)
                {
                    wrong.Add($"{id}: {example} is not masked once and for all: {masked}");
                }
            }

            foreach (string example in Strings(kind, "counterExamples"))
            {
                if (Finds(title + example, id, title.Length, title.Length + example.Length))
                {
                    wrong.Add($"{id}: the counter-example {example} is found");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(40)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_example_is_found_whole_in_a_field_that_has_the_title_as_its_name(string file)
    {
        var wrong = new List<string>();
        foreach (JsonElement kind in Kinds(file))
        {
            string id = kind.GetProperty("id").GetString()!;
            MaskContext field = MaskContext.ForField(kind.GetProperty("title").GetString()!);
            foreach (string example in Strings(kind, "examples"))
            {
                if (!Engine.Find(example, field).Any(span => span.Start == 0 && span.End == example.Length && (span.Kind == id || span.OtherKinds.Contains(id))))
                {
                    wrong.Add($"{id}: {example} is not found");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(40)));
    }

    [Fact]
    public void The_shapes_of_a_length_have_room_in_the_index_and_those_that_characters_fit_are_found()
    {
        for (int length = 0; length <= RuleTable.MaxLength; length++)
        {
            foreach (bool hasLetters in (bool[])[false, true])
            {
                (int from, int to) = RuleTable.ShapesOf(length, hasLetters);
                Assert.InRange(to - from, 0, ShapeIndex.MaxShapes);
                ShapeIndex? index = ShapeIndex.Of(length, hasLetters);
                Assert.Equal(from == to, index is null);

                // Of each shape the first characters that may stand in each place: itself must be among those that fit.
                for (int shape = from; shape < to; shape++)
                {
                    byte[] codes = [.. RuleTable.SetsOf(shape, length).ToArray().Select(static set => (byte)System.Numerics.BitOperations.TrailingZeroCount(set))];
                    (ulong low, ulong high) = index!.Fitting(codes);
                    Assert.NotEqual(0UL, (shape - from < 64 ? low >> (shape - from) : high >> (shape - from - 64)) & 1);
                }
            }
        }
    }

    [Fact]
    public void Every_kind_of_the_engine_stands_in_a_file()
    {
        IEnumerable<string> ids = Files.SelectMany(static file => Kinds(file.Data)).Select(static kind => kind.GetProperty("id").GetString()!);
        Assert.Equal(KindTable.All.Select(KindTable.IdOf).Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
    }

    private static bool Finds(string text, string id, int start, int end) =>
        Engine.Find(text).Any(span => span.Start == start && span.End == end && (span.Kind == id || span.OtherKinds.Contains(id)));

    private static IEnumerable<JsonElement> Kinds(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Rules", file)));
        return [.. document.RootElement.GetProperty("kinds").EnumerateArray().Select(static kind => kind.Clone())];
    }

    private static IEnumerable<string> Strings(JsonElement kind, string name) =>
        kind.TryGetProperty(name, out JsonElement list) ? list.EnumerateArray().Select(static text => text.GetString()!) : [];
}
