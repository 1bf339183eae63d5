using System.Diagnostics.CodeAnalysis;
using SecureChat.AspNetCore;

namespace SecureChat.Architecture.Tests;

/// <summary>Code that breaks one rule each: shows that the check of the rule sees it. Never run.</summary>
[SuppressMessage("Design", "CA1034", Justification = "Each is a specimen of one rule.")]
[SuppressMessage("Design", "CA1052", Justification = "Holds specimens only.")]
public static class Saboteurs
{
    /// <summary>For the printer.</summary>
    public sealed class Shown(bool isSet = true) : IDisposable
    {
        public const int Limit = 3;

        public required string Text { get; init; }

        public IReadOnlyList<string?>? Names { get; set; }

        internal bool Hidden => isSet;

        public static ValueTask<T?> Find<T>(ref int at, params string[] names)
            where T : class, new() => throw new NotSupportedException($"{at} {names.Length}");

        public void Dispose()
        {
        }
    }

    /// <summary>Shows a third party's type.</summary>
    public abstract class ShowsFluentValidation
    {
        public abstract Task<FluentValidation.Results.ValidationResult?> CheckAsync();
    }

    /// <summary>A record prints its members.</summary>
    public sealed record PositionalToken(string Token);

    /// <summary>A record struct does too.</summary>
    public readonly record struct PositionalValue(string Code);

    /// <summary>Prints what a member prints.</summary>
    public sealed class PrintsWhatItHolds
    {
        public IReadOnlyList<PositionalToken> Held { get; init; } = [];

        public override string ToString() => $"holds {Held[0]}";
    }

    /// <summary>Prints bytes in another spelling.</summary>
    public sealed class PrintsBytes(byte[] value)
    {
        private readonly byte[] _value = value;

        public override string ToString() => Convert.ToHexStringLower(_value);
    }

    /// <summary>Calls what only one class may call.</summary>
    internal static class CallsPastTheGuards
    {
        public static async Task<object> RunAsync(IVault vault, IMasker masker, IRecordStore store, ReleaseRequest release, MaskRequest text, RecordKey key)
        {
            ReleaseResult released = await vault.ReleaseAsync(release, CancellationToken.None);
            MaskResult masked = await masker.MaskAsync(text, CancellationToken.None);
            StoreRecord? record = await store.GetAsync(key, CancellationToken.None);
            return (released, MaskedText.FromMasker(masked.Text), record);
        }

        // A method that is only pointed at is called by somebody.
        public static Func<ReleaseRequest, CancellationToken, ValueTask<ReleaseResult>> Point(IVault vault) => vault.ReleaseAsync;
    }
}
