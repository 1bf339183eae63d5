using System.Diagnostics.CodeAnalysis;
using SecureChat.Masking;

namespace SecureChat.Cli;

/// <summary>How the lines are read and answered.</summary>
internal enum MaskFormat
{
    Text,
    JsonLines,
    Conversations,
}

/// <summary>What <c>securechat mask</c> was called with.</summary>
internal sealed class MaskArguments
{
    public required MaskFormat Format { get; init; }

    public required MaskingEngineOptions Options { get; init; }

    public static bool TryRead(string[] args, [NotNullWhen(true)] out MaskArguments? arguments, [NotNullWhen(false)] out string? fault)
    {
        arguments = null;
        fault = null;
        MaskFormat format = MaskFormat.Text;
        string[]? kinds = null;
        string[]? locales = null;
        for (int i = 0; i < args.Length; i++)
        {
            bool hasValue = i + 1 < args.Length;
            switch (args[i])
            {
                case "--jsonl":
                    format = MaskFormat.JsonLines;
                    break;
                case "--conversation":
                    format = MaskFormat.Conversations;
                    break;
                case "--kinds" when hasValue:
                    kinds = Split(args[++i]);
                    break;
                case "--locales" when hasValue:
                    locales = Split(args[++i]);
                    break;
                default:
                    fault = args[i] is "--kinds" or "--locales"
                        ? $"{args[i]} needs a list, for example {args[i]} {(args[i] == "--kinds" ? "payment-card,iban" : "us,de")}."
                        : $"\"{args[i]}\" is no option of mask. There are --jsonl, --conversation, --kinds and --locales; text comes from standard input.";
                    return false;
            }
        }

        var options = new MaskingEngineOptions { Kinds = kinds, Locales = locales };
        try
        {
            MaskingEngine.Create(options);
        }
        catch (ArgumentException unknown)
        {
            fault = unknown.Message;
            return false;
        }

        arguments = new MaskArguments { Format = format, Options = options };
        return true;
    }

    public override string ToString() => nameof(MaskArguments);

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
