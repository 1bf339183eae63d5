namespace MinimalHost;

// Classes, not records: a record prints its members, and these carry passwords, codes and tokens.
internal sealed class SetupRequest { public required string Token { get; init; } public required string Email { get; init; } public required string Password { get; init; } }

internal sealed class ConfirmRequest { public required string Code { get; init; } }

internal sealed class LoginRequest { public required string Email { get; init; } public required string Password { get; init; } public required string Code { get; init; } }

internal sealed class InvitationRequest { public required string Role { get; init; } }
