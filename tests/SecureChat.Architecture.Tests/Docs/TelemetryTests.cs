using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using SecureChat.AspNetCore;

namespace SecureChat.Architecture.Tests.Docs;

/// <summary>docs/telemetry.md lists every log event and every instrument, from the code.</summary>
public sealed class TelemetryTests
{
    private const string Page = "docs/telemetry.md";

    [Fact]
    public void The_page_lists_every_log_event()
    {
        IEnumerable<string> rows = LogEvent.All.Select(static log => string.Create(
            CultureInfo.InvariantCulture,
            $"| {log.Id} | `{log.Name}` | {log.Level} | {log.Message.TrimEnd('.').Replace("<", "\\<", StringComparison.Ordinal)} |\n"));
        Repository.AssertBlock(Page, "log events", "\n| Id | Name | Level | Message |\n|---|---|---|---|\n" + string.Concat(rows) + "\n");
    }

    [Fact]
    public void The_page_lists_every_instrument_and_all_belong_to_the_published_meter()
    {
        List<Instrument> instruments = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) => instruments.Add(instrument);
        foreach (Type type in Product.Assemblies.SelectMany(static assembly => assembly.GetTypes())
            .Where(static type => type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(static field => typeof(Instrument).IsAssignableFrom(field.FieldType))))
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        listener.Start();
        Instrument[] ours = [.. instruments.Where(static instrument => instrument.Meter.Name.StartsWith("SecureChat", StringComparison.Ordinal) || instrument.Name.StartsWith("securechat", StringComparison.Ordinal)).OrderBy(static instrument => instrument.Name, StringComparer.Ordinal)];
        Assert.NotEmpty(ours);
        Assert.All(ours, static instrument =>
        {
            Assert.Equal(SecureChatDiagnostics.MeterName, instrument.Meter.Name);
            Assert.Matches(@"^securechat(\.[a-z]+){2,4}$", instrument.Name);
            Assert.False(string.IsNullOrEmpty(instrument.Unit));
        });
        Repository.AssertBlock(
            Page,
            "instruments",
            "\n| Name | Kind | Unit | Description |\n|---|---|---|---|\n"
            + string.Concat(ours.Select(static instrument => $"| `{instrument.Name}` | {instrument.GetType().Name.Split('`')[0].ToLowerInvariant()} | {instrument.Unit} | {instrument.Description} |\n"))
            + "\n");
    }
}
