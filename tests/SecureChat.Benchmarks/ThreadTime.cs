using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SecureChat.Benchmarks;

/// <summary>Time that this thread had a processor: on a busy machine the wall clock mostly measures the others.</summary>
internal static class ThreadTime
{
    private const int ThreadClock = 3;

    /// <summary>Nanoseconds from an arbitrary origin. Elsewhere than on Linux it is the wall clock.</summary>
    public static long Now() =>
        OperatingSystem.IsLinux() && ClockGetTime(ThreadClock, out TimeSpec time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
