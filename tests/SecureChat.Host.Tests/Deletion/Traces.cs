using System.Text;
using System.Text.Json;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests;

/// <summary>
/// The stored bytes of a conversation's secrets, cut into overlapping pieces: a page may hold part of a body, so each piece is searched
/// for on its own.
/// </summary>
internal sealed class Traces
{
    private const int Piece = 16;

    private readonly List<(string Of, byte[] Bytes)> _pieces = [];

    public int Count => _pieces.Count;

    /// <summary>Ciphertexts, fingerprints, messages and wrapped keys as they lie in the files now.</summary>
    public static Traces Of(string folder, string conversationId)
    {
        var traces = new Traces();
        foreach (Row row in StoreFiles.Rows(Path.Combine(folder, StoreFiles.Data)).Where(row => row.Partition == conversationId))
        {
            if (row.Kind == RecordKinds.Form)
            {
                using JsonDocument form = JsonDocument.Parse(row.Body);
                foreach (JsonElement value in form.RootElement.GetProperty("values").EnumerateArray())
                {
                    foreach (string member in new[] { "ciphertext", "fingerprint" })
                    {
                        // As written: base64 in JSON, escapes included.
                        traces.Add(member, Encoding.UTF8.GetBytes(value.GetProperty(member).GetRawText().Trim('"')));
                        traces.Add(member, value.GetProperty(member).GetBytesFromBase64());
                    }
                }
            }
            else if (row.Kind == RecordKinds.ConversationEvent)
            {
                traces.Add("message", row.Body);
            }
        }

        foreach (Row row in StoreFiles.Rows(Path.Combine(folder, StoreFiles.Keys)).Where(row => row.Partition == conversationId))
        {
            // Behind the header, which all wrapped keys share.
            traces.Add(row.Kind, row.Body[8..]);
        }

        return traces;
    }

    /// <summary>Traces of some kinds only.</summary>
    public Traces Only(params string[] kinds)
    {
        var some = new Traces();
        some._pieces.AddRange(_pieces.Where(piece => kinds.Contains(piece.Of)));
        return some;
    }

    /// <summary>Where any piece still stands: "file: kind".</summary>
    public IReadOnlyList<string> FindIn(string folder)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = StoreFiles.Read(path);
            found.UnionWith(_pieces.Where(piece => bytes.AsSpan().IndexOf(piece.Bytes) >= 0).Select(piece => $"{Path.GetRelativePath(folder, path)}: {piece.Of}"));
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    private void Add(string of, byte[] bytes)
    {
        for (int start = 0; start + Piece <= bytes.Length; start++)
        {
            _pieces.Add((of, bytes[start..(start + Piece)]));
        }
    }
}
