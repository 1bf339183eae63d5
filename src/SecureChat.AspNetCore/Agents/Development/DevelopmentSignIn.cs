using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;

namespace SecureChat.AspNetCore;

/// <summary>The one secret of a development host: who has the link that it prints is an agent until the host stops. Thread-safe.</summary>
internal sealed class DevelopmentSignIn
{
    public const string Scheme = "SecureChat.Development";

    public const string Page = "sign-in";

    private readonly byte[] _hash;

    public DevelopmentSignIn()
    {
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _hash = SHA256.HashData(Encoding.ASCII.GetBytes(Token));
    }

    /// <summary>256 random bits. Printed for the developer, logged nowhere.</summary>
    public string Token { get; }

    public bool Matches(string? token) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token ?? string.Empty)), _hash);

    /// <summary>Each sign-in is a session of its own, so that two browsers are two, as a claim sees them.</summary>
    public static Task SignInAsync(HttpContext http) => http.SignInAsync(
        Scheme,
        new ClaimsPrincipal(new ClaimsIdentity(
            [
                new Claim(ClaimTypes.NameIdentifier, "development-agent"),
                new Claim(ClaimTypes.Name, "Developer"),
                new Claim("sid", SecureChatId.New()),
                new Claim("amr", "mfa"),
            ],
            Scheme)));

    public override string ToString() => nameof(DevelopmentSignIn);
}
