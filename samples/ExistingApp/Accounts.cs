using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace ExistingApp;

/// <summary>The app's own accounts, as simple as a sample may be: two people, whose passwords are printed at start.</summary>
internal static class Accounts
{
    private static readonly Dictionary<string, (string Role, string Password)> People = new(StringComparer.Ordinal)
    {
        ["carla"] = ("customer", NewPassword()),
        ["cleo"] = ("clerk", NewPassword()),
    };

    public static void MapAccounts(this WebApplication app)
    {
        app.MapGet("/account/signin", () => Results.File(Path.Combine(app.Environment.WebRootPath, "signin.html"), "text/html")).AllowAnonymous();
        app.MapPost("/account/signin", async (SignIn body, HttpContext http) =>
        {
            if (!People.TryGetValue(body.Name, out (string Role, string Password) person)
                || !CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(body.Password), System.Text.Encoding.UTF8.GetBytes(person.Password)))
            {
                return Results.Problem(statusCode: 401, title: "Name or password is wrong.");
            }

            List<Claim> claims = [new(ClaimTypes.NameIdentifier, body.Name), new(ClaimTypes.Name, body.Name), new(ClaimTypes.Role, person.Role)];
            claims.Add(new("sid", NewPassword()));                                   // SecureChat: two browsers of one clerk are two sessions
            await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(new ClaimsIdentity(claims, "password")));
            return Results.Ok(new { role = person.Role });
        }).AllowAnonymous();
        app.MapPost("/account/signout", (HttpContext http) => http.SignOutAsync());
        app.MapGet("/account/me", (ClaimsPrincipal user) => new { name = user.Identity!.Name, isClerk = user.IsInRole("clerk") });
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            foreach (string url in app.Urls)
            {
                Console.WriteLine($"ExistingApp listens on {url}/shop/");
            }

            foreach ((string name, (string role, string password)) in People)
            {
                Console.WriteLine($"Sign in as {name} ({role}) with password {password}");
            }

            Console.WriteLine($"The clerk's authenticator key is {ClerkAuthenticator.Key}");
        });
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}

internal sealed record SignIn(string Name, string Password);
