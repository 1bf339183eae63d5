namespace SecureChat;

/// <summary>A form written as a class: register it with <c>AddForm&lt;T&gt;()</c> or find it with <c>AddFormsFromAssembly()</c>.</summary>
public interface ISecureForm
{
    /// <summary>Unique among registered forms: <c>a-z 0-9 -</c>, 1 to 64 characters.</summary>
    string Key { get; }

    /// <summary>Writes the form down.</summary>
    void Define(SecureFormBuilder form);
}
