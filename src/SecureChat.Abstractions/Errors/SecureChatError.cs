namespace SecureChat;

/// <summary>One documented error: code, HTTP status, title and next step. Immutable. The table is <see cref="SecureChatErrors"/>.</summary>
public sealed class SecureChatError
{
    internal SecureChatError(string code, int status, string title, string nextStep)
    {
        Code = code;
        Status = status;
        Title = title;
        NextStep = nextStep;
    }

    /// <summary><c>SC</c> and four digits. Assert on this, not on text.</summary>
    public string Code { get; }

    /// <summary>HTTP status it is answered with; 0 for errors that only refuse to start.</summary>
    public int Status { get; }

    /// <summary>What is wrong.</summary>
    public string Title { get; }

    /// <summary>What to do about it.</summary>
    public string NextStep { get; }

    /// <summary>Code and title.</summary>
    public override string ToString() => $"{Code} {Title}";
}
