using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace SecureChat.Host.Tests;

/// <summary>
/// Listens to what a monitoring agent in the process would get: activities with tags, events and baggage, measurements with tags,
/// and the events of event sources. The test's own HTTP client is not the host and is left out.
/// </summary>
internal sealed class TelemetryCapture : IDisposable
{
    private static readonly string[] Hosts = ["Microsoft.AspNetCore", "Microsoft-AspNetCore", "Microsoft.Extensions", "SecureChat"];

    private readonly ConcurrentDictionary<string, byte> _texts = new(StringComparer.Ordinal);
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();
    private readonly SourceListener _sources;

    public TelemetryCapture()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = static source => IsOfHost(source.Name),
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Take,
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (IsOfHost(instrument.Meter.Name))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>(Take);
        _meters.SetMeasurementEventCallback<int>(Take);
        _meters.SetMeasurementEventCallback<double>(Take);
        _meters.Start();
        _sources = new SourceListener(_texts);
    }

    public int Count => _texts.Count;

    public void AddTo(Evidence evidence)
    {
        foreach (string text in _texts.Keys)
        {
            evidence.AddJson("telemetry", text);
        }
    }

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        _sources.Dispose();
    }

    private static bool IsOfHost(string name) => Hosts.Any(host => name.StartsWith(host, StringComparison.Ordinal));

    // Numbers are the host's own: a status, a size. A value of a visitor would be a text.
    private static string? Show(object? value) => value is string or IEnumerable<object> ? $"{(value is IEnumerable<object> list ? string.Join(' ', list) : value)}" : null;

    private void Take(Activity activity)
    {
        _texts.TryAdd($"{activity.DisplayName} {activity.StatusDescription}", 0);
        foreach (KeyValuePair<string, object?> tag in activity.TagObjects.Concat(activity.Events.SelectMany(static happened => happened.Tags)))
        {
            Take(tag);
        }

        foreach ((string name, string? value) in activity.Baggage)
        {
            _texts.TryAdd($"{name}={value}", 0);
        }
    }

    private void Take<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            Take(tag);
        }
    }

    private void Take(KeyValuePair<string, object?> tag)
    {
        if (Show(tag.Value) is { } shown)
        {
            _texts.TryAdd($"{tag.Key}={shown}", 0);
        }
    }

    private sealed class SourceListener : EventListener
    {
        // The base class calls back from its constructor, before this field is set.
        private readonly ConcurrentDictionary<string, byte>? _kept;
        private readonly List<EventSource> _early = [];

        public SourceListener(ConcurrentDictionary<string, byte> kept)
        {
            _kept = kept;
            lock (_early)
            {
                _early.ForEach(Listen);
            }
        }

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (!IsOfHost(eventSource.Name))
            {
                return;
            }

            if (_kept is not null)
            {
                Listen(eventSource);
            }
            else if (_early is not null)
            {
                lock (_early)
                {
                    _early.Add(eventSource);
                }
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            foreach (object? value in eventData.Payload ?? (IReadOnlyCollection<object?>)[])
            {
                if (Show(value) is { } shown)
                {
                    _kept?.TryAdd(shown, 0);
                }
            }
        }

        private void Listen(EventSource source) => EnableEvents(source, EventLevel.Verbose, EventKeywords.All);
    }
}
