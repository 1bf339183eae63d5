using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>The parts under test, on a clock that stands at 2026-01-02.</summary>
internal static class FormsTestHost
{
    public static readonly PrivacyNotice Notice = new() { Key = "payments-v1", Version = "1", Language = "en", Text = "We use this to take your payment." };

    public static SecureForm Form(Action<SecureFormBuilder> define, string key = "form")
    {
        var builder = new SecureFormBuilder(key).Purpose("Pay your order").Notice("payments-v1");
        define(builder);
        return builder.Build();
    }

    public static FormCatalog Catalog(
        IEnumerable<SecureForm> forms,
        IEnumerable<ISecureForm>? classes = null,
        IEnumerable<PrivacyNotice>? notices = null,
        Action<SecureChatOptions>? configure = null,
        ILogger<FormCatalog>? logger = null)
    {
        var options = new SecureChatOptions();
        configure?.Invoke(options);
        return new FormCatalog(forms, classes ?? [], new NoticeCatalog(notices ?? [Notice]), Options.Create(options), logger ?? new ListLogger<FormCatalog>());
    }

    // One for all tests, as a host has one: making the rules costs more than using them.
    private static readonly AnswerValidator Shared = new(Options.Create(new SecureChatOptions()), new FakeTimeProvider());

    public static AnswerValidator Validator(FakeTimeProvider? time = null) =>
        time is null ? Shared : new(Options.Create(new SecureChatOptions()), time);

    public static Answers Parse(string json)
    {
        Assert.True(Answers.TryParse(Encoding.UTF8.GetBytes(json), out Answers? answers), "not parsed");
        return answers;
    }

    public static Answers One(string key, string value) => Parse(JsonSerializer.Serialize(new Dictionary<string, string> { [key] = value }));

    /// <summary>The refusal's code, or the sealed text with its preview.</summary>
    public static (string? Code, string? Value, string? Preview) Submit(SecureForm form, string value, FakeTimeProvider? time = null)
    {
        using Answers answers = One(form.Fields[0].Key, value);
        using AnswerResult result = Validator(time).Validate(form, answers);
        return result.IsAccepted
            ? (null, Encoding.UTF8.GetString(result.Fields[0].Value.Span), result.Fields[0].MaskedPreview)
            : (result.Refusals[0].Code, null, null);
    }

    public static SecureForm OfType(FormFieldType type) => Form(form => _ = type switch
    {
        FormFieldType.Text => form.Text("f"),
        FormFieldType.Name => form.Name("f"),
        FormFieldType.Email => form.Email("f"),
        FormFieldType.Phone => form.Phone("f"),
        FormFieldType.Date => form.Date("f"),
        FormFieldType.Number => form.Number("f"),
        FormFieldType.Choice => form.Choice("f", ["Red", "Green"]),
        FormFieldType.CardNumber => form.CardNumber("f"),
        FormFieldType.CardLastFour => form.CardLastFour("f"),
        FormFieldType.CardExpiry => form.CardExpiry("f"),
        FormFieldType.SecurityCode => form.SecurityCode("f"),
        FormFieldType.Iban => form.Iban("f"),
        FormFieldType.NationalId => form.NationalId("f"),
        FormFieldType.Secret => form.Secret("f"),
        _ => form.HealthNote("f"),
    });
}

/// <summary>Keeps every log line and every named value in it.</summary>
internal sealed class ListLogger<T> : ILogger<T>
{
    private readonly List<(LogLevel Level, EventId Id, string Text)> _lines = [];

    public IReadOnlyList<(LogLevel Level, EventId Id, string Text)> Lines => _lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join('|', pairs) : "";
        lock (_lines)
        {
            _lines.Add((logLevel, eventId, $"{formatter(state, exception)} {values} {exception}"));
        }
    }
}
