namespace SecureChat.Conformance;

/// <summary>Says which implementation a suite tests, for <see cref="SuiteCoverage"/>. The suite checks that it is really that one.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ConformanceOfAttribute(Type implementation) : Attribute
{
    /// <summary>The tested class.</summary>
    public Type Implementation { get; } = implementation;
}
