using System.Globalization;
using System.Text.Json.Nodes;

namespace SecureChat.Driver;

/// <summary>
/// Sends the text of each line of a JSON Lines file through a running host, as visitors do, and compares what came back with the
/// line's spans: how much of each kind was masked.
/// </summary>
public static class Replay
{
    /// <summary>The kinds the first engine knows, by the names under which test files speak of them.</summary>
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["CREDIT_CARD"] = "payment-card",
        ["CVV"] = "card-security-code",
        ["IBAN_CODE"] = "iban",
        ["US_SSN"] = "us-ssn",
        ["EMAIL_ADDRESS"] = "email",
        ["PHONE_NUMBER"] = "phone",
    };

    public static async Task<int> RunAsync(Uri root, string file, TextWriter output, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, (int Gold, int Masked)>(StringComparer.Ordinal);
        int sent = 0, clean = 0, overmasked = 0;
        await foreach (string line in File.ReadLinesAsync(file, cancellationToken))
        {
            if (string.IsNullOrWhiteSpace(line) || JsonNode.Parse(line) is not JsonObject row || row["text"]?.GetValue<string>() is not { } text)
            {
                continue;
            }

            // A conversation of its own for each line: what was asked before must not count as context.
            using var visitor = new VisitorClient(root);
            await visitor.StartAsync(cancellationToken);
            string answer = (await visitor.SayAsync(text, cancellationToken)).Ok()["text"]!.GetValue<string>();
            sent++;
            var spans = (row["spans"] as JsonArray ?? []).OfType<JsonObject>().Where(span => Kinds.ContainsKey(span["entity"]?.GetValue<string>() ?? "")).ToList();
            if (spans.Count == 0)
            {
                clean++;
                overmasked += answer == text ? 0 : 1;
            }

            foreach (JsonObject span in spans)
            {
                string kind = Kinds[span["entity"]!.GetValue<string>()];
                string value = text[span["start"]!.GetValue<int>()..span["end"]!.GetValue<int>()];
                (int gold, int masked) = counts.GetValueOrDefault(kind);
                counts[kind] = (gold + 1, masked + (answer.Contains(value, StringComparison.Ordinal) ? 0 : 1));
            }
        }

        output.WriteLine($"{sent} messages went through {root}");
        output.WriteLine($"{"kind",-20} {"values",7} {"masked",7} {"recall",7}");
        foreach ((string kind, (int gold, int masked)) in counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-20} {gold,7} {masked,7} {(double)masked / gold,7:0.000}"));
        }

        output.WriteLine($"{overmasked} of {clean} messages without any of these kinds were changed");
        return sent == 0 ? 1 : 0;
    }
}
