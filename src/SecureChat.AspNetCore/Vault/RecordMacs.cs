using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.AspNetCore;

/// <summary>
/// Authenticates the records that say who may see: conversations (visitor's token, assignment), forms (claims, form tokens), values
/// kept out of messages, and step-up tickets. Each carries an HMAC-SHA256 under a key derived from the key ring, over where it lies and what it says, so
/// whoever writes the data store can neither assign himself nor put his own token in the place of another's (E54). A record with a
/// wrong one, or with none, opens nothing. The format is in docs/cryptography.md, "Record authentication".
/// </summary>
/// <remarks>It does not show that a record was removed, or that an older one of the same place was put back.</remarks>
internal sealed partial class RecordMacs
{
    private const int VersionDigits = 10;
    private const int MacCharacters = 43;
    private const string Name = ",\"mac\":\"";
    private const string End = "\"}";

    /// <summary>What stands behind the last member of the JSON object: version of the key, dot, base64url of the MAC.</summary>
    private const int SuffixLength = 8 + VersionDigits + 1 + MacCharacters + 2;

    private readonly Func<int, byte[]?> _keyOf;
    private readonly Func<int> _current;
    private readonly Func<string> _application;
    private readonly ILogger _logger;
    private long _refused;

    public RecordMacs(KeyRing ring, ApplicationIdentity application, ILogger<RecordMacs> logger)
        : this(version => ring.DeriveRecordKey(version, application.Value), () => ring.CurrentVersion, () => application.Value, logger)
    {
    }

    internal RecordMacs(Func<int, byte[]?> keyOf, Func<int> current, Func<string> application, ILogger logger)
    {
        _keyOf = keyOf;
        _current = current;
        _application = application;
        _logger = logger;
    }

    /// <summary>
    /// For <c>keys abandon</c> alone, in its own process: the keys that made the MACs are lost, everything is destroyed, and what is
    /// left is written anew.
    /// </summary>
    public bool AcceptsAny { get; set; }

    /// <summary>Records refused since the start, for the health check.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The body to store: the JSON object with one more member.</summary>
    public byte[] Write(RecordKey key, ReadOnlySpan<byte> json)
    {
        int version = _current();
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!TryCompute(version, key, json, mac))
        {
            throw new SecureChatException(SecureChatErrors.KeyUnavailable);
        }

        byte[] body = new byte[json.Length - 1 + SuffixLength];
        json[..^1].CopyTo(body);
        string suffix = Name + version.ToString("D10", CultureInfo.InvariantCulture) + "." + Base64Url.EncodeToString(mac) + End;
        Encoding.ASCII.GetBytes(suffix, body.AsSpan(json.Length - 1));
        return body;
    }

    /// <summary>The JSON object without its MAC; a body that has none comes back as it is. Says nothing about who wrote it.</summary>
    public static byte[] Json(ReadOnlySpan<byte> body) => TrySplit(body, out byte[] json, out _, out _) ? json : body.ToArray();

    /// <summary>The version of the key that a body's MAC names; null for a body without one.</summary>
    public static int? VersionOf(ReadOnlySpan<byte> body) => TrySplit(body, out _, out int version, out _) ? version : null;

    /// <summary>Refuses a record that this application did not write at this place.</summary>
    /// <exception cref="SecureChatException"><c>SC3009</c>: it did not. <c>SC3002</c>: this host does not have the key; another may.</exception>
    public void Check(StoreRecord record)
    {
        if (AcceptsAny)
        {
            return;
        }

        Span<byte> actual = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!TrySplit(record.Body.Span, out byte[] json, out int version, out byte[] mac)
            || !TryCompute(version, record.Key, json, actual)
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Base64Url.EncodeToString(actual)), mac))
        {
            Interlocked.Increment(ref _refused);
            LogRefused(_logger, record.Key.Kind, record.Key.Partition);
            throw new SecureChatException(SecureChatErrors.RecordChanged);
        }
    }

    public override string ToString() => nameof(RecordMacs);

    private static bool TrySplit(ReadOnlySpan<byte> body, out byte[] json, out int version, out byte[] mac)
    {
        (json, version, mac) = ([], 0, []);
        if (body.Length <= SuffixLength)
        {
            return false;
        }

        string suffix = Encoding.ASCII.GetString(body[^SuffixLength..]);
        ReadOnlySpan<char> text = suffix.AsSpan(Name.Length);
        if (!suffix.StartsWith(Name, StringComparison.Ordinal)
            || !suffix.EndsWith(End, StringComparison.Ordinal)
            || text[VersionDigits] != '.'
            || !int.TryParse(text[..VersionDigits], NumberStyles.None, CultureInfo.InvariantCulture, out version))
        {
            return false;
        }

        json = [.. body[..^SuffixLength], (byte)'}'];

        // As text: the last character of base64url has spare bits, which decoding forgives.
        mac = Encoding.ASCII.GetBytes(suffix.Substring(Name.Length + VersionDigits + 1, MacCharacters));
        return true;
    }

    private bool TryCompute(int version, RecordKey key, ReadOnlySpan<byte> json, Span<byte> mac)
    {
        if (_keyOf(version) is not { } secret)
        {
            return false;
        }

        try
        {
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
            hash.AppendData(AssociatedData.Build("SecureChat record v1", _application(), key.Kind, key.Partition, key.Id));
            hash.AppendData(json);
            hash.GetHashAndReset(mac);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    [LoggerMessage(EventId = 1210, EventName = "RecordRefused", Level = LogLevel.Critical,
        Message = "A record of kind {Kind} of {Partition} does not carry this application's MAC: somebody else wrote it. It opens nothing.")]
    private static partial void LogRefused(ILogger logger, string kind, string partition);
}
