using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>
/// The format of the log, version 1. Each entry is one line, in a page of the store and in a JSON Lines file alike:
/// <c>{"entry":CANONICAL,"chain":"HEX"}</c> and a line feed. CANONICAL has fixed members in fixed order and no white space.
/// leaf = SHA-256(0x00 || CANONICAL), chain(n) = SHA-256(0x02 || chain(n-1) || leaf(n)), chain(0) = 32 zero bytes.
/// </summary>
/// <remarks>
/// There is exactly one way to write an entry and one way to write a line, and reading checks it byte for byte. So no change of
/// spelling (escapes, case of the hash, white space) survives verification, and two parsers cannot read one line differently.
/// </remarks>
internal static class AuditFormat
{
    public const int Version = 1;

    public const int HashSize = SHA256.HashSizeInBytes;

    private const byte LeafDomain = 0x00;

    // 0x01 is the domain of inner nodes in RFC 6962: left free, so that a tree can be laid over the same leaves.
    private const byte ChainDomain = 0x02;

    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    private static ReadOnlySpan<byte> Before => "{\"entry\":"u8;

    private static ReadOnlySpan<byte> Between => ",\"chain\":\""u8;

    private static ReadOnlySpan<byte> After => "\"}\n"u8;

    /// <summary>Bytes of a line around its canonical entry.</summary>
    public static int LineOverhead => Before.Length + Between.Length + (2 * HashSize) + After.Length;

    /// <summary>Where the canonical entry begins in its line.</summary>
    public static int CanonicalOffset => Before.Length;

    public static byte[] EmptyChain() => new byte[HashSize];

    public static void WriteCanonical(IBufferWriter<byte> output, CanonicalEntry entry)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteNumber("v"u8, entry.V);
        json.WriteString("id"u8, entry.Id);
        json.WriteNumber("seq"u8, entry.Seq);
        json.WriteNumber("at"u8, entry.At);
        json.WriteNumber("action"u8, entry.Action);
        json.WriteNumber("outcome"u8, entry.Outcome);
        json.WriteNumber("actor"u8, entry.Actor);
        json.WriteString("actorRef"u8, entry.ActorRef);
        json.WriteString("conversation"u8, entry.Conversation);
        json.WriteString("request"u8, entry.Request);
        json.WriteStartArray("values"u8);
        foreach (string value in entry.Values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
        json.WriteString("code"u8, entry.Code);
        if (entry.Reason is { } reason)
        {
            json.WriteNumber("reason"u8, reason);
        }
        else
        {
            json.WriteNull("reason"u8);
        }

        json.WriteString("detail"u8, entry.Detail);
        json.WriteString("commitment"u8, entry.Commitment);
        json.WriteEndObject();
    }

    /// <summary>Writes one line and returns the chain value after it.</summary>
    public static byte[] WriteLine(ArrayBufferWriter<byte> output, CanonicalEntry entry, ReadOnlySpan<byte> previousChain)
    {
        output.Write(Before);
        int start = output.WrittenCount;
        WriteCanonical(output, entry);
        byte[] chain = Next(previousChain, output.WrittenSpan[start..]);
        output.Write(Between);
        WriteHex(output, chain);
        output.Write(After);
        return chain;
    }

    /// <summary>Writes the line of a finished entry, the same bytes as in its page.</summary>
    public static void WriteLine(IBufferWriter<byte> output, AuditEntry entry)
    {
        output.Write(Before);
        output.Write(entry.Canonical.Span);
        output.Write(Between);
        Span<byte> hex = output.GetSpan(2 * HashSize);
        System.Text.Encoding.ASCII.GetBytes(entry.ChainHash, hex);
        output.Advance(2 * HashSize);
        output.Write(After);
    }

    public static byte[] Next(ReadOnlySpan<byte> previousChain, ReadOnlySpan<byte> canonical)
    {
        Span<byte> leaf = stackalloc byte[HashSize];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafDomain]);
        hash.AppendData(canonical);
        hash.GetHashAndReset(leaf);
        hash.AppendData([ChainDomain]);
        hash.AppendData(previousChain);
        hash.AppendData(leaf);
        return hash.GetHashAndReset();
    }

    /// <summary>Takes the next line off <paramref name="text"/>: canonical entry and the chain value that is written beside it.</summary>
    /// <returns><see langword="false"/> when what comes next is not a whole, exact line.</returns>
    public static bool TryReadLine(ref ReadOnlyMemory<byte> text, out ReadOnlyMemory<byte> canonical, out byte[] chain)
    {
        canonical = default;
        chain = [];
        int end = text.Span.IndexOf((byte)'\n');
        if (end < 0)
        {
            return false;
        }

        ReadOnlyMemory<byte> line = text[..(end + 1)];
        int length = line.Length - LineOverhead;
        if (length <= 0
            || !line.Span.StartsWith(Before)
            || !line.Span.EndsWith(After)
            || !line.Span.Slice(Before.Length + length, Between.Length).SequenceEqual(Between))
        {
            return false;
        }

        ReadOnlySpan<byte> hex = line.Span.Slice(Before.Length + length + Between.Length, 2 * HashSize);
        if (hex.ContainsAnyExcept(LowerHex))
        {
            return false;
        }

        canonical = line.Slice(Before.Length, length);
        chain = Convert.FromHexString(hex);
        text = text[line.Length..];
        return true;
    }

    /// <summary>Reads a canonical entry; <see langword="null"/> when it is not written exactly as we write it.</summary>
    public static CanonicalEntry? TryReadCanonical(ReadOnlySpan<byte> canonical)
    {
        CanonicalEntry? entry;
        try
        {
            entry = JsonSerializer.Deserialize<CanonicalEntry>(canonical, SecureChatJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }

        if (entry is null || entry.V != Version || entry.Seq < 1 || entry.Values.Any(static value => value is null)
            || entry.At < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || entry.At > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return null;
        }

        var again = new ArrayBufferWriter<byte>(canonical.Length);
        WriteCanonical(again, entry);
        return again.WrittenSpan.SequenceEqual(canonical) ? entry : null;
    }

    public static AuditEntry ToEntry(CanonicalEntry entry, ReadOnlyMemory<byte> canonical, ReadOnlySpan<byte> chain) => new()
    {
        Sequence = entry.Seq,
        Id = entry.Id,
        At = DateTimeOffset.FromUnixTimeMilliseconds(entry.At),
        Action = (AuditAction)entry.Action,
        Outcome = (AuditOutcome)entry.Outcome,
        Actor = (ParticipantRole)entry.Actor,
        ActorRef = entry.ActorRef,
        ConversationId = entry.Conversation,
        RequestId = entry.Request,
        ValueIds = entry.Values,
        Code = entry.Code,
        Reason = (DestroyReason?)entry.Reason,
        DetailId = entry.Detail,
        DetailCommitment = entry.Commitment,
        Canonical = canonical,
        ChainHash = Convert.ToHexStringLower(chain),
    };

    private static void WriteHex(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hex = output.GetSpan(2 * bytes.Length);
        Convert.TryToHexStringLower(bytes, hex, out int written);
        output.Advance(written);
    }
}
