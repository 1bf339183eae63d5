using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MinimalHost;

/// <summary>
/// One-time links. A link carries 256 random bits; the disk holds only their SHA-256, as a file name, with an expiry and the roles
/// inside. Taking one is a rename, which one caller in one process wins.
/// </summary>
internal sealed class Invitations(DirectoryInfo folder)
{
    public string Create(params IEnumerable<string> roles)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        File.WriteAllText(PathOf(token, "open"), $"{DateTimeOffset.UtcNow.AddHours(24).ToUnixTimeSeconds()} {string.Join(' ', roles)}");
        return token;
    }

    /// <summary>Takes the invitation: its roles for one caller, <see langword="null"/> for everybody else.</summary>
    public string[]? Take(string token)
    {
        try
        {
            File.Move(PathOf(token, "open"), PathOf(token, "used"));
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        string[] words = File.ReadAllText(PathOf(token, "used")).Split(' ');
        return long.Parse(words[0], CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.ToUnixTimeSeconds() ? words[1..] : null;
    }

    /// <summary>Gives an invitation back whose account could not be made.</summary>
    public void GiveBack(string token) => File.Move(PathOf(token, "used"), PathOf(token, "open"));

    public void Clear() => Array.ForEach(folder.GetFiles(), file => file.Delete());

    private string PathOf(string token, string state) => Path.Combine(folder.FullName, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}.{state}");
}
