using System.Globalization;
using SecureChat.AspNetCore;
using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary>The commands, apart from the console. Exit codes: 0 done and intact, 1 broken, 2 could not find out or called wrongly.</summary>
internal static class Commands
{
    public const int Intact = 0;
    public const int Broken = 1;
    public const int Unknown = 2;

    public const string Usage =
        """
        securechat audit verify FILE... [--head FILE]   checks exported audit logs (JSON Lines), and their end against exported heads
        securechat mask                                 masks text from standard input, line by line
        securechat mask --jsonl                         the same for lines like {"id":1,"text":"..."}; answers with masked text and spans
        securechat mask --conversation                  the same for lines like {"id":1,"messages":[{"from":"visitor","text":"..."}]}
            --kinds payment-card,iban                   only these kinds; default: all
            --locales us,de                             numbers of these countries only, beside those of none; default: all

        Commands that need a host's stores and keys (audit verify of the store, keys abandon) run inside the host:
        dotnet YourApp.dll help
        """;

    public static async Task<int> RunAsync(
        string[] args, TextReader input, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            switch (args)
            {
                case ["audit", "verify", .. string[] rest] when TryReadFiles(rest, out List<string> files, out string? head):
                    return await VerifyAsync(files, head, output, time, cancellationToken);
                case ["mask", .. string[] rest]:
                    if (MaskArguments.TryRead(rest, out MaskArguments? arguments, out string? fault))
                    {
                        return await MaskAsync(arguments, input, output, cancellationToken);
                    }

                    await errors.WriteLineAsync(fault);
                    return Unknown;
                case ["help" or "--help" or "-h"]:
                    await output.WriteLineAsync(Usage);
                    return Intact;
                default:
                    await errors.WriteLineAsync(Usage);
                    return Unknown;
            }
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("Stopped: nothing was found out.");
            return Unknown;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            // Of these the message names a file or a line number, never what stands in it.
            await errors.WriteLineAsync($"UNKNOWN: {fault.Message}");
            return Unknown;
        }
    }

    private static bool TryReadFiles(string[] args, out List<string> files, out string? head)
    {
        files = [];
        head = null;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--head")
            {
                if (head is not null || ++i == args.Length)
                {
                    return false;
                }

                head = args[i];
            }
            else if (args[i].StartsWith('-'))
            {
                return false;
            }
            else
            {
                files.Add(args[i]);
            }
        }

        return files.Count > 0;
    }

    private static async Task<int> VerifyAsync(List<string> files, string? headFile, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<AuditHead> heads = headFile is null ? [] : await AuditHeadFile.ReadAsync(headFile, time, cancellationToken);
        var streams = new List<Stream>();
        try
        {
            // A host may still be writing to them.
            streams.AddRange(files.Select(static file => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));
            AuditVerification result = await AuditVerifier.VerifyFilesAsync(streams, heads, cancellationToken);
            await output.WriteLineAsync(result.Broken is { } broken
                ? string.Create(CultureInfo.InvariantCulture, $"BROKEN at entry {broken.Sequence}: {broken.Why}")
                : string.Create(CultureInfo.InvariantCulture, $"OK: {result.Count} entries from {result.FirstSequence}, head {result.HeadHash}"));
            if (result.FirstSequence > 1)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The files begin with entry {result.FirstSequence}: only earlier files, or a head, can vouch for that one."));
            }

            await output.WriteLineAsync(headFile is null
                ? "No head file: a cut tail or a log written anew as a whole would not be seen. Pass --head FILE."
                : string.Create(CultureInfo.InvariantCulture, $"Compared with {heads.Count} exported heads."));
            return result.IsIntact ? Intact : Broken;
        }
        finally
        {
            streams.ForEach(static stream => stream.Dispose());
        }
    }

    private static async Task<int> MaskAsync(MaskArguments arguments, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        MaskingEngine engine = MaskingEngine.Create(arguments.Options);
        if (arguments.Format != MaskFormat.Text)
        {
            await new JsonLinesMasker(engine).RunAsync(input, output, arguments.Format == MaskFormat.Conversations, cancellationToken);
            return Intact;
        }

        while (await input.ReadLineAsync(cancellationToken) is { } line)
        {
            await output.WriteLineAsync(engine.Mask(line));
        }

        return Intact;
    }
}
