using System.Text;
using System.Text.Json;

namespace MaskingRules;

/// <summary>All rule files, read and looked over.</summary>
public sealed class RuleSet
{
    private const string First = "common";

    private RuleSet(IReadOnlyList<(string Name, RuleFile File)> files) => Files = files;

    public IReadOnlyList<(string Name, RuleFile File)> Files { get; }

    public IEnumerable<(string Locale, KindRule Kind)> Kinds =>
        Files.SelectMany(static file => file.File.Kinds, static (file, kind) => (kind.Locale ?? file.File.Locale ?? "", kind));

    public static RuleSet Read(string folder)
    {
        var files = new List<(string, RuleFile)>();
        foreach (string path in Directory.EnumerateFiles(folder, "*.json").OrderBy(static path => Path.GetFileNameWithoutExtension(path) != First).ThenBy(static path => path, StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            try
            {
                files.Add((name, JsonSerializer.Deserialize<RuleFile>(File.ReadAllText(path), RuleFile.Json) ?? throw new JsonException("The file is empty.")));
            }
            catch (JsonException fault)
            {
                throw new RuleException($"{name}.json: {fault.Message}");
            }
        }

        var rules = new RuleSet(files);
        rules.LookOver();
        return rules;
    }

    /// <summary>A phrase as text is compared with it: lower case, base letters, one space between words.</summary>
    public static string Normalize(string phrase)
    {
        var text = new StringBuilder();
        foreach (char c in phrase.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (c == '\u00DF')
            {
                text.Append('s');
            }
            else if (char.IsLetter(c))
            {
                text.Append(c);
            }
            else if (char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.NonSpacingMark && text.Length > 0 && text[^1] != ' ')
            {
                text.Append(' ');
            }
        }

        return text.ToString().TrimEnd().Normalize(NormalizationForm.FormC);
    }

    private void LookOver()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, RuleFile file) in Files)
        {
            foreach (KindRule kind in file.Kinds)
            {
                string where = $"{name}.json, {kind.Id}";
                Require(seen.Add(kind.Id), $"{where}: the kind stands twice.");
                Require(kind.NeedsContext is "no" or "bare" or "text" or "yes", $"{where}: needsContext is \"no\", \"bare\", \"text\" or \"yes\".");
                Require(kind.Mask is "full" or "last2" or "last4" or "country-last4" or "email", $"{where}: mask is full, last2, last4, country-last4 or email.");
                Require(kind.Code || kind.Forms.Count > 0, $"{where}: write at least one form, or \"code\": true for a kind that is detected by code.");
                Require(kind.Code || !string.IsNullOrWhiteSpace(kind.Source), $"{where}: name the source of the rule.");
                Require(kind.Code || kind.Examples.Count > 0, $"{where}: give examples; they are tests.");
                foreach (string phrase in kind.Words.Concat(kind.Upper).Concat(kind.Generic).Concat(file.Country))
                {
                    Require(Normalize(phrase).Length > 0 && Normalize(phrase).Split(' ').Length <= 6, $"{where}: \"{phrase}\" is no phrase of one to six words.");
                }
            }
        }

        Require(seen.Count <= 250, "There is room for 250 kinds.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new RuleException(message);
        }
    }
}
