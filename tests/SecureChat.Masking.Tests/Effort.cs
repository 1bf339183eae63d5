using System.Globalization;

namespace SecureChat.Masking.Tests;

/// <summary>
/// How many random cases a test tries: all of them, unless <c>SECURECHAT_EFFORT</c> names a share in percent. <c>eng/mutation.sh</c> runs the tests thousands of
/// times and asks for a few percent each time.
/// </summary>
internal static class Effort
{
    private static readonly int Percent = int.Parse(Environment.GetEnvironmentVariable("SECURECHAT_EFFORT") ?? "100", CultureInfo.InvariantCulture);

    internal static int Of(int cases) => Math.Max(1, (int)((long)cases * Percent / 100));
}
