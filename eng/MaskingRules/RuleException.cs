namespace MaskingRules;

/// <summary>A rule file that cannot be used. The message names the file, the kind and what to write instead.</summary>
public sealed class RuleException(string message) : Exception(message);
