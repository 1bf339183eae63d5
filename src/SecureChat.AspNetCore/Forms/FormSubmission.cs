namespace SecureChat.AspNetCore;

/// <summary>What the visitor's browser submits.</summary>
internal sealed class FormSubmission : IDisposable
{
    /// <summary>Chosen by the browser, kept for retries: a repeat with the same content is the same submission (E17).</summary>
    public required string SubmissionId { get; init; }

    /// <summary>What was shown and agreed to.</summary>
    public ShownConsent? Consent { get; init; }

    /// <summary>Answers by field key.</summary>
    public required Answers Fields { get; init; }

    /// <summary>Ids of kept values that answer their fields, as they were shown.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    public void Dispose() => Fields.Dispose();

    public override string ToString() => nameof(FormSubmission);
}

/// <summary>The exact text a visitor agreed to.</summary>
internal sealed class ShownConsent
{
    /// <summary>Whether the box was ticked.</summary>
    public required bool Given { get; init; }

    /// <summary>Version of the notice that was shown.</summary>
    public required string Version { get; init; }

    /// <summary>Language that was shown.</summary>
    public required string Language { get; init; }

    /// <summary>SHA-256 of the text that was shown.</summary>
    public required string Sha256 { get; init; }

    public override string ToString() => nameof(ShownConsent);
}
