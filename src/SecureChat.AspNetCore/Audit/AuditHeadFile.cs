using System.Text.Json;

namespace SecureChat.AspNetCore;

/// <summary>Heads as JSON Lines, oldest first.</summary>
internal static class AuditHeadFile
{
    private const int MaxLine = 512;

    public static async Task AppendAsync(string path, AuditHead head, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } folder && !Directory.Exists(folder))
        {
            AppendOnlyFile.CreateFolder(folder);
        }

        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(head, SecureChatJson.Options), (byte)'\n'];
        await AppendOnlyFile.AppendAsync(path, line, time, cancellationToken);
    }

    /// <summary>Reads a head file. What stands behind the last line feed was being written when a host died, and is passed over.</summary>
    /// <exception cref="FormatException">A line is not a head.</exception>
    public static async Task<IReadOnlyList<AuditHead>> ReadAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> rest = await AppendOnlyFile.ReadAsync(path, time, cancellationToken);
        var heads = new List<AuditHead>();
        for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            heads.Add(Parse(rest.Span[..end]) ?? throw new FormatException($"Line {heads.Count + 1} of the head file is not a head."));
        }

        return heads;
    }

    private static AuditHead? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            AuditHead? head = line.Length > MaxLine ? null : JsonSerializer.Deserialize<AuditHead>(line, SecureChatJson.Options);
            return head is { Sequence: >= 0, ChainHash.Length: 2 * AuditFormat.HashSize } && head.ChainHash.All(char.IsAsciiHexDigitLower) ? head : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
