using System.Text.RegularExpressions;

namespace SecureChat.Benchmarks;

/// <summary>
/// The other way to write it: one alternation of the same kinds in the engine of .NET that takes linear time. It has no look-around, so it cannot ask for a
/// word before a security code; it hides what it finds without looking at check digits, which is less work.
/// </summary>
internal static class AlternationMasker
{
    private static readonly Regex All = new(
        @"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}"
        + @"|\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b"
        + @"|\b[2-6]\d{3}(?:[ ./-]?\d){8,15}\b"
        + @"|\b(?:cvv2?|cvc2?|cvn|csc|cid|security code)\b[^0-9a-z]{0,4}(?:is|:)?[^0-9a-z]{0,4}\d{3,4}\b"
        + @"|\b\d{3}[ ./-]\d{2}[ ./-]\d{4}\b"
        + @"|\+[1-9]\d{0,2}(?:[ ./()-]{0,3}\d){6,12}\b",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    public static string Mask(string text) => All.Replace(text, static match => new string('\u2022', match.Length));
}
