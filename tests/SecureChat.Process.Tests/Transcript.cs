using System.Text.Json.Nodes;
using SecureChat.Driver;

namespace SecureChat.ProcessTests;

/// <summary>A conversation as one of its parties reads it, and what must hold of it whatever happened to the hosts.</summary>
internal sealed class Transcript
{
    private Transcript(IReadOnlyList<JsonNode> events) => Events = events;

    public IReadOnlyList<JsonNode> Events { get; }

    public IEnumerable<JsonNode> Messages => Events.Where(static entry => Kind(entry) == "messageAdded");

    public static Transcript Of(IEnumerable<JsonNode> events) => new([.. events]);

    /// <summary>The whole history, page by page.</summary>
    public static async Task<Transcript> ReadAsync(VisitorClient visitor)
    {
        var events = new List<JsonNode>();
        while (true)
        {
            long after = events.Count == 0 ? 0 : Sequence(events[^1]);
            JsonNode page = (await visitor.EventsAsync(TestContext.Current.CancellationToken, after)).Ok();
            JsonArray found = page["events"]!.AsArray();
            if (found.Count == 0)
            {
                return new Transcript(events);
            }

            events.AddRange(found.Select(static entry => entry!));
        }
    }

    public static long Sequence(JsonNode entry) => entry["sequence"]!.GetValue<long>();

    public static string Kind(JsonNode entry) => entry["kind"]!.GetValue<string>();

    public int Count(string kind) => Events.Count(entry => Kind(entry) == kind);

    /// <summary>What is wrong: a gap, a repeat, something told twice, or something taken back.</summary>
    public IEnumerable<string> Faults()
    {
        for (int i = 0; i < Events.Count; i++)
        {
            if (Sequence(Events[i]) != i + 1)
            {
                yield return $"event {i + 1} has the sequence {Sequence(Events[i])}";
                yield break;
            }
        }

        foreach (IGrouping<string, JsonNode> same in Messages.GroupBy(static entry => $"{entry["actor"]} {entry["clientId"]}").Where(static same => same.Count() > 1))
        {
            yield return $"message {same.Key} is there {same.Count()} times";
        }

        JsonNode[] cards = [.. Events.Where(static entry => entry["form"] is not null).Select(static entry => entry["form"]!)];
        foreach (IGrouping<string, JsonNode> form in cards.GroupBy(static card => card["requestId"]!.GetValue<string>()))
        {
            // A client orders cards by revision; in that order nothing may be told twice or taken back.
            JsonNode[] ordered = [.. form.OrderBy(static card => card["revision"]!.GetValue<long>())];
            if (ordered.Select(static card => card["revision"]!.GetValue<long>()).Distinct().Count() != ordered.Length)
            {
                yield return $"a change of form {form.Key} is told twice";
            }

            foreach (IGrouping<string, JsonNode> value in ordered.SelectMany(static card => card["values"]?.AsArray() ?? []).GroupBy(static value => value!["valueId"]!.GetValue<string>(), static value => value!))
            {
                string[] deletions = [.. value.Select(static step => step["deletedAt"]?.GetValue<string>() ?? "").SkipWhile(static at => at.Length == 0)];
                if (deletions.Distinct().Count() > 1)
                {
                    yield return $"value {value.Key} was deleted more than once: {string.Join(", ", deletions)}";
                }

                string[] viewers = [.. value.Select(static step => step["openedAt"]?.GetValue<string>() ?? "").SkipWhile(static at => at.Length == 0)];
                if (viewers.Distinct().Count() > 1)
                {
                    yield return $"value {value.Key} was opened more than once: {string.Join(", ", viewers)}";
                }
            }
        }
    }

    /// <summary>Whether the transcript ends with "deleted" for every value of a form.</summary>
    public bool SaysDeleted(string requestId) =>
        Card(requestId)?["values"]?.AsArray() is { Count: > 0 } values && values.All(static value => value!["deletedAt"] is not null);

    /// <summary>The newest card of a form, or null.</summary>
    public JsonNode? Card(string requestId) => Events
        .Select(static entry => entry["form"])
        .Where(card => card?["requestId"]?.GetValue<string>() == requestId)
        .MaxBy(static card => card!["revision"]!.GetValue<long>());
}
