using Amazon.KeyManagementService;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.Keys.AwsKms;

namespace SecureChat;

/// <summary>AWS KMS as the key provider.</summary>
public static class AwsKmsSecureChatBuilderExtensions
{
    /// <summary>
    /// Wraps key-encryption keys under a symmetric key of AWS KMS. An <c>IAmazonKeyManagementService</c> among the host's services is
    /// used; without one, credentials and region come from where the AWS SDK finds them. The host's role needs <c>kms:Encrypt</c> and
    /// <c>kms:Decrypt</c> on the key.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="keyId">ARN, id or alias of the key. An ARN cannot mean another key tomorrow.</param>
    /// <exception cref="ArgumentException"><paramref name="keyId"/> is empty.</exception>
    /// <example><code>builder.Services.AddSecureChat().UseAwsKms("arn:aws:kms:eu-central-1:111122223333:key/...");</code></example>
    public static ISecureChatBuilder UseAwsKms(this ISecureChatBuilder builder, string keyId)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(keyId);
        return builder.UseKeyEncryption(services => new AwsKmsEncryption(services.GetService<IAmazonKeyManagementService>() ?? FromEnvironment(), keyId));
    }

    private static AmazonKeyManagementServiceClient FromEnvironment()
    {
        try
        {
            return new AmazonKeyManagementServiceClient();
        }
        catch (AmazonClientException fault)
        {
            // The only thing that this constructor misses; credentials are looked for at the first call.
            throw new SecureChatConfigurationException(
                SecureChatErrors.KeyProviderUnusable, "(aws-kms: no region is set; set AWS_REGION, or give UseAwsKms a client)", fault);
        }
    }
}
