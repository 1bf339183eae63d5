using System.Security.Claims;

namespace SecureChat.AspNetCore;

/// <summary>From the host's signed-in user to a subject reference: a keyed hash, the only trace of the subject that is kept.</summary>
internal sealed class VisitorSubjects(
    IVisitorIdentity? identity,
    Func<string, CancellationToken, ValueTask<string>> pseudonym,
    IOptions<SecureChatOptions> options,
    TimeProvider time)
{
    /// <summary>Longest subject a host may map to.</summary>
    private const int MaxSubjectLength = 1024;

    private readonly ForeignCalls? _foreign = identity is null ? null : Guard.Of(identity);

    /// <summary>The subject reference, or <see langword="null"/> for an anonymous visitor.</summary>
    public async ValueTask<string?> ReferenceAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken)
    {
        if (identity is null || principal?.Identity?.IsAuthenticated != true)
        {
            return null;
        }

        string? subject = await Guard.CallAsync(
            _foreign,
            token => identity.GetSubjectAsync(principal, token),
            options.Value.Storage.VendorTimeout,
            time,
            fault => Guard.Own(_foreign, fault) ?? new SecureChatException(SecureChatErrors.Internal, null, fault),
            cancellationToken);
        if (subject is null)
        {
            return null;
        }

        // A subject that is no name would join strangers under one reference.
        return IsSubject(subject) ? await ReferenceAsync(subject, cancellationToken) : throw new SecureChatException(SecureChatErrors.Internal);
    }

    /// <summary>The reference of a subject that the application named itself.</summary>
    public ValueTask<string> ReferenceAsync(string subject, CancellationToken cancellationToken) => pseudonym(subject, cancellationToken);

    public static bool IsSubject(string subject) => subject.Length is > 0 and <= MaxSubjectLength;
}
