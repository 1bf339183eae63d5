namespace SecureChat.AspNetCore;

/// <summary>What the visitor's browser submits.</summary>
internal sealed class FormSubmission : IDisposable
{
    /// <summary>Chosen by the browser, kept for retries: a repeat with the same content is the same submission (E17).</summary>
    public required string SubmissionId { get; init; }

    /// <summary>What was shown and agreed to.</summary>
    public ShownConsent? Consent { get; init; }

    public required Answers Fields { get; init; }

    public void Dispose() => Fields.Dispose();

    public override string ToString() => nameof(FormSubmission);
}

/// <summary>The exact text a visitor agreed to.</summary>
internal sealed class ShownConsent
{
    /// <summary>Whether the box was ticked.</summary>
    public required bool Given { get; init; }

    public required string Version { get; init; }

    public required string Language { get; init; }

    public required string Sha256 { get; init; }

    public override string ToString() => nameof(ShownConsent);
}
