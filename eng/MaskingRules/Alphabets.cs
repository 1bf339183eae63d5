namespace MaskingRules;

/// <summary>Orders of characters that give them other values than 0 to 35. The first is no order at all.</summary>
internal sealed class Alphabets
{
    private readonly List<string> _all = [""];

    public IReadOnlyList<string> All => _all;

    public int Add(string alphabet)
    {
        int index = _all.IndexOf(alphabet);
        if (index < 0)
        {
            index = _all.Count;
            _all.Add(alphabet);
        }

        return index;
    }
}
