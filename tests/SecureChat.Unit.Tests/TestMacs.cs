using Microsoft.Extensions.Logging.Abstractions;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests;

/// <summary>Record authentication under one known key, for parts that are tested without a key ring.</summary>
internal static class TestMacs
{
    public static RecordMacs New(byte fill = 7) => new(version => version == 1 ? [.. Enumerable.Repeat(fill, 32)] : null, static () => 1, static () => "tests", NullLogger.Instance);
}
