namespace SecureChat.Host.Tests.SetUp;

/// <summary>Ways in which an operator loses what opens the stored values.</summary>
internal static class LostKeys
{
    public static IReadOnlyDictionary<string, Action<string>> Ways { get; } = new Dictionary<string, Action<string>>(StringComparer.Ordinal)
    {
        ["the key ring is gone"] = static folder => Directory.Delete(Path.Combine(folder, "ring"), recursive: true),
        ["the key store is gone"] = static folder => Array.ForEach(Directory.GetFiles(folder, "chat.keys.db*"), File.Delete),
        ["the key store is empty"] = static folder => StoreSnapshot.Execute(StoreSnapshot.KeysFile(folder), "DELETE FROM record"),
        ["both are gone"] = static folder =>
        {
            Directory.Delete(Path.Combine(folder, "ring"), recursive: true);
            Array.ForEach(Directory.GetFiles(folder, "chat.keys.db*"), File.Delete);
        },
    };
}
