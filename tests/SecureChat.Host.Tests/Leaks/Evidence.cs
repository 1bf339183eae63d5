using System.Text;
using Microsoft.Data.Sqlite;
using SecureChat.Driver;

namespace SecureChat.Host.Tests;

/// <summary>Everything that could have kept or shown a value, by the place it was found in.</summary>
internal sealed class Evidence
{
    private readonly Dictionary<string, StringBuilder> _texts = new(StringComparer.Ordinal);
    private readonly List<(string Place, byte[] Bytes)> _files = [];
    private readonly Dictionary<(string Place, string Code), string> _codes = [];

    public long Bytes => _files.Sum(static file => (long)file.Bytes.Length) + _texts.Values.Sum(static text => (long)text.Length);

    public int Places => _files.Count + _texts.Count;

    /// <summary>A text, searched whole for long values and by word for codes.</summary>
    public void AddText(string place, string text)
    {
        Append(place, text);
        Count(place, [text]);
    }

    /// <summary>A text of which some words are known to be numbers of the host's own, such as a status or a duration.</summary>
    public void AddText(string place, string text, IReadOnlySet<string> ownNumbers)
    {
        Append(place, text);
        Count(place, [text], ownNumbers);
    }

    /// <summary>A document, of which only the strings are texts.</summary>
    public void AddJson(string place, string json)
    {
        Append(place, json);
        Count(place, WordHunt.Texts(json));
    }

    /// <summary>Searched for long values only.</summary>
    public void AddLongOnly(string place, string text) => Append(place, text);

    public void AddClient(string who, ChatClient client)
    {
        foreach (string body in client.Received)
        {
            AddJson($"answers to {who}", body);
        }

        foreach (string headers in client.ReceivedHeaders)
        {
            AddLongOnly($"headers to {who}", headers);
        }
    }

    public void AddFrames(string who, HubClient hub)
    {
        foreach (string frame in hub.Frames)
        {
            AddJson($"frames to {who}", frame);
        }
    }

    /// <summary>Every file of a folder as it lies there now. JSON Lines are also read as such.</summary>
    public void AddFiles(string when, string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            byte[] bytes = StoreFiles.Read(path);
            string place = $"file {Path.GetRelativePath(folder, path)} {when}";
            _files.Add((place, bytes));
            if (path.EndsWith(".jsonl", StringComparison.Ordinal))
            {
                Count(place, WordHunt.Texts(bytes));
            }
        }
    }

    /// <summary>Every column of every table of a database, decoded.</summary>
    public void AddColumns(string path)
    {
        using SqliteConnection connection = StoreSnapshot.Open(path);
        foreach (string table in StoreFiles.Strings(connection, "SELECT name FROM sqlite_schema WHERE type = 'table'"))
        {
            using SqliteCommand command = connection.CreateCommand();
            #pragma warning disable CA2100 // The name is the schema's own.
            command.CommandText = $"SELECT * FROM \"{table}\"";
            #pragma warning restore CA2100
            using SqliteDataReader reader = command.ExecuteReader();
            while (reader.Read())
            {
                for (int column = 0; column < reader.FieldCount; column++)
                {
                    string place = $"column {Path.GetFileName(path)} {table}.{reader.GetName(column)}";
                    switch (reader.GetValue(column))
                    {
                        case string text:
                            AddText(place, text);
                            break;
                        case byte[] bytes:
                            Count(place, WordHunt.Texts(bytes));
                            break;
                    }
                }
            }
        }
    }

    /// <summary>Where any of the long values stands: "place: name, encoding".</summary>
    public IReadOnlyList<string> Find(IReadOnlyDictionary<string, string[]> secrets, Func<string, bool>? where = null)
    {
        var hits = new List<string>();
        foreach ((string place, byte[] bytes) in _files.Concat(_texts.Select(static text => (text.Key, Encoding.UTF8.GetBytes(text.Value.ToString())))))
        {
            if (where?.Invoke(place) == false)
            {
                continue;
            }

            foreach ((string name, string[] values) in secrets)
            {
                hits.AddRange(ByteHunt.Find(bytes, values).Select(encoding => $"{place}: {name}, {encoding}"));
            }
        }

        return hits;
    }

    /// <summary>Where any of the codes stands as a word: "place: code, in text".</summary>
    public IReadOnlyList<string> FindCodes(IEnumerable<string> codes)
    {
        HashSet<string> wanted = [.. codes];
        return [.. _codes.Where(found => wanted.Contains(found.Key.Code)).Select(static found => $"{found.Key.Place}: {found.Key.Code}, in {found.Value}")];
    }

    private void Append(string place, string text)
    {
        if (!_texts.TryGetValue(place, out StringBuilder? all))
        {
            _texts[place] = all = new StringBuilder();
        }

        all.Append(text).Append('\n');
    }

    private void Count(string place, IEnumerable<string> texts, IReadOnlySet<string>? ownNumbers = null)
    {
        foreach (string text in texts)
        {
            foreach (string code in WordHunt.Codes(text).Where(code => ownNumbers?.Contains(code) != true))
            {
                _codes.TryAdd((place, code), text.Length <= 200 ? text : text[..200]);
            }
        }
    }
}
