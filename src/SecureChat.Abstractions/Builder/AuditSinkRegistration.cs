namespace SecureChat;

/// <summary>A registered sink and whether it blocks. Made by <c>AddAuditSink</c>.</summary>
internal sealed class AuditSinkRegistration
{
    /// <summary>The sink.</summary>
    public required IAuditSink Sink { get; init; }

    /// <summary>Name in errors and health.</summary>
    public required string Name { get; init; }

    /// <summary>A required sink that fails or hangs blocks the action. Default <see langword="true"/>: fail closed.</summary>
    public bool IsRequired { get; init; } = true;
}
