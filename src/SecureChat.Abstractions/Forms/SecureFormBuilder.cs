namespace SecureChat;

/// <summary>
/// Writes a <see cref="SecureForm"/> down. Nothing is checked while writing; every fault of every form is reported together
/// when the host starts (<c>SC1011</c>). Not thread-safe.
/// </summary>
public sealed class SecureFormBuilder
{
    private readonly string _key;
    private readonly List<SecureFormField> _fields = [];
    private string? _title;
    private string _purpose = "";
    private string _noticeKey = "";
    private int _version = 1;

    /// <summary>Starts a form.</summary>
    public SecureFormBuilder(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
    }

    /// <summary>Why the data is needed, in the visitor's words.</summary>
    public SecureFormBuilder Purpose(string purpose)
    {
        _purpose = purpose;
        return this;
    }

    /// <summary>Key of the registered privacy notice.</summary>
    public SecureFormBuilder Notice(string noticeKey)
    {
        _noticeKey = noticeKey;
        return this;
    }

    /// <summary>What the visitor reads above the form.</summary>
    public SecureFormBuilder Title(string title)
    {
        _title = title;
        return this;
    }

    /// <summary>Version of the definition. Default 1.</summary>
    public SecureFormBuilder Version(int version)
    {
        _version = version;
        return this;
    }

    /// <summary>A line of text.</summary>
    public SecureFormBuilder Text(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Text, DataClass.General, "Text", field);

    /// <summary>A person's name.</summary>
    public SecureFormBuilder Name(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Name, DataClass.Contact, "Name", field);

    /// <summary>An e-mail address.</summary>
    public SecureFormBuilder Email(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Email, DataClass.Contact, "E-mail address", field);

    /// <summary>A phone number.</summary>
    public SecureFormBuilder Phone(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Phone, DataClass.Contact, "Phone number", field);

    /// <summary>A calendar date.</summary>
    public SecureFormBuilder Date(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Date, DataClass.General, "Date", field);

    /// <summary>A number.</summary>
    public SecureFormBuilder Number(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Number, DataClass.General, "Number", field);

    /// <summary>One of <paramref name="choices"/>.</summary>
    public SecureFormBuilder Choice(string key, IReadOnlyList<string> choices, Action<SecureFormFieldBuilder>? field = null)
    {
        ArgumentNullException.ThrowIfNull(choices);
        return Add(key, FormFieldType.Choice, DataClass.General, "Choice", field, [.. choices]);
    }

    /// <summary>A payment card number.</summary>
    public SecureFormBuilder CardNumber(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.CardNumber, DataClass.AccountData, "Card number", field);

    /// <summary>The last four digits of a card.</summary>
    public SecureFormBuilder CardLastFour(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.CardLastFour, DataClass.General, "Last four digits of the card", field);

    /// <summary>A card's expiry.</summary>
    public SecureFormBuilder CardExpiry(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.CardExpiry, DataClass.AccountData, "Expiry date", field);

    /// <summary>A card security code (CVV). Its data class cannot be changed.</summary>
    public SecureFormBuilder SecurityCode(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.SecurityCode, DataClass.AuthenticationData, "Security code", field);

    /// <summary>An IBAN.</summary>
    public SecureFormBuilder Iban(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Iban, DataClass.AccountData, "IBAN", field);

    /// <summary>A national identity number.</summary>
    public SecureFormBuilder NationalId(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.NationalId, DataClass.GovernmentId, "National id", field);

    /// <summary>A password or other secret.</summary>
    public SecureFormBuilder Secret(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.Secret, DataClass.Credential, "Secret", field);

    /// <summary>A health note.</summary>
    public SecureFormBuilder HealthNote(string key, Action<SecureFormFieldBuilder>? field = null) => Add(key, FormFieldType.HealthNote, DataClass.Health, "Health note", field);

    /// <summary>The definition as written so far.</summary>
    public SecureForm Build() => new()
    {
        Key = _key,
        Version = _version,
        Title = _title ?? _key,
        Purpose = _purpose,
        NoticeKey = _noticeKey,
        Fields = [.. _fields],
    };

    private SecureFormBuilder Add(
        string key, FormFieldType type, DataClass dataClass, string label, Action<SecureFormFieldBuilder>? configure, IReadOnlyList<string>? choices = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        var field = new SecureFormFieldBuilder(key, type, dataClass, label, choices ?? []);
        configure?.Invoke(field);
        _fields.Add(field.Build());
        return this;
    }
}
