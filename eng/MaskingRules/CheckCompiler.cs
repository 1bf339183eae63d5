using System.Globalization;
using System.Text.Json;

namespace MaskingRules;

/// <summary>
/// Checks as numbers that CheckProgram of SecureChat.Masking reads: code, length of the whole check, operands. Offsets are absolute,
/// because the length of the value is known.
/// </summary>
internal sealed class CheckCompiler(Alphabets alphabets, Alphabets codeNames)
{
    public List<int> Compile(IEnumerable<JsonElement> checks, int length, string where)
    {
        var program = new List<int>();
        foreach (JsonElement check in checks)
        {
            CompileOne(check, length, where, program);
        }

        program.Add(0);
        return program;
    }

    private void CompileOne(JsonElement check, int length, string where, List<int> program)
    {
        string type = check.TryGetProperty("type", out JsonElement named) ? named.GetString() ?? "" : "";
        string at = $"{where}, check \"{type}\"";
        int start = program.Count;
        switch (type)
        {
            case "luhn":
                Known(check, at, "over", "prepend");
                program.AddRange([1, 0]);
                Range(check, "over", length, at, program);
                program.AddRange(Text(check, "prepend", "").Select(static c => c - '0').Prepend(Text(check, "prepend", "").Length));
                break;
            case "weighted":
                Weighted(check, length, at, program);
                return;
            case "mod":
                Known(check, at, "over", "mod", "check", "subtractFrom", "zeroAs", "prepend", "replace", "remainder");
                Mod(check, length, at, program);
                break;
            case "iso7064":
                Known(check, at, "over", "system");
                program.AddRange([4, 0, Text(check, "system", "") switch
                {
                    "11,10" => 0,
                    "11-2" => 1,
                    "37,36" => 2,
                    "37-2" => 3,
                    "97-10" => 4,
                    var other => throw new RuleException($"{at}: \"{other}\" is no system. There are 11,10 and 11-2 and 37,36 and 37-2 and 97-10."),
                }]);
                Range(check, "over", length, at, program);
                break;
            case "verhoeff":
                Known(check, at, "over");
                program.AddRange([5, 0]);
                Range(check, "over", length, at, program);
                break;
            case "date":
                Known(check, at, "year", "month", "day", "monthOffsets", "dayOffsets", "monthLetters");
                program.AddRange([6, 0]);
                OptionalRange(check, "year", length, at, program);
                OptionalRange(check, "month", length, at, program);
                OptionalRange(check, "day", length, at, program);
                program.Add(check.TryGetProperty("monthLetters", out JsonElement letters) ? alphabets.Add(letters.GetString()!) : 0);
                Numbers(check, "monthOffsets", [0], program);
                Numbers(check, "dayOffsets", [0], program);
                break;
            case "range":
                Known(check, at, "over", "min", "max");
                program.AddRange([7, 0]);
                Range(check, "over", length, at, program);
                Large(Long(check, "min", 0), program);
                Large(Long(check, "max", long.MaxValue), program);
                break;
            case "oneOf" or "not":
                Known(check, at, "over", "values");
                program.AddRange([type == "oneOf" ? 8 : 9, 0]);
                Range(check, "over", length, at, program);
                string[] values = [.. check.GetProperty("values").EnumerateArray().Select(static value => value.GetString()!)];
                program.Add(values.Length);
                foreach (string value in values)
                {
                    program.Add(value.Length);
                    program.AddRange(value.Select(static c => (int)c));
                }

                break;
            case "notAllEqual":
                Known(check, at, "over");
                program.AddRange([10, 0]);
                Range(check, "over", length, at, program);
                break;
            case "palindrome":
                Known(check, at, "not");
                program.AddRange([11, 0]);
                break;
            case "anyOf":
                Known(check, at, "of");
                program.AddRange([12, 0]);
                List<int>[] ways = [.. check.GetProperty("of").EnumerateArray().Select(way => Compile(way.EnumerateArray(), length, where))];
                program.Add(ways.Length);
                foreach (List<int> way in ways)
                {
                    program.Add(way.Count);
                    program.AddRange(way);
                }

                break;
            case "code":
                Known(check, at, "name", "how");
                program.AddRange([13, 0, codeNames.Add(Text(check, "name", ""))]);
                break;
            default:
                throw new RuleException($"{where}: \"{type}\" is no type of a check.");
        }

        program[start + 1] = program.Count - start;
    }

    // Weights, and what the remainder must be. A map with '>' hands over to the next check, which otherwise is skipped.
    private void Weighted(JsonElement check, int length, string at, List<int> program, int? inherited = null)
    {
        Known(check, at, "type", "weights", "at", "mod", "add", "crossSum", "values", "check", "map", "remainders", "then");
        int start = program.Count;
        int[] weights = Ints(check, "weights");
        int[] places = check.TryGetProperty("at", out _) ? [.. Ints(check, "at").Select(place => place < 0 ? place + length : place)] : [.. Enumerable.Range(0, weights.Length)];
        if (places.Length != weights.Length || places.Any(place => place < 0 || place >= length))
        {
            throw new RuleException($"{at}: {weights.Length} weights for {places.Length} places in {length} characters.");
        }

        int mod = (int)Long(check, "mod", 0);
        bool hasThen = check.TryGetProperty("then", out JsonElement then);
        program.AddRange([2, 0, weights.Length]);
        program.AddRange(places.SelectMany((place, i) => new[] { place, weights[i] }));
        program.Add(mod > 0 ? mod : throw new RuleException($"{at}: mod is missing."));
        program.Add((int)Long(check, "add", 0));
        program.Add(check.TryGetProperty("crossSum", out JsonElement cross) && cross.GetBoolean() ? 1 : 0);
        program.Add(check.TryGetProperty("values", out JsonElement values) ? alphabets.Add(values.GetString()!) : 0);
        program.Add(hasThen ? 1 : 0);
        int? place = check.TryGetProperty("check", out JsonElement stated) ? stated.GetInt32() : check.TryGetProperty("map", out _) ? inherited : null;
        if (place is { } digit)
        {
            string map = Text(check, "map", "");
            if (map.Length != mod)
            {
                throw new RuleException($"{at}: the map has {map.Length} characters for {mod} remainders.");
            }

            program.AddRange([1, digit < 0 ? digit + length : digit]);
            program.AddRange(map.Select(static c => (int)c));
        }
        else
        {
            program.Add(0);
            Numbers(check, "remainders", [0], program);
        }

        program[start + 1] = program.Count - start;
        if (hasThen)
        {
            Weighted(then, length, at, program, place);
        }
    }

    private static void Mod(JsonElement check, int length, string at, List<int> program)
    {
        program.AddRange([3, 0]);
        Range(check, "over", length, at, program);
        program.Add((int)Long(check, "mod", 97));
        bool hasCheck = check.TryGetProperty("check", out _);
        program.Add(hasCheck ? 1 : 0);
        if (hasCheck)
        {
            Range(check, "check", length, at, program);
        }

        program.Add((int)Long(check, "subtractFrom", -1));
        program.Add((int)Long(check, "zeroAs", -1));
        program.Add((int)Long(check, "remainder", 1));
        string[] prepend = check.TryGetProperty("prepend", out JsonElement list) ? [.. list.EnumerateArray().Select(static text => text.GetString()!)] : [""];
        program.Add(prepend.Length);
        foreach (string text in prepend)
        {
            program.Add(text.Length == 0 ? -1 : int.Parse(text, CultureInfo.InvariantCulture));
        }

        (string From, string To)[] replace = check.TryGetProperty("replace", out JsonElement pairs)
            ? [.. pairs.EnumerateObject().Select(static pair => (pair.Name, pair.Value.GetString()!))]
            : [];
        program.Add(replace.Length);
        foreach ((string from, string to) in replace)
        {
            if (from.Length != 2 || to.Length != 2)
            {
                throw new RuleException($"{at}: two characters are replaced by two digits.");
            }

            program.AddRange([from[0], from[1], to[0], to[1]]);
        }
    }

    private static void Range(JsonElement check, string name, int length, string at, List<int> program)
    {
        if (!check.TryGetProperty(name, out _))
        {
            program.AddRange([0, length]);
            return;
        }

        int[] range = [.. Ints(check, name).Select(place => place < 0 ? place + length : place)];
        if (range.Length != 2 || range[0] < 0 || range[1] <= range[0] || range[1] > length)
        {
            throw new RuleException($"{at}: {name} is no range [from, to) of {length} characters.");
        }

        program.AddRange(range);
    }

    private static void OptionalRange(JsonElement check, string name, int length, string at, List<int> program)
    {
        if (check.TryGetProperty(name, out _))
        {
            Range(check, name, length, at, program);
        }
        else
        {
            program.AddRange([0, 0]);
        }
    }

    private static void Numbers(JsonElement check, string name, int[] otherwise, List<int> program)
    {
        int[] numbers = check.TryGetProperty(name, out _) ? Ints(check, name) : otherwise;
        program.Add(numbers.Length);
        program.AddRange(numbers);
    }

    // Four times fifteen bits.
    private static void Large(long number, List<int> program)
    {
        number = Math.Min(number, (1L << 60) - 1);
        for (int shift = 45; shift >= 0; shift -= 15)
        {
            program.Add((int)(number >> shift & 0x7FFF));
        }
    }

    private static int[] Ints(JsonElement check, string name) => [.. check.GetProperty(name).EnumerateArray().Select(static number => number.GetInt32())];

    private static long Long(JsonElement check, string name, long otherwise) => check.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : otherwise;

    private static string Text(JsonElement check, string name, string otherwise) => check.TryGetProperty(name, out JsonElement text) ? text.GetString() ?? otherwise : otherwise;

    private static void Known(JsonElement check, string at, params string[] names)
    {
        foreach (JsonProperty property in check.EnumerateObject())
        {
            if (property.Name != "type" && !names.Contains(property.Name))
            {
                throw new RuleException($"{at}: \"{property.Name}\" is unknown. There are {string.Join(", ", names)}.");
            }
        }
    }
}
