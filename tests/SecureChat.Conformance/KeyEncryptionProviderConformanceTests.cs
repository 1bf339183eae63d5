using System.Reflection;
using System.Security.Cryptography;
using Xunit;

namespace SecureChat.Conformance;

/// <summary>
/// Every clause of <see cref="IKeyEncryptionProvider"/>. Inherit it, override <see cref="CreateAsync"/>, and run your test project: the facts
/// come along. The key service behind the provider may be shared between facts and runs.
/// </summary>
/// <example><code>
/// [ConformanceOf(typeof(AcmeKeyEncryption))]
/// public sealed class AcmeKeyEncryptionTests : KeyEncryptionProviderConformanceTests
/// {
///     protected override ValueTask&lt;IKeyEncryptionProvider&gt; CreateAsync() => new(new AcmeKeyEncryption("key-7"));
/// }
/// </code></example>
public abstract class KeyEncryptionProviderConformanceTests : IAsyncDisposable
{
    private const int KeyLength = 32;
    private const int Callers = 50;
    private const string Context = "kit key-encryption key:7:shop";

    /// <summary>SecureChat takes no longer answer.</summary>
    private const int MaxWrapped = 16 * 1024;

    private readonly List<IKeyEncryptionProvider> _providers = [];

    /// <summary>Whether the service binds the context to what it wraps, so that one version's bytes do not open as another's.</summary>
    protected virtual Capability BindsContext => Capability.Supported;

    /// <summary>Whether the service notices any changed bit. One that does not must not be trusted with keys of others' data.</summary>
    protected virtual Capability Authenticates => Capability.Supported;

    /// <summary>Makes a provider on the service or ring that all of them share, as two hosts would. The suite disposes it.</summary>
    protected abstract ValueTask<IKeyEncryptionProvider> CreateAsync();

    /// <summary>Disposes the providers of the fact. Override to remove what they lie on as well, and call the base first.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        foreach (IKeyEncryptionProvider provider in _providers)
        {
            await SuiteParts.DisposeAsync(provider);
        }

        GC.SuppressFinalize(this);
    }

    [Clause("KEY-001", "Unwrap answers the 32 bytes that were wrapped for the same context")]
    public async Task Wrap_then_unwrap_round_trips()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        foreach (byte[] key in new[] { NewKey(), NewKey(), [.. Enumerable.Repeat((byte)0xFF, KeyLength)] })
        {
            Assert.Equal(key, await UnwrapAsync(provider, await WrapAsync(provider, key)));
        }
    }

    [Clause("KEY-002", "What is wrapped is 33 to 16,384 bytes and holds no piece of the key")]
    public async Task Nothing_of_the_key_is_in_clear()
    {
        const int Piece = 6;
        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] key = NewKey();
        byte[] wrapped = await WrapAsync(provider, key);
        Assert.InRange(wrapped.Length, KeyLength + 1, MaxWrapped);
        for (int at = 0; at <= KeyLength - Piece; at++)
        {
            Assert.True(wrapped.AsSpan().IndexOf(key.AsSpan(at, Piece)) < 0, $"bytes {at} to {at + Piece - 1} of the key are in what was wrapped");
        }
    }

    [Clause("KEY-003", "What was wrapped for one context does not open for another: CryptographicException")]
    public async Task Another_context_opens_nothing()
    {
        if (SuiteParts.IsMissing(BindsContext))
        {
            return;
        }

        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] wrapped = await WrapAsync(provider, NewKey());
        foreach (string other in new[] { "kit key-encryption key:8:shop", "kit key-encryption key:7:shoP", Context + " ", "x" })
        {
            await AssertForeignAsync(provider, wrapped, other, $"context \"{other}\"");
        }

        Assert.Equal(KeyLength, (await UnwrapAsync(provider, wrapped)).Length);
    }

    [Clause("KEY-004", "With any byte changed it does not open: CryptographicException")]
    public async Task A_changed_byte_opens_nothing()
    {
        if (SuiteParts.IsMissing(Authenticates))
        {
            return;
        }

        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] wrapped = await WrapAsync(provider, NewKey());
        for (int at = 0; at < wrapped.Length; at++)
        {
            byte[] changed = [.. wrapped];
            changed[at] ^= 1;
            await AssertForeignAsync(provider, changed, Context, $"byte {at} of {wrapped.Length} changed");
        }
    }

    [Clause("KEY-005", "Bytes that are none of its own are a CryptographicException, never a key")]
    public async Task Foreign_bytes_open_nothing()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] wrapped = await WrapAsync(provider, NewKey());
        (string What, byte[] Bytes)[] foreign =
        [
            ("no bytes", []),
            ("one byte", [1]),
            ("a key in clear", NewKey()),
            ("random bytes of the right length", RandomNumberGenerator.GetBytes(wrapped.Length)),
            ("half of them", wrapped[..(wrapped.Length / 2)]),
            ("all but the last", wrapped[..^1]),
        ];
        foreach ((string what, byte[] bytes) in foreign)
        {
            await AssertForeignAsync(provider, bytes, Context, what);
        }
    }

    [Clause("KEY-006", "Another host's provider on the same service opens what this one wrapped")]
    public async Task Two_hosts_share_the_key()
    {
        IKeyEncryptionProvider one = await MakeAsync(), other = await MakeAsync();
        byte[] key = NewKey();
        Assert.Equal(key, await UnwrapAsync(other, await WrapAsync(one, key)));
        Assert.Equal(one.Name, other.Name);
    }

    [Clause("KEY-007", "Of 50 callers at once each gets its own key")]
    public async Task Callers_at_once_do_not_mix()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        byte[][] keys = [.. Enumerable.Range(0, Callers).Select(static _ => NewKey())];
        byte[][] opened = await Task.WhenAll(keys.Select(key => Task.Run(async () => await UnwrapAsync(provider, await WrapAsync(provider, key)), SuiteParts.Token)));
        Assert.Equal(keys.Select(Convert.ToHexString), opened.Select(Convert.ToHexString));
    }

    [Clause("KEY-008", "A token that is cancelled before the call starts: OperationCanceledException")]
    public async Task A_cancelled_call_does_nothing()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] wrapped = await WrapAsync(provider, NewKey());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await provider.WrapAsync(NewKey(), Context, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await provider.UnwrapAsync(wrapped, Context, cancelled.Token));
    }

    [Clause("KEY-009", "The name is constant and names a technology, not an address")]
    public async Task The_name_is_constant()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        string first = provider.Name;
        await WrapAsync(provider, NewKey());
        Assert.Equal(first, provider.Name);
        Assert.Matches("^[a-z0-9][a-z0-9-]{0,31}$", first);
        if (GetType().GetCustomAttribute<ConformanceOfAttribute>()?.Implementation is { } named)
        {
            Assert.IsType(named, provider);
        }
    }

    [Clause("KEY-010", "Neither its text nor its exceptions show a key")]
    public async Task Nothing_shows_a_key()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] key = NewKey();
        byte[] wrapped = await WrapAsync(provider, key);
        await UnwrapAsync(provider, wrapped);
        wrapped[^1] ^= 1;
        Exception? fault = await Record.ExceptionAsync(async () => await UnwrapAsync(provider, wrapped));
        foreach (string text in new[] { provider.ToString() ?? string.Empty, fault?.ToString() ?? string.Empty })
        {
            Assert.DoesNotContain(Convert.ToHexString(key)[..12], text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(key)[..10], text, StringComparison.Ordinal);
        }
    }

    [Clause("KEY-011", "The caller's bytes stay as they are, and what the caller does to them afterwards changes nothing")]
    public async Task The_callers_array_is_the_callers()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        byte[] key = NewKey();
        byte[] before = [.. key];
        byte[] wrapped = await provider.WrapAsync(key, Context, SuiteParts.Token).AsTask().WaitAsync(SuiteParts.TimeLimit, SuiteParts.Token);
        Assert.Equal(before, key);
        CryptographicOperations.ZeroMemory(key);
        byte[] stored = [.. wrapped];
        byte[] opened = await UnwrapAsync(provider, wrapped);
        Assert.Equal(stored, wrapped);
        CryptographicOperations.ZeroMemory(opened);
        Assert.Equal(before, await UnwrapAsync(provider, wrapped));
    }

    [Clause("KEY-012", "Disposing twice is harmless")]
    public async Task Dispose_is_idempotent()
    {
        IKeyEncryptionProvider provider = await MakeAsync();
        await WrapAsync(provider, NewKey());
        await SuiteParts.DisposeAsync(provider);
        await SuiteParts.DisposeAsync(provider);
    }

    private static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyLength);

    private static async Task<byte[]> WrapAsync(IKeyEncryptionProvider provider, byte[] key)
    {
        // A copy: whether the provider leaves the caller's bytes alone is a clause of its own.
        byte[]? wrapped = await provider.WrapAsync(key.ToArray(), Context, SuiteParts.Token).AsTask().WaitAsync(SuiteParts.TimeLimit, SuiteParts.Token);
        Assert.NotNull(wrapped);
        return wrapped;
    }

    private static async Task<byte[]> UnwrapAsync(IKeyEncryptionProvider provider, byte[] wrapped, string context = Context)
    {
        byte[]? key = await provider.UnwrapAsync(wrapped, context, SuiteParts.Token).AsTask().WaitAsync(SuiteParts.TimeLimit, SuiteParts.Token);
        Assert.NotNull(key);
        return key;
    }

    private static async Task AssertForeignAsync(IKeyEncryptionProvider provider, byte[] bytes, string context, string what)
    {
        Exception? fault = await Record.ExceptionAsync(async () => await UnwrapAsync(provider, bytes, context));
        Assert.True(fault is not null, $"{what}: it opened.");
        Assert.True(fault is CryptographicException, $"{what}: {fault.GetType().Name} says that the service is down; a host then waits instead of telling its operator that the key is another.");
    }

    private async Task<IKeyEncryptionProvider> MakeAsync()
    {
        IKeyEncryptionProvider provider = await CreateAsync();
        Assert.NotNull(provider);
        _providers.Add(provider);
        return provider;
    }
}
