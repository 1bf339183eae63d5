using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace SecureChat.Keys.AwsKms;

/// <summary>
/// Wraps key-encryption keys by AWS KMS. The context is KMS's encryption context, so it is authenticated, and shows in the account's own trail
/// (application name and version number, no secret). Thread-safe.
/// </summary>
internal sealed class AwsKmsEncryption(IAmazonKeyManagementService client, string keyId) : IKeyEncryptionProvider
{
    private const string ContextName = "securechat";

    public string Name => "aws-kms";

    public async ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        byte[] copy = key.ToArray();
        try
        {
            using var plaintext = new MemoryStream(copy, writable: false);
            EncryptResponse answer = await CallAsync(() => client.EncryptAsync(
                new EncryptRequest { KeyId = keyId, Plaintext = plaintext, EncryptionContext = new() { [ContextName] = context } }, cancellationToken));
            return answer.CiphertextBlob.ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(copy);
        }
    }

    public async ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        if (wrapped.IsEmpty)
        {
            // KMS would call it a malformed request, which is no answer about a key.
            throw new CryptographicException("There are no bytes to open.");
        }

        using var ciphertext = new MemoryStream(wrapped.ToArray(), writable: false);

        // With the key named: KMS would otherwise open bytes of any key the role may use, also one that somebody else chose.
        DecryptResponse answer = await CallAsync(() => client.DecryptAsync(
            new DecryptRequest { KeyId = keyId, CiphertextBlob = ciphertext, EncryptionContext = new() { [ContextName] = context } }, cancellationToken));
        try
        {
            return answer.Plaintext.ToArray();
        }
        finally
        {
            if (answer.Plaintext.TryGetBuffer(out ArraySegment<byte> buffer))
            {
                CryptographicOperations.ZeroMemory(buffer);
            }
        }
    }

    /// <summary>Type name.</summary>
    public override string ToString() => nameof(AwsKmsEncryption);

    private static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is InvalidCiphertextException or IncorrectKeyException)
        {
            throw new CryptographicException("AWS KMS does not open these bytes with this key.", fault);
        }
        catch (Exception fault) when (fault is DisabledException or KMSInvalidStateException or NotFoundException || fault is AmazonServiceException { ErrorCode: "AccessDeniedException" })
        {
            throw new UnauthorizedAccessException("AWS KMS denies the key.", fault);
        }
    }
}
