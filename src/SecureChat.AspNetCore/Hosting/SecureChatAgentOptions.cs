namespace SecureChat.AspNetCore;

/// <summary>Agents, policies and step-up.</summary>
public sealed class SecureChatAgentOptions
{
    /// <summary>Name of the host's policy for agents. Default <c>SecureChat.Agent</c>. The host must add it.</summary>
    public string AgentPolicy { get; set; } = "SecureChat.Agent";

    /// <summary>Name of the host's policy for supervisors. Default <c>SecureChat.Supervisor</c>. Nobody is one while the policy is missing.</summary>
    public string SupervisorPolicy { get; set; } = "SecureChat.Supervisor";

    /// <summary>Name of the host's policy for privacy officers. Default <c>SecureChat.PrivacyOfficer</c>. Nobody is one while the policy is missing.</summary>
    public string PrivacyOfficerPolicy { get; set; } = "SecureChat.PrivacyOfficer";

    /// <summary>Name of the host's policy for auditors. Default <c>SecureChat.Auditor</c>. Nobody is one while the policy is missing.</summary>
    public string AuditorPolicy { get; set; } = "SecureChat.Auditor";

    /// <summary>Demand <c>amr=mfa</c> (RFC 8176) of every agent sign-in. Default <see langword="false"/>; the host must issue the claim.</summary>
    public bool RequireMfaSignIn { get; set; }

    /// <summary>Claim that names an agent. Default: the name identifier.</summary>
    public string AgentIdClaim { get; set; } = System.Security.Claims.ClaimTypes.NameIdentifier;

    /// <summary>
    /// Path of the host's sign-in page in this application, for example <c>/signin</c>. The console links to it with
    /// <c>?returnUrl=</c> and its own path. Default: none; the console then says to sign in at the host.
    /// </summary>
    public string? SignInPath { get; set; }

    /// <summary>Oldest step-up proof that opens a value. Default 5 minutes; 30 seconds to 60 minutes.</summary>
    public TimeSpan StepUpFreshness { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Step-up attempts per agent within <see cref="StepUpAttemptWindow"/>. Default 5; 1 to 20.</summary>
    public int StepUpAttempts { get; set; } = 5;

    /// <summary>Window in which attempts are counted. Default 5 minutes; 1 minute to 24 hours.</summary>
    public TimeSpan StepUpAttemptWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Step-up attempts of one agent that may fail within 24 hours, whatever succeeds between them: the limit for somebody who guesses
    /// slowly in a stolen session. Default 30; 5 to 1000.
    /// </summary>
    public int StepUpFailuresPerDay { get; set; } = 30;

    /// <summary>Time limit of one call to the step-up verifier. Default 10 seconds; 1 to 60 seconds.</summary>
    public TimeSpan StepUpTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
