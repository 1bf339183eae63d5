using System.Security.Cryptography;

namespace SecureChat.AspNetCore;

/// <summary>Either refusals, or the normalised fields ready to seal. Owns the values and zeroes them on dispose.</summary>
internal sealed class AnswerResult : IDisposable
{
    private readonly IReadOnlyList<byte[]> _values;

    public AnswerResult(IReadOnlyList<FieldRefusal> refusals)
    {
        Refusals = refusals;
        Fields = [];
        _values = [];
    }

    public AnswerResult(IReadOnlyList<SealField> fields, IReadOnlyList<byte[]> values)
    {
        Refusals = [];
        Fields = fields;
        _values = values;
    }

    /// <summary>In the order of the form; empty when everything was accepted.</summary>
    public IReadOnlyList<FieldRefusal> Refusals { get; }

    /// <summary>In the order of the form, answered fields only; empty when anything was refused. Valid until dispose.</summary>
    public IReadOnlyList<SealField> Fields { get; }

    public bool IsAccepted => Refusals.Count == 0;

    public void Dispose()
    {
        foreach (byte[] value in _values)
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    public override string ToString() => nameof(AnswerResult);
}
