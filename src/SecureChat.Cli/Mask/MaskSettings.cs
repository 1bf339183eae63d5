namespace SecureChat.Cli;

/// <summary>How a text is read, and what is written for it.</summary>
internal enum MaskFormat
{
    /// <summary>One text.</summary>
    Text,

    /// <summary>Each line a text, answered at once.</summary>
    Lines,

    /// <summary>Lines of JSON with a text, answered with what was found.</summary>
    Texts,

    /// <summary>Lines of JSON with a conversation, answered with what was found.</summary>
    Conversations,

    /// <summary>Rows of fields; the first row names them.</summary>
    Csv,

    /// <summary>A JSON text, masked in place.</summary>
    Json,

    /// <summary>JSON texts, one in a line, masked in place.</summary>
    JsonLines,
}

/// <summary>What <c>securechat mask</c> was called with, apart from where.</summary>
internal sealed class MaskSettings
{
    /// <summary>Null for what the name of a file says.</summary>
    public MaskFormat? Format { get; init; }

    /// <summary>Whether reasons are told.</summary>
    public bool Explains { get; init; }

    /// <summary>Columns of CSV to mask; null for all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What separates the fields of CSV; null for what the first row says.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Whether the first row of CSV is one like the others.</summary>
    public bool HasNoHeader { get; init; }

    public MaskFormat FormatOf(string file) => Format ?? Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".CSV" or ".TSV" => MaskFormat.Csv,
        ".JSON" => MaskFormat.Json,
        ".JSONL" or ".NDJSON" => MaskFormat.JsonLines,
        _ => MaskFormat.Text,
    };

    public override string ToString() => nameof(MaskSettings);
}
