using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using SecureChat;

namespace ExistingApp;

/// <summary>
/// The second factor that this app's clerks have already: an authenticator app (TOTP, RFC 6238), one key for the one clerk. SecureChat limits
/// attempts, accepts each proof once and binds it to the values; the class only says whether a code is right now.
/// </summary>
internal sealed class ClerkAuthenticator(TimeProvider time) : IStepUpVerifier
{
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(20);

    /// <summary>What an authenticator app is given, in base 32.</summary>
    public static string Key { get; } = string.Concat(Enumerable.Range(0, 32).Select(static i =>
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(int)((BinaryPrimitives.ReadUInt64BigEndian([0, 0, 0, .. Secret.AsSpan(i / 8 * 5, 5)]) >> (35 - (i % 8 * 5))) & 31)]));

    public ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        long step = now.ToUnixTimeSeconds() / 30;
        for (long candidate = step - 1; candidate <= step + 1; candidate++)
        {
            if (string.Equals(Code(candidate), request.Response.Trim(), StringComparison.Ordinal))
            {
                return ValueTask.FromResult(new StepUpResult
                {
                    Outcome = StepUpOutcome.Verified,
                    Proof = new StepUpProof
                    {
                        // The same evidence has the same name, so that a code works once.
                        Id = string.Create(CultureInfo.InvariantCulture, $"totp-{request.AgentId}-{candidate}"),
                        Factor = "otp",
                        At = now,
                        AgentId = request.AgentId,
                        SessionId = request.SessionId,
                        FormRequestId = request.FormRequestId,
                        ClaimId = request.ClaimId,
                    },
                });
            }
        }

        return ValueTask.FromResult(StepUpResult.Rejected);
    }

    private static string Code(long step)
    {
        byte[] counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238 as every authenticator app speaks it.
        byte[] mac = HMACSHA1.HashData(Secret, counter);
#pragma warning restore CA5350
        int number = BinaryPrimitives.ReadInt32BigEndian(mac.AsSpan(mac[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
