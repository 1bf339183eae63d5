using MaskingRules;

// Writes the tables of SecureChat.Masking from its Rules/*.json. With --check it only compares.
string root = args.FirstOrDefault(static arg => !arg.StartsWith('-')) ?? Directory.GetCurrentDirectory();
bool check = args.Contains("--check");
string project = Path.Combine(root, "src", "SecureChat.Masking");
try
{
    RuleSet rules = RuleSet.Read(Path.Combine(project, "Rules"));
    bool same = true;
    foreach ((string path, string text) in Tables.Write(rules))
    {
        string file = Path.Combine(project, path);
        if (File.Exists(file) && string.Equals(File.ReadAllText(file).ReplaceLineEndings("\n"), text, StringComparison.Ordinal))
        {
            continue;
        }

        same = false;
        if (!check)
        {
            File.WriteAllText(file, text);
        }

        Console.Error.WriteLine(check ? $"{path} is not what Rules/*.json says. Run: dotnet run --project eng/MaskingRules" : $"{path} was written.");
    }

    return same || !check ? 0 : 1;
}
catch (RuleException fault)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}
