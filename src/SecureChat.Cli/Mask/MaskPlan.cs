namespace SecureChat.Cli;

/// <summary>Which files are read, and where what is masked goes. Made before anything is written, so that a mistake costs nothing.</summary>
internal static class MaskPlan
{
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,

        // A link may lead out of the folder, or around in it.
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    /// <summary>Lists the files, in a fixed order.</summary>
    /// <exception cref="FormatException">A path is nothing, two files would become one, or a file would be lost. The message says what to do.</exception>
    public static IReadOnlyList<MaskFile> Create(IReadOnlyList<string> paths, string? output, bool overwrites)
    {
        var files = new List<MaskFile>();
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                string folder = Path.GetFullPath(path);
                if (output is not null && IsWithin(Path.GetFullPath(output), folder))
                {
                    throw new FormatException($"The masked files would go into {path}, among those to mask. Pass another --out.");
                }

                files.AddRange(Directory.EnumerateFiles(folder, "*", Everything).Order(StringComparer.Ordinal)
                    .Select(file => new MaskFile(file, Target(output, Path.GetRelativePath(folder, file)))));
            }
            else if (File.Exists(path))
            {
                files.Add(new MaskFile(Path.GetFullPath(path), Target(output, Path.GetFileName(path))));
            }
            else
            {
                throw new FormatException($"There is no file or folder {path}. A text is passed with --text, or on standard input.");
            }
        }

        if (output is not null)
        {
            Check(files, overwrites);
        }

        return files;
    }

    private static void Check(List<MaskFile> files, bool overwrites)
    {
        HashSet<string> sources = [.. files.Select(static file => file.Source)];
        var targets = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (MaskFile file in files)
        {
            if (sources.Contains(file.Target!))
            {
                throw new FormatException($"{file.Target} would be written over, and is to be masked itself. Pass another --out.");
            }

            if (!targets.TryAdd(file.Target!, file.Source))
            {
                throw new FormatException($"{targets[file.Target!]} and {file.Source} would both become {file.Target}. Mask them into different folders.");
            }

            if (Directory.Exists(file.Target) || (!overwrites && File.Exists(file.Target)))
            {
                throw new FormatException($"{file.Target} exists. Pass --overwrite, or another --out.");
            }
        }
    }

    private static string? Target(string? output, string relative) => output is null ? null : Path.GetFullPath(Path.Combine(output, relative));

    private static bool IsWithin(string path, string folder) =>
        Path.TrimEndingDirectorySeparator(path) == Path.TrimEndingDirectorySeparator(folder)
        || path.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}

/// <summary>A file to mask.</summary>
/// <param name="Source">Its full path.</param>
/// <param name="Target">Full path of what is written; null for standard output or nothing.</param>
internal readonly record struct MaskFile(string Source, string? Target)
{
    public override string ToString() => nameof(MaskFile);
}
