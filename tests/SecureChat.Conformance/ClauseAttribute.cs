using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace SecureChat.Conformance;

/// <summary>
/// A fact that proves one clause of a contract. The id never changes its meaning and is never used again; docs/conformance.md lists
/// all of them. Shown in front of the test's name, and as the trait <c>Clause</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClauseAttribute : FactAttribute, ITraitAttribute
{
    /// <summary>Names a clause.</summary>
    /// <param name="id">For example <c>REC-007</c>.</param>
    /// <param name="text">What the contract demands, as one sentence without a full stop.</param>
    /// <param name="sourceFilePath">Filled by the compiler.</param>
    /// <param name="sourceLineNumber">Filled by the compiler.</param>
    public ClauseAttribute(string id, string text, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Id = id;
        Text = text;
        DisplayName = $"{id} {text}";
    }

    /// <summary>The stable id.</summary>
    public string Id { get; }

    /// <summary>What the contract demands.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Clause", Id)];
}
