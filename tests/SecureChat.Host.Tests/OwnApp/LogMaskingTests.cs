using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;
using SecureChat.Masking;

namespace SecureChat.Host.Tests.OwnApp;

/// <summary>Every provider of a host gets masked messages, values, scopes and exceptions, or the fixed text.</summary>
public sealed partial class LogMaskingTests
{
    private const string Card = OwnHost.Card, Masked = OwnHost.MaskedCard;

    [Fact]
    public void Providers_added_before_and_after_get_the_masked_message_and_values()
    {
        Recorder before = new(), after = new(), late = new();
        using ServiceProvider services = Services(builder => builder.AddProvider(before).AddSecureChatMasking().AddProvider(after));
        services.GetRequiredService<ILoggerFactory>().AddProvider(late);
        Logger(services).LogWarning(new EventId(7, "Paid"), "Paid {Amount} with {Card} by {Who} ({Cvv})", 12.5m, Card, "Ann", "123");
        Assert.All(new[] { before, after, late }, static recorder =>
        {
            Entry entry = Assert.Single(recorder.Entries);
            Assert.Equal((LogLevel.Warning, 7, "Paid"), (entry.Level, entry.Id.Id, entry.Id.Name));
            Assert.Equal($"Paid 12.5 with {Masked} by Ann (•••)", entry.Message);
            Assert.Equal(["Amount=12.5", "Card=" + Masked, "Who=Ann", "Cvv=•••", "{OriginalFormat}=Paid {Amount} with {Card} by {Who} ({Cvv})"], entry.Values);
            Assert.IsType<decimal>(entry.Raw[0].Value);
            Assert.DoesNotContain("4242 4242", entry.Everything, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("mail ann@example.com", "mail [email]")]
    [InlineData("mail {Address}", "mail [email]")]
    public void What_a_policy_says_of_text_that_goes_out_counts_for_logs(string template, string expected)
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(builder =>
        {
            builder.Services.AddSingleton(MaskingEngine.Create(new MaskingEngineOptions
            {
                Policy = new MaskingPolicy
                {
                    Rules = [new MaskingRule { Kinds = ["email"], Direction = MaskDirection.In, Action = MaskAction.Allow }, new MaskingRule { Kinds = ["email"], Action = MaskAction.Label }],
                },
            }));
            builder.AddSecureChatMasking().AddProvider(recorder);
        });
#pragma warning disable CA2254 // The template is the case.
        Logger(services).LogInformation(template, "ann@example.com");
#pragma warning restore CA2254
        Entry entry = Assert.Single(recorder.Entries);
        Assert.Equal(expected, entry.Message);
        Assert.DoesNotContain("ann@", entry.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_the_message_tell_what_a_value_is_and_a_value_in_parts_is_found()
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(builder => builder.AddSecureChatMasking().AddProvider(recorder));
        ILogger logger = Logger(services);
        logger.LogInformation("card {First} {Second} {Third} {Fourth}", "4242", "4242", 4242, "4242");
        logger.LogInformation("The cvv is {Code}, try {Try}", 123, 1);
        logger.LogInformation("checked {Password}", "hunter2");
        logger.LogInformation("list {Items}", new List<string> { "a", Card });
#pragma warning disable CA2254 // As careless apps do.
        logger.LogInformation("made of " + Card);
#pragma warning restore CA2254
        Assert.Equal(5, recorder.Entries.Count);
        Assert.All(recorder.Entries, static entry => Assert.DoesNotMatch("4242 4242|=4242|123|hunter2", entry.Everything));
        Assert.Contains("Try=1", recorder.Entries.ElementAt(1).Values);
    }

    [Fact]
    public void Source_generated_messages_plain_states_and_objects_are_masked()
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(builder => builder.AddSecureChatMasking().AddProvider(recorder));
        ILogger logger = Logger(services);
        Paid(logger, Card, 5);
        PaidBig(logger, Card, 1, 2, 3, 4, 5, 6, 7);
        logger.Log(LogLevel.Information, default, Card, null, static (text, _) => "text " + text);
        logger.Log(LogLevel.Information, default, new Holder(Card), null, static (holder, _) => $"object {holder}");
        logger.LogInformation("object {Holder}", new Holder(Card));
        logger.LogInformation("number {Number}", 4242424242424242L);
        logger.LogInformation(new EventId(3, "Paid with " + Card), "clean");
        logger.LogInformation("map {Map}", new Dictionary<string, object> { ["card"] = Card });
        Assert.All(recorder.Entries, static entry => Assert.DoesNotMatch("4242 4242|4242424242424242", entry.Everything));
        Assert.Equal("Paid 5 with " + Masked, recorder.Entries.First().Message);
        Assert.Equal(1701, recorder.Entries.First().Id.Id);

        // A provider must not be able to reach into what was not looked at.
        Assert.DoesNotContain(recorder.Entries, static entry => entry.State is Holder || entry.Raw.Any(static pair => pair.Value is Holder));
    }

    [Fact]
    public void Exceptions_keep_type_names_and_traces_and_lose_values()
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(builder => builder.AddSecureChatMasking().AddProvider(recorder));
        Exception thrown = Thrown();
        Logger(services).LogError(thrown, "failed");
        Exception seen = Assert.Single(recorder.Entries).Exception!;
        Assert.NotSame(thrown, seen);
        Assert.Equal("outer " + Masked, seen.Message);
        Assert.Equal("inner " + Masked, seen.InnerException!.Message);
        Assert.Contains(nameof(Throwing), seen.StackTrace, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: outer " + Masked, seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("System.FormatException: inner " + Masked, seen.ToString(), StringComparison.Ordinal);
        Assert.Equal(Masked, seen.Data["card"]);
        Assert.Equal(5, seen.Data["count"]);
        Assert.Equal(thrown.HResult, seen.HResult);
        Assert.DoesNotContain("4242 4242", recorder.Entries.Single().Everything, StringComparison.Ordinal);

        // A clean one is the one that was thrown.
        var clean = new InvalidOperationException("nothing");
        Logger(services).LogError(clean, "failed");
        Assert.Same(clean, recorder.Entries.Last().Exception);

        // Values that the text does not show: inner ones of several, data, and a message that ToString hides.
        Logger(services).LogError(new AggregateException("two", new InvalidOperationException("a"), new InvalidOperationException(Card)), "failed");
        var data = new InvalidOperationException("nothing");
        data.Data["card"] = 4242424242424242L;
        Logger(services).LogError(data, "failed");
        Logger(services).LogError(new Quiet(Card), "failed");
        Assert.All(recorder.Entries, static entry => Assert.DoesNotMatch("4242 4242|4242424242424242", entry.Everything));
        Assert.Equal(5, recorder.Entries.Count);
    }

    [Fact]
    public void Scopes_are_masked_for_providers_with_and_without_the_shared_scopes()
    {
        Recorder own = new();
        ScopedRecorder shared = new();
        using ServiceProvider services = Services(builder => builder.AddProvider(own).AddProvider(shared).AddSecureChatMasking());
        ILogger logger = Logger(services);
        using (logger.BeginScope("plain " + Card))
        using (logger.BeginScope("user {Who} {Card}", "Ann", Card))
        using (logger.BeginScope(new Dictionary<string, object> { ["cvv"] = "123", ["n"] = 1 }))
        using (logger.BeginScope(new Holder(Card)))
        using (logger.BeginScope(new KeyValuePair<string, string>[] { new("card", Card) }))
        {
            logger.LogInformation("in");
        }

        logger.LogInformation("out");
        foreach (string[] scopes in new[] { shared.Entries.First().Scopes, [.. own.Scopes] })
        {
            Assert.Equal(5, scopes.Length);
            Assert.All(scopes, static scope => Assert.DoesNotMatch("4242 4242|123", scope));
            Assert.Equal("plain " + Masked, scopes[0]);
            Assert.StartsWith($"user Ann {Masked}", scopes[1], StringComparison.Ordinal);
            Assert.Contains("Who=Ann", scopes[1], StringComparison.Ordinal);
            Assert.Contains("n=1", scopes[2], StringComparison.Ordinal);
        }

        Assert.Empty(shared.Entries.Last().Scopes);
    }

    [Fact]
    public void A_fault_of_the_masker_withholds_the_message_and_never_reaches_the_app()
    {
        ScopedRecorder recorder = new();
        using ServiceProvider services = Services(builder =>
        {
            builder.Services.AddSingleton(OwnHost.Broken);
            builder.AddSecureChatMasking().AddProvider(recorder);
        });
        ILogger logger = Logger(services);
        using (logger.BeginScope("planted-secret"))
        {
            logger.LogError(new EventId(9, "planted-secret"), new InvalidOperationException("planted-secret"), "planted-secret {X}", "planted-secret");
        }

        ScopedEntry entry = Assert.Single(recorder.Entries);
        Assert.Equal((LogLevel.Error, 9), (entry.Level, entry.Id));
        Assert.Contains("SC2001", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted-secret", entry.Message + string.Concat(entry.Scopes), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_states_are_withheld()
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(builder => builder.AddSecureChatMasking().AddProvider(recorder));
        ILogger logger = Logger(services);
        logger.Log(LogLevel.Information, default, 1, null, static (_, _) => throw new InvalidOperationException("planted-secret"));
        logger.Log(LogLevel.Information, default, 1, null, static (_, _) => null!);
        logger.LogInformation("{Value}", new Thrower());
        logger.LogError(new ThrowingException(), "failed");
        logger.Log(LogLevel.Information, default, new KeyValuePair<string, object?>[] { new("endless", Endless()) }, null, static (_, _) => "endless");
        logger.LogInformation("{Value}", new Changing());
#pragma warning disable CA2254 // Nothing at all.
        logger.LogInformation(null, (object?[])null!);
#pragma warning restore CA2254
        Assert.Equal(7, recorder.Entries.Count);
        Assert.All(recorder.Entries, static entry => Assert.DoesNotMatch("planted-secret|4242 4242", entry.Everything));
    }

    [Fact]
    public void A_masker_that_logs_does_not_come_back_to_itself()
    {
        Recorder recorder = new();
        ILogger? inside = null;
        using ServiceProvider services = Services(builder =>
        {
            builder.Services.AddSingleton(new TextMasking(MaskingEngine.Default, (string text, MaskContext? _, out IReadOnlyList<SensitiveSpan> spans) =>
            {
                spans = [];
                inside!.LogInformation("planted-secret {Text}", text);
                using (inside!.BeginScope("planted-secret"))
                {
                }

                return text;
            }));
            builder.AddSecureChatMasking().AddProvider(recorder);
        });
        inside = Logger(services);
        Logger(services).LogInformation("hello");
        Assert.Contains(recorder.Entries, static entry => entry.Message == "hello");
        Assert.DoesNotContain(recorder.Entries, static entry => entry.Everything.Contains("planted-secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Levels_filters_by_provider_and_categories_stay()
    {
        Recorder recorder = new();
        ScopedRecorder quiet = new();
        using ServiceProvider services = Services(builder => builder.AddProvider(recorder).AddProvider(quiet).AddSecureChatMasking()
            .SetMinimumLevel(LogLevel.Debug).AddFilter<ScopedRecorder>("App", LogLevel.Error));
        ILogger logger = Logger(services);
        Assert.False(logger.IsEnabled(LogLevel.Trace));
        Assert.True(logger.IsEnabled(LogLevel.Debug));
        bool formatted = false;
        logger.Log(LogLevel.Trace, default, 1, null, (_, _) =>
        {
            formatted = true;
            return "";
        });
        Assert.False(formatted);
        logger.LogDebug("debug");
        logger.LogError("error");
        Assert.Equal(["debug", "error"], recorder.Entries.Select(static entry => entry.Message));
        Assert.Equal(["error"], quiet.Entries.Select(static entry => entry.Message));
        Assert.Equal("App", Assert.Single(recorder.Categories));
    }

    [Fact]
    public async Task A_logger_factory_that_came_later_does_not_start_and_called_twice_is_once()
    {
        HostApplicationBuilder builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSecureChatMasking();
        builder.Services.AddSingleton<ILoggerFactory>(static _ => new LoggerFactory());
        using (IHost wrong = builder.Build())
        {
            SecureChatConfigurationException fault = await Assert.ThrowsAsync<SecureChatConfigurationException>(() => wrong.StartAsync(TestContext.Current.CancellationToken));
            Assert.Equal("SC1012", fault.Error.Code);
            Assert.Contains("AddSecureChatMasking()", fault.Message, StringComparison.Ordinal);
        }

        Recorder recorder = new();
        HostApplicationBuilder right = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        right.Services.AddSingleton<ILoggerFactory>(_ => LoggerFactory.Create(logging => logging.AddProvider(recorder)));
        right.Logging.AddSecureChatMasking().AddSecureChatMasking();
        using IHost host = right.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        host.Services.GetRequiredService<ILogger<LogMaskingTests>>().LogInformation("x {Card}", Card);
        Assert.Contains(recorder.Entries, static entry => entry.Message == "x " + Masked);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Many_threads_log_at_once()
    {
        Recorder recorder = new();
        using ServiceProvider services = Services(builder => builder.AddSecureChatMasking().AddProvider(recorder));
        ILogger logger = Logger(services);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
        {
            for (int i = 0; i < 500; i++)
            {
                logger.LogInformation("n {Thread} {Number} {Card}", n, i, Card);
            }
        })));
        Assert.Equal(4000, recorder.Entries.Count);
        Assert.All(recorder.Entries, static entry => Assert.EndsWith(Masked, entry.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_clean_message_costs_little_more_than_its_text()
    {
        long plain = Cost(masks: false), masked = Cost(masks: true);
        TestContext.Current.TestOutputHelper?.WriteLine($"bytes per message: {plain} without, {masked} with masking");

        // Its text once more, and one text for each value under its name.
        Assert.True(masked - plain < 1000, $"{plain} bytes without, {masked} with masking.");

        static long Cost(bool masks)
        {
            using ServiceProvider services = Services(builder => (masks ? builder.AddSecureChatMasking() : builder).AddProvider(new Sink()));
            ILogger logger = Logger(services);
            for (int i = 0; i < 5000; i++)
            {
                logger.LogInformation("Order {Order} of {Who} is {State}", i, "Ann", "sent");
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                logger.LogInformation("Order {Order} of {Who} is {State}", i, "Ann", "sent");
            }

            return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
        }
    }

    private static ServiceProvider Services(Action<ILoggingBuilder> configure) => new ServiceCollection().AddLogging(configure).BuildServiceProvider();

    private static ILogger Logger(ServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger("App");

    [LoggerMessage(1701, LogLevel.Information, "Paid {Amount} with {Card}")]
    private static partial void Paid(ILogger logger, string card, int amount);

    [LoggerMessage(1702, LogLevel.Information, "Paid {A} {B} {C} {D} {E} {F} {G} with {Card}")]
    private static partial void PaidBig(ILogger logger, string card, int a, int b, int c, int d, int e, int f, int g);

    private static Exception Thrown()
    {
        try
        {
            Throwing();
            return new InvalidOperationException();
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    private static void Throwing() => throw new InvalidOperationException("outer " + Card, new FormatException("inner " + Card)) { Data = { ["card"] = Card, ["count"] = 5 } };

    private static IEnumerable<string> Endless()
    {
        while (true)
        {
            yield return "x";
        }
    }

    private sealed class Holder(string text)
    {
        public string Text => text;

        public override string ToString() => "holds " + text;
    }

    private sealed class Changing
    {
        private int _printed;

        // Clean when it is looked at, and raw when it is printed for the provider.
        public override string ToString() => _printed++ == 0 ? "clean" : Card;
    }

    private sealed class Thrower
    {
        public override string ToString() => throw new InvalidOperationException("planted-secret");
    }

    private sealed class ThrowingException : Exception
    {
        public override string Message => throw new InvalidOperationException("planted-secret");
    }

    private sealed class Quiet(string message) : Exception(message)
    {
        public override string ToString() => "quiet";
    }

    private sealed class Sink : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Assert.NotEmpty(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private sealed class Entry
    {
        public required LogLevel Level { get; init; }

        public required EventId Id { get; init; }

        public required string Message { get; init; }

        public required object? State { get; init; }

        public required Exception? Exception { get; init; }

        public required KeyValuePair<string, object?>[] Raw { get; init; }

        public string[] Values => [.. Raw.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={Print(pair.Value)}"))];

        public string Everything => $"{Id.Name}\n{Message}\n{State}\n{string.Join('\n', Values)}\n{Describe(Exception)}";

        public static string Print(object? value) => value is IEnumerable and not string ? string.Join(',', ((IEnumerable)value).Cast<object?>().Select(Print)) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

        private static string Describe(Exception? exception) => exception is null ? "" :
            $"{exception}\n{exception.Message}\n{string.Join(',', exception.Data.Cast<DictionaryEntry>().Select(static entry => $"{entry.Key}={entry.Value}"))}\n{Describe(exception.InnerException)}";
    }

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<Entry> Entries { get; } = new();

        public ConcurrentQueue<string> Categories { get; } = new();

        public ConcurrentQueue<string> Scopes { get; } = new();

        public ILogger CreateLogger(string categoryName)
        {
            Categories.Enqueue(categoryName);
            return this;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Scopes.Enqueue(PrintScope(state));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Entries.Enqueue(new Entry
        {
            Level = logLevel,
            Id = eventId,
            Message = formatter(state, exception),
            State = state,
            Exception = exception,
            Raw = state is IReadOnlyList<KeyValuePair<string, object?>> pairs ? [.. pairs] : [],
        });

        public static string PrintScope(object? state) =>
            $"{state}{(state is IEnumerable<KeyValuePair<string, object?>> pairs ? " " + string.Join(' ', pairs.Select(static pair => $"{pair.Key}={Entry.Print(pair.Value)}")) : "")}";

        public void Dispose()
        {
        }
    }

    private sealed record ScopedEntry(LogLevel Level, int Id, string Message, string[] Scopes);

    private sealed class ScopedRecorder : ILoggerProvider, ILogger, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = null!;

        public ConcurrentQueue<ScopedEntry> Entries { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<string>();
            _scopes.ForEachScope(static (scope, list) => list.Add(Recorder.PrintScope(scope)), scopes);
            Entries.Enqueue(new ScopedEntry(logLevel, eventId.Id, formatter(state, exception) + exception, [.. scopes]));
        }

        public void Dispose()
        {
        }
    }
}
