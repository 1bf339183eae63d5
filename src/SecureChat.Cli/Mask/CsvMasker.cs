using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using SecureChat.AspNetCore;

namespace SecureChat.Cli;

/// <summary>
/// Masks the fields of CSV (RFC 4180), with the names of their columns as context. A row in which nothing is found stays as it is; in another, fields may lose quotes they do not need.
/// </summary>
internal sealed class CsvMasker(TextMasking masking, MaskSettings settings)
{
    private const double MaxField = 8 * 1024 * 1024;

    public async Task RunAsync(StrictText input, TextWriter output, CancellationToken cancellationToken)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = settings.Delimiter is null,
            Delimiter = settings.Delimiter ?? ",",
            HasHeaderRecord = false,
            IgnoreBlankLines = false,
            MaxFieldSize = MaxField,
        };
        using var parser = new CsvParser(input, configuration, leaveOpen: true);
        string[] names = [];
        HashSet<int>? chosen = null;
        for (long row = 1; await ReadAsync(parser, input, row) is ({ } fields, { } raw); row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isHeader = row == 1 && !settings.HasNoHeader;
            if (isHeader)
            {
                names = fields;
                chosen = settings.Columns is { } columns ? [.. columns.Select(column => IndexOf(column, names, input.Name))] : null;
            }

            bool isChanged = false;
            string[] masked = [.. fields];
            for (int i = 0; i < fields.Length; i++)
            {
                // A header that is none must not be let through: what stands in it is looked at like everything.
                masked[i] = isHeader ? masking.Mask(fields[i], null)
                    : chosen is not null && !chosen.Contains(i) ? fields[i]
                    : masking.Mask(i < names.Length ? names[i] : null, fields[i], null);
                isChanged |= !ReferenceEquals(masked[i], fields[i]);
            }

            await output.WriteAsync((isChanged ? Row(masked, parser.Delimiter) + EndOf(raw) : raw).AsMemory(), cancellationToken);
        }
    }

    public override string ToString() => nameof(CsvMasker);

    private static async Task<(string[]? Fields, string? Raw)> ReadAsync(CsvParser parser, StrictText input, long row)
    {
        try
        {
            // Fields are looked at when they are asked for, so a fault may come then.
            return await parser.ReadAsync() ? (parser.Record ?? [], parser.RawRecord) : (null, null);
        }
        catch (CsvHelperException)
        {
            // Its message quotes the row.
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture, $"Row {row} of {input.Name} is no CSV: a quote stands within a field, or a field is longer than {(long)MaxField} characters. RFC 4180 doubles a quote, and quotes its field."));
        }
    }

    private int IndexOf(string column, string[] names, string file)
    {
        int index = Array.IndexOf(names, column);
        return index >= 0 ? index
            : throw new FormatException($"There is no column \"{column}\" in {file}. It has {string.Join(", ", names.Take(20).Select(name => masking.Mask(name, null)))}.");
    }

    private static string Row(string[] fields, string delimiter) => string.Join(delimiter, fields.Select(field => Quoted(field, delimiter)));

    private static string Quoted(string field, string delimiter) =>
        field.AsSpan().ContainsAny("\"\r\n") || field.Contains(delimiter, StringComparison.Ordinal) || field.StartsWith(' ') || field.EndsWith(' ')
            ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : field;

    private static string EndOf(string raw) => raw.EndsWith("\r\n", StringComparison.Ordinal) ? "\r\n" : raw is [.., '\n' or '\r'] ? raw[^1..] : "";
}
