using System.Globalization;
using System.Security.Cryptography;

namespace SecureChat.ProcessTests;

/// <summary>One seed per run, printed with every count. <c>SECURECHAT_SEED</c> plays a run's choices again; the schedule stays the machine's.</summary>
internal static class Seed
{
    public static int Current { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SECURECHAT_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int seed)
            ? seed
            : RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>A source of choices of its own for each purpose, so that one test's draws do not shift another's.</summary>
    public static Random For(string purpose, int number = 0) =>
        new(purpose.Aggregate(HashStart(number), static (hash, character) => unchecked((hash * 31) + character)));

    public static void Report(string line) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{line}; seed {Current.ToString(CultureInfo.InvariantCulture)}");

    private static int HashStart(int number) => unchecked((Current * 397) ^ number);
}
