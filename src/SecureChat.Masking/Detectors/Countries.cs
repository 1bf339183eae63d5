namespace SecureChat.Masking;

/// <summary>Country codes (ISO 3166-1 alpha-2, and XK as banks use it). Thread-safe.</summary>
internal static class Countries
{
    private const string All =
        "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGA" +
        "GBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMS" +
        "MTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTW" +
        "TZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZWXK";

    private static readonly bool[] Known = Parse();

    /// <summary>Whether two capitals are a code.</summary>
    public static bool Has(char first, char second) => Known[((first - 'A') * 26) + second - 'A'];

    private static bool[] Parse()
    {
        var known = new bool[26 * 26];
        for (int i = 0; i < All.Length; i += 2)
        {
            known[((All[i] - 'A') * 26) + All[i + 1] - 'A'] = true;
        }

        return known;
    }
}
