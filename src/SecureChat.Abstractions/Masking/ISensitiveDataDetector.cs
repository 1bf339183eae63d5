namespace SecureChat;

/// <summary>
/// Finds data that only this host knows, such as its customer numbers, beside what SecureChat finds itself. Registered with <c>AddDetector&lt;T&gt;()</c>, or given to
/// <c>MaskingEngineOptions.Detectors</c>. For a shape with check digits and words a <c>MaskingPattern</c> needs no code.
/// </summary>
/// <remarks>
/// One instance serves every message at the same time: it must be thread-safe, and keeps no text. Called for every text, also for one that looks clean, and more than
/// once for one in which something was found. It is held to a number of steps and to a time for each text; if it exceeds one, throws, or adds what does not lie
/// in the text, the message is held (<c>SC2001</c>), and after some such faults it is switched off, which the health check shows.
/// </remarks>
public interface ISensitiveDataDetector
{
    /// <summary>
    /// The kinds that it may add: ids of its own, which begin with <c>x-</c> (lower-case letters, digits and dashes; at most 64 characters), or those of docs/masking.md.
    /// Read once.
    /// </summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Adds what it finds to <paramref name="candidates"/>.</summary>
    /// <param name="text">
    /// The text, with plain digits in the place of those of other scripts and without invisible characters: at most <see cref="SensitiveDataCandidates.MaxLength"/>
    /// characters; a longer one comes in pieces that overlap.
    /// </param>
    /// <param name="candidates">Where to put them, and how many steps are left.</param>
    void Detect(ReadOnlySpan<char> text, SensitiveDataCandidates candidates);
}
