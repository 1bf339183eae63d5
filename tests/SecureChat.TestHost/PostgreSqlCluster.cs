using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace SecureChat.TestHost;

/// <summary>
/// A PostgreSQL server of one test run: a private folder, reached by a socket in it and by no port. It ends with the process that started
/// it, however that ends, and after half an hour in any case.
/// </summary>
public sealed class PostgreSqlCluster : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder;
    private readonly string _binaries;
    private Process? _server;
    private int _databases;

    private PostgreSqlCluster(DirectoryInfo folder, string binaries)
    {
        _folder = folder;
        _binaries = binaries;
    }

    /// <summary>Everything the server writes, its log included.</summary>
    public string Folder => _folder.FullName;

    public string LogFile => Path.Combine(Folder, "log");

    /// <summary>A server, or <see langword="null"/> where PostgreSQL is not installed.</summary>
    public static async Task<PostgreSqlCluster?> TryStartAsync(params string[] settings)
    {
        string? binaries = FindBinaries();
        if (binaries is null)
        {
            return null;
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("securechat-pg-");
        var cluster = new PostgreSqlCluster(folder, binaries);
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL does not run as root.
            await RunAsync("chown", ["postgres", folder.FullName]);
        }

        await cluster.ToolAsync("initdb", "-D", cluster.Data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync");
        await File.AppendAllLinesAsync(Path.Combine(cluster.Data, "postgresql.conf"), ["listen_addresses = ''", $"unix_socket_directories = '{folder.FullName}'", "max_connections = 300", "shared_buffers = 64MB", .. settings]);
        await cluster.StartAsync();
        return cluster;
    }

    /// <summary>A connection string for a database and a role of this server.</summary>
    public string ConnectionString(string database = "postgres", string role = "postgres") =>
        new NpgsqlConnectionStringBuilder { Host = Folder, Database = database, Username = role }.ConnectionString;

    /// <summary>A new database.</summary>
    public async Task<string> CreateDatabaseAsync(string settings = "")
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name} {settings}");
        return name;
    }

    /// <summary>Executes statements as the superuser.</summary>
    public async Task<object?> ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // A test's own text.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Starts the server and waits until it answers.</summary>
    public async Task StartAsync()
    {
        string postgres = Path.Combine(_binaries, "postgres");

        // The shell waits for the end of its input, which comes when this process ends: nothing is left behind by a killed test run.
        string script = $"exec 3<&0; timeout 1800 '{postgres}' -D '{Data}' </dev/null >>'{LogFile}' 2>&1 & server=$!; cat <&3 >/dev/null; kill -INT $server 2>/dev/null; wait $server";
        _server = Start("bash", ["-c", script]);
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException fault) when (Stopwatch.GetElapsedTime(started) < StartLimit)
            {
                _ = fault;
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Ends the server at once, as a crash would, or after its connections were cut.</summary>
    public async Task StopAsync(bool isCrash)
    {
        await ToolAsync("pg_ctl", "stop", "-D", Data, "-m", isCrash ? "immediate" : "fast", "-w", "-t", "60");
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server is { HasExited: false })
        {
            await StopAsync(isCrash: true);
        }

        if (Environment.IsPrivilegedProcess || !OperatingSystem.IsWindows())
        {
            _folder.Delete(recursive: true);
        }
    }

    private string Data => Path.Combine(Folder, "data");

    private static string? FindBinaries()
    {
        IEnumerable<string> installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(static version => Path.Combine(version, "bin"))
            : [];
        IEnumerable<string> path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return new[] { Environment.GetEnvironmentVariable("SECURECHAT_POSTGRES") }.Concat(installed).Concat(path)
            .FirstOrDefault(static folder => !string.IsNullOrEmpty(folder) && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        bool isRoot = Environment.IsPrivilegedProcess;
        var start = new ProcessStartInfo(isRoot ? "runuser" : program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (string argument in isRoot ? ["-u", "postgres", "--", program, .. arguments] : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static async Task RunAsync(string program, IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    private async Task ToolAsync(string tool, params string[] arguments)
    {
        using Process process = Start(Path.Combine(_binaries, tool), arguments);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool} ended with {process.ExitCode.ToString(CultureInfo.InvariantCulture)}: {await output}{await errors}");
        }
    }

    private async Task EndAsync()
    {
        if (_server is { } server)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            server.Dispose();
            _server = null;
        }
    }
}
