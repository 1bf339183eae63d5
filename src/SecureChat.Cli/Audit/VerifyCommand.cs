using System.CommandLine;
using System.Globalization;
using SecureChat.AspNetCore;

namespace SecureChat.Cli;

/// <summary><c>securechat audit verify</c>: needs files, no host and no database.</summary>
internal static class VerifyCommand
{
    public static Command Create(CliConsole console, TimeProvider time)
    {
        var files = new Argument<string[]>("file") { Description = "Exported logs (JSON Lines), oldest first.", Arity = ArgumentArity.OneOrMore };
        var head = new Option<string?>("--head") { Description = "Exported heads, which show that no end was cut off.", HelpName = "file" };
        var command = new Command("verify", "Checks that no entry of exported logs was changed, added or left out. Exit code 1 when one was.") { files, head };
        command.SetAction((parsed, cancellationToken) => VerifyAsync(parsed.GetRequiredValue(files), parsed.GetValue(head), console.Output, time, cancellationToken));
        return command;
    }

    private static async Task<int> VerifyAsync(string[] files, string? headFile, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
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
            return result.IsIntact ? Commands.Intact : Commands.Broken;
        }
        finally
        {
            streams.ForEach(static stream => stream.Dispose());
        }
    }
}
