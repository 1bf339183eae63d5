namespace SecureChat.Benchmarks;

/// <summary>A folder for one measurement, removed afterwards.</summary>
internal sealed class BenchFolder : IDisposable
{
    public BenchFolder() => Path = Directory.CreateTempSubdirectory("securechat-bench-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
