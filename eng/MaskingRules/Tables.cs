using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MaskingRules;

/// <summary>The C# tables, as text.</summary>
public static class Tables
{
    private const string Header = "// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules\n";

    private const int LongestValue = 48;

    // Numbers of the signs in a layout, from 1, as in Gap of SecureChat.Masking.
    private const string Signs = "-./ _:,";

    public static IEnumerable<(string Path, string Text)> Write(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        (string Locale, KindRule Kind)[] kinds = [.. rules.Kinds];
        string[] topics = [.. rules.Files.SelectMany(static file => file.File.Topics).Select(static topic => topic.Id)];
        var numbers = topics.Concat(kinds.Select(static kind => kind.Kind.Id)).Select(static (id, i) => (id, i)).ToDictionary(static pair => pair.id, static pair => pair.i, StringComparer.Ordinal);
        yield return ("Kinds/Kind.cs", WriteEnum(topics, kinds));
        yield return ("Kinds/KindTable.cs", WriteKinds(topics.Length, kinds));
        yield return ("Context/WordTable.cs", WriteWords(rules, numbers));
        yield return ("Rules/RuleTable.cs", WriteRules(kinds, numbers));
    }

    private static string Name(string id) => string.Concat(id.Split('-').Select(static part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static string WriteEnum(string[] topics, (string Locale, KindRule Kind)[] kinds)
    {
        StringBuilder text = Begin("/// <summary>Topics of words, then the kinds; where two claims are otherwise equal, the first one stands.</summary>\ninternal enum Kind : ushort\n{\n");
        foreach (string id in topics)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {Name(id)},\n");
        }

        foreach ((_, KindRule kind) in kinds)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {Name(kind.Id)},\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string WriteKinds(int topics, (string Locale, KindRule Kind)[] kinds)
    {
        StringBuilder text = Begin("internal static partial class KindTable\n{\n");
        text.Append(CultureInfo.InvariantCulture, $"    private const int First = {topics};\n\n    // Id, title, locale, context (n: not needed, b: for a bare run, t: unless it is the whole text, y: always), mask.\n    private const string Data =\n        \"\"\"\n");
        foreach ((string locale, KindRule kind) in kinds)
        {
            text.Append(CultureInfo.InvariantCulture, $"        {kind.Id}|{kind.Title}|{locale}|{kind.NeedsContext[0]}|{kind.Mask}\n");
        }

        return text.Append("        \"\"\";\n}\n").ToString();
    }

    private static string WriteWords(RuleSet rules, Dictionary<string, int> numbers)
    {
        // Role of the phrase for each kind: n names it, u names it in capitals, s is shared by many, c is its country.
        var phrases = new SortedDictionary<string, SortedDictionary<char, SortedSet<int>>>(StringComparer.Ordinal);
        foreach ((_, RuleFile file) in rules.Files)
        {
            foreach (Topic topic in file.Topics)
            {
                Add(topic.Words, 'n', numbers[topic.Id]);
            }

            foreach (KindRule kind in file.Kinds)
            {
                Add(kind.Words, 'n', numbers[kind.Id]);
                Add(kind.Upper, 'u', numbers[kind.Id]);
                Add(kind.Generic, 's', numbers[kind.Id]);
                Add(file.Country, 'c', numbers[kind.Id]);
            }
        }

        StringBuilder text = Begin("internal static class WordTable\n{\n    // Phrase, then for each role the kinds: n names them, u names them in capitals, s is shared by many, c is their country.\n    public const string Data =\n        \"\"\"\n");
        foreach ((string phrase, SortedDictionary<char, SortedSet<int>> roles) in phrases)
        {
            text.Append(CultureInfo.InvariantCulture, $"        {phrase}|{string.Join('|', roles.Select(static role => role.Key + string.Join(',', role.Value)))}\n");
        }

        return text.Append("        \"\"\";\n}\n").ToString();

        void Add(IEnumerable<string> words, char role, int kind)
        {
            foreach (string word in words)
            {
                string phrase = RuleSet.Normalize(word);
                if (!phrases.TryGetValue(phrase, out SortedDictionary<char, SortedSet<int>>? roles))
                {
                    phrases[phrase] = roles = [];
                }

                if (!roles.TryGetValue(role, out SortedSet<int>? kinds))
                {
                    roles[role] = kinds = [];
                }

                kinds.Add(kind);
            }
        }
    }

    private static string WriteRules((string Locale, KindRule Kind)[] kinds, Dictionary<string, int> numbers)
    {
        var alphabets = new Alphabets();
        var codeNames = new Alphabets();
        var compiler = new CheckCompiler(alphabets, codeNames);
        var sets = new Pool<ulong>();
        var programs = new Pool<int>();
        var layouts = new Pool<int>();
        var shapes = new List<(bool HasLetters, int Length, int[] Fields)>();
        foreach ((_, KindRule kind) in kinds)
        {
            foreach (Form form in kind.Forms)
            {
                string where = $"{kind.Id}, \"{form.Pattern}\"";
                foreach (ulong[] body in Pattern.Expand(form.Pattern, where))
                {
                    int program = programs.Add([.. compiler.Compile(form.Checks, body.Length, where)]);
                    int layout = layouts.Add([.. Layouts(form, body.Length, where)]);
                    foreach (string prefix in form.Prefix)
                    {
                        foreach (string suffix in form.Suffix)
                        {
                            ulong[] whole = [.. prefix.Select(c => Pattern.BitOf(c, where)), .. body, .. suffix.Select(c => Pattern.BitOf(c, where))];
                            if (whole.Length is < 2 or > LongestValue)
                            {
                                throw new RuleException($"{where}: a value has 2 to {LongestValue} characters.");
                            }

                            int flags = (form.AnyLayout ? 1 : 0) | (HasCheckDigits(form) ? 0 : 2)
                                | (2 * body.Count(static set => (set & Pattern.Digits) != 0 && (set & Pattern.Letters) != 0) > body.Length ? 4 : 0);
                            int[] fields = [numbers[kind.Id], whole.Length, sets.Add(whole), prefix.Length, body.Length, program, layout, flags];
                            if (whole.All(static set => (set & Pattern.Digits) != 0))
                            {
                                shapes.Add((false, whole.Length, fields));
                            }

                            if (whole.Any(static set => (set & Pattern.Letters) != 0))
                            {
                                shapes.Add((true, whole.Length, fields));
                            }
                        }
                    }
                }
            }
        }

        (bool HasLetters, int Length, int[] Fields)[] sorted = [.. shapes.OrderBy(static shape => shape.HasLetters).ThenBy(static shape => shape.Length)];
        StringBuilder text = Begin("internal static partial class RuleTable\n{\n");
        text.Append(CultureInfo.InvariantCulture, $"    private const int LongestValue = {LongestValue};\n\n");
        text.Append("    // First shape of each length, for values of digits alone, then for those with a letter.\n");
        Numbers(text, "ushort", "Starts", ((IEnumerable<bool>)[false, true]).SelectMany(letters => Enumerable.Range(0, LongestValue + 2)
            .Select(length => (long)sorted.Count(shape => (!shape.HasLetters && letters) || (shape.HasLetters == letters && shape.Length < length)))));
        text.Append("    // Kind, length, place in Sets, length of the prefix, length of the body, place in Programs, place in Layouts, flags.\n");
        Numbers(text, "ushort", "Shapes", sorted.SelectMany(static shape => shape.Fields).Select(static field => (long)field));
        Numbers(text, "ulong", "Sets", sets.All.Select(static set => (long)set));
        Numbers(text, "int", "Programs", programs.All.Select(static number => (long)number));
        Numbers(text, "sbyte", "Layouts", layouts.All.Select(static number => (long)number));
        Strings(text, "Alphabets", alphabets.All);
        text.Append('\n');
        Strings(text, "CodeNames", codeNames.All);
        return text.Append("}\n").ToString();
    }

    // Dates and ranges make a number likelier, but they are no check digits.
    private static bool HasCheckDigits(Form form) =>
        form.Checks.Any(static check => check.TryGetProperty("type", out JsonElement type) && type.GetString() is "luhn" or "weighted" or "mod" or "iso7064" or "verhoeff" or "code" or "anyOf");

    // For each way of writing: length of a chunk and the sign behind it, 0 at the end; then 127.
    private static IEnumerable<int> Layouts(Form form, int length, string where)
    {
        foreach (string layout in form.Layouts)
        {
            var chunks = new List<int>();
            int total = 0, number = 0;
            foreach (char c in layout + '\0')
            {
                if (char.IsAsciiDigit(c))
                {
                    number = (number * 10) + c - '0';
                    continue;
                }

                total += number;
                chunks.AddRange([number, c == '\0' ? 0 : Signs.IndexOf(c, StringComparison.Ordinal) + 1]);
                if (number == 0 || (c != '\0' && chunks[^1] == 0))
                {
                    throw new RuleException($"{where}: the layout \"{layout}\" is not lengths with - . / : , space or _ between them.");
                }

                number = 0;
            }

            if (total == length)
            {
                foreach (int value in chunks)
                {
                    yield return value;
                }
            }
        }

        yield return 127;
    }

    private static void Numbers(StringBuilder text, string type, string name, IEnumerable<long> numbers)
    {
        text.Append(CultureInfo.InvariantCulture, $"    private static ReadOnlySpan<{type}> {name} =>\n    [");
        int column = 200;
        foreach (long number in numbers)
        {
            string piece = number.ToString(CultureInfo.InvariantCulture);
            if (column + piece.Length + 2 > 140)
            {
                text.Append("\n       ");
                column = 7;
            }

            text.Append(' ').Append(piece).Append(',');
            column += piece.Length + 2;
        }

        text.Append("\n    ];\n\n");
    }

    private static void Strings(StringBuilder text, string name, IReadOnlyList<string> strings)
    {
        text.Append(CultureInfo.InvariantCulture, $"    private static readonly string[] {name} =\n    [\n");
        foreach (string value in strings)
        {
            text.Append(CultureInfo.InvariantCulture, $"        \"{value}\",\n");
        }

        text.Append("    ];\n");
    }

    private static StringBuilder Begin(string start) => new StringBuilder(Header).Append("namespace SecureChat.Masking;\n\n").Append(start);

    /// <summary>Sequences, each kept once.</summary>
    private sealed class Pool<T>
        where T : notnull
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private readonly List<T> _all = [];

        public IReadOnlyList<T> All => _all;

        public int Add(T[] sequence)
        {
            string key = string.Join(',', sequence);
            if (!_places.TryGetValue(key, out int place))
            {
                place = _all.Count;
                _places.Add(key, place);
                _all.AddRange(sequence);
            }

            return place;
        }
    }
}
