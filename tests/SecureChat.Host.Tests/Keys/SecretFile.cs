using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.Host.Tests.Keys;

/// <summary>Files that their owner alone may read.</summary>
[UnsupportedOSPlatform("windows")]
internal static class SecretFile
{
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static void Write(string path, string content)
    {
        using var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(Encoding.ASCII.GetBytes(content));
    }
}
