using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SecureChat.ProcessTests;

/// <summary>The masking engine works in an application that is compiled ahead of time, without one warning of the trimmer or the compiler.</summary>
public sealed class AotTests
{
    private const string Project =
        """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <PublishAot>true</PublishAot>
            <InvariantGlobalization>true</InvariantGlobalization>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="FOLDER/SecureChat.Masking.dll" />
            <Reference Include="FOLDER/SecureChat.Abstractions.dll" />
          </ItemGroup>
        </Project>
        """;

    private const string Program =
        """
        using SecureChat;
        using SecureChat.Masking;

        Console.OutputEncoding = System.Text.Encoding.UTF8;
        MaskingEngine own = MaskingEngine.Create(MaskingEngineOptions.Parse(
            "{\"rules\":[{\"kinds\":[\"us-*\"],\"action\":\"label\"},{\"roles\":[\"visitor\"],\"kinds\":[\"email\"],\"action\":\"warn\"}],\"patterns\":[{\"kind\":\"x-order\",\"pattern\":\"\\\\bORD-\\\\d{6}\\\\b\"}]}"));
        Console.WriteLine(MaskingEngine.Default.Mask("my card is 4242 4242 4242 4242, cvv 737, DE89 3704 0044 0532 0130 00"));
        Console.WriteLine(own.Mask("SSN 523-34-9056, ORD-123456, jane@example.com", new MaskContext { Role = ParticipantRole.Visitor }));
        MaskResult split = await new EngineMasker().MaskAsync(
            new MaskRequest { Text = "4242 4242", Sender = ParticipantRole.Visitor, Recent = [new RecentMessage { Sequence = 1, Sender = ParticipantRole.Visitor, Text = "4242 4242" }] },
            default);
        Console.WriteLine($"{split.Text} {split.Amendments[0].Text} {own.Explain("it is 4242 4242 4242 4243")[0].Reason}");
        try
        {
            MaskingEngineOptions.Parse("{\"rules\":[{\"kinds\":[\"nothing\"]}]}");
        }
        catch (FormatException fault)
        {
            Console.WriteLine(fault.Message.Contains("is no kind of data", StringComparison.Ordinal));
        }
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_engine_runs_in_an_application_that_was_compiled_ahead_of_time()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("securechat-aot");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "app.csproj"), Project.Replace("FOLDER", AppContext.BaseDirectory.TrimEnd('/', '\\'), StringComparison.Ordinal), Token);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "Program.cs"), Program, Token);

            // No server of the build stays behind.
            (int published, string said) = await RunAsync(
                folder.FullName, "dotnet", ["publish", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", "out", "--nologo", "-v", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"]);
            Assert.True(published == 0, said);
            Assert.False(File.Exists(Path.Combine(folder.FullName, "out", "SecureChat.Masking.dll")), "The engine was not compiled into the application.");
            (int ended, string printed) = await RunAsync(folder.FullName, Path.Combine(folder.FullName, "out", OperatingSystem.IsWindows() ? "app.exe" : "app"), []);
            Assert.Equal(
                (0,
                """
                my card is •••• •••• •••• 4242, cvv •••, DE•• •••• •••• •••• ••30 00
                SSN [us-ssn], •••-••••••, jane@example.com
                •••• •••• •••• •••• WrongCheckDigits
                True
                """),
                (ended, printed.ReplaceLineEndings("\n").Trim()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(string folder, string file, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
