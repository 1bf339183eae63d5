using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>
/// Wraps key-encryption keys under 32 bytes in a file, for one machine or a mounted secret. The file is read for every call and its key
/// zeroed again, so taking the file away ends the host's use of it with the next look of <see cref="KeyRefresher"/>. Thread-safe.
/// </summary>
internal sealed class KeyFileEncryption(string path) : IKeyEncryptionProvider
{
    public const string ProviderName = "key-file";

    private const int SaltLength = 16;

    /// <summary>32 bytes in base64, and a line end of either kind.</summary>
    private const int MaxFileLength = 46;

    private static readonly UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public string Name => ProviderName;

    private static ReadOnlySpan<byte> Magic => "SCF1"u8;

    /// <summary>Says at start what is wrong with the file.</summary>
    /// <exception cref="SecureChatConfigurationException"><c>SC1016</c>.</exception>
    public void Check()
    {
        try
        {
            CryptographicOperations.ZeroMemory(Read());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            string why = fault switch
            {
                FileNotFoundException or DirectoryNotFoundException => $"there is no key file '{path}': make it once with `(umask 077; openssl rand -base64 32 > {path})` and keep a copy apart from the data's backups",
                InvalidDataException or UnauthorizedAccessException => fault.Message,
                _ => $"the key file '{path}' cannot be read ({fault.GetType().Name})",
            };
            throw new SecureChatConfigurationException(SecureChatErrors.KeyProviderUnusable, $"({why})", fault);
        }
    }

    public ValueTask<byte[]> WrapAsync(ReadOnlyMemory<byte> key, string context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] fileKey = Read();
        try
        {
            return ValueTask.FromResult(CommittedAead.Seal(Magic, SaltLength, fileKey, Encoding.UTF8.GetBytes(context), key.Span));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        byte[] fileKey = Read();
        byte[]? key = null;
        try
        {
            int length = CommittedAead.PlaintextLength(SaltLength, wrapped.Length);
            key = new byte[Math.Max(length, 0)];
            return length >= 0 && CommittedAead.TryOpen(Magic, SaltLength, fileKey, Encoding.UTF8.GetBytes(context), wrapped.Span, key)
                ? ValueTask.FromResult(key)
                : throw new CryptographicException("The key file is not the one that wrapped these bytes.");
        }
        catch
        {
            CryptographicOperations.ZeroMemory(key);
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    public override string ToString() => nameof(KeyFileEncryption);

    /// <summary>The key in the file, in pinned memory. The caller zeroes it.</summary>
    private byte[] Read()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);

        // Asked of the open file: between a look at the path and its opening somebody could put another one there.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & Others) != UnixFileMode.None)
        {
            throw new UnauthorizedAccessException($"the key file '{path}' is open to others than its owner: `chmod 600 {path}`, and make a new key if somebody may have read it");
        }

        byte[] text = GC.AllocateUninitializedArray<byte>(MaxFileLength + 1, pinned: true);
        byte[] key = GC.AllocateUninitializedArray<byte>(WrappedKey.KeyLength + 1, pinned: true);
        try
        {
            int length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            ReadOnlySpan<byte> trimmed = text.AsSpan(0, length).TrimEnd("\r\n"u8);
            bool isKey = Base64.DecodeFromUtf8(trimmed, key, out int read, out int written) == System.Buffers.OperationStatus.Done
                && read == trimmed.Length && written == WrappedKey.KeyLength && key.AsSpan(0, written).ContainsAnyExcept((byte)0);
            if (!isKey)
            {
                throw new InvalidDataException($"the key file '{path}' does not hold 32 random bytes in base64: `openssl rand -base64 32`");
            }

            byte[] exact = GC.AllocateUninitializedArray<byte>(WrappedKey.KeyLength, pinned: true);
            key.AsSpan(0, written).CopyTo(exact);
            return exact;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
