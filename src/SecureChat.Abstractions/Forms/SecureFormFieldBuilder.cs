namespace SecureChat;

/// <summary>Refines one field of a form. Not thread-safe.</summary>
public sealed class SecureFormFieldBuilder
{
    private readonly string _key;
    private readonly FormFieldType _type;
    private readonly IReadOnlyList<string> _choices;
    private string _label;
    private DataClass _dataClass;
    private string? _purpose;
    private bool _required = true;
    private TimeSpan? _livesFor;
    private IReadOnlyList<string> _takesFromText = [];

    internal SecureFormFieldBuilder(string key, FormFieldType type, DataClass dataClass, string label, IReadOnlyList<string> choices)
    {
        _key = key;
        _type = type;
        _dataClass = dataClass;
        _label = label;
        _choices = choices;
    }

    /// <summary>What the visitor reads. Default: the type's English name.</summary>
    public SecureFormFieldBuilder Label(string label)
    {
        _label = label;
        return this;
    }

    /// <summary>Treats the field as another class of data. A security code stays <see cref="DataClass.AuthenticationData"/>.</summary>
    public SecureFormFieldBuilder Class(DataClass dataClass)
    {
        _dataClass = dataClass;
        return this;
    }

    /// <summary>What this field is needed for, when it differs from the form's purpose.</summary>
    public SecureFormFieldBuilder Purpose(string purpose)
    {
        _purpose = purpose;
        return this;
    }

    /// <summary>Lets the visitor leave the field empty.</summary>
    public SecureFormFieldBuilder Optional()
    {
        _required = false;
        return this;
    }

    /// <summary>How long an unopened value lives. Default: the option of its data class.</summary>
    public SecureFormFieldBuilder LivesFor(TimeSpan life)
    {
        _livesFor = life;
        return this;
    }

    /// <summary>
    /// Takes values of these kinds out of what the visitor writes in the chat, where a masking rule says <see cref="MaskAction.Seal"/>: the message is masked, the form
    /// is offered, and the value waits in it, sealed, until the visitor agrees; nobody can open it before, and it is destroyed after <c>Lifetimes.KeptValue</c>. Each kind
    /// belongs to one field. Authentication data is never kept.
    /// </summary>
    public SecureFormFieldBuilder TakesFromText(params string[] kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        _takesFromText = [.. kinds];
        return this;
    }

    internal SecureFormField Build() => new()
    {
        Key = _key,
        Type = _type,
        Label = _label,
        // PCI DSS 3.3: a definition must not be able to lengthen the life of a card security code by renaming its class.
        DataClass = _type == FormFieldType.SecurityCode ? DataClass.AuthenticationData : _dataClass,
        Purpose = _purpose,
        Required = _required,
        Choices = _choices,
        LivesFor = _livesFor,
        TakesFromText = _takesFromText,
    };
}
