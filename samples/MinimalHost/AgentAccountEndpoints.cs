using System.Diagnostics;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using QRCoder;

namespace MinimalHost;

/// <summary>Setting up an account from a one-time link, signing in and out. JSON, so that a page and a script can drive it alike.</summary>
internal static class AgentAccountEndpoints
{
    /// <summary>Every refused sign-in takes this long, whatever was wrong, so that time names no account.</summary>
    private static readonly TimeSpan RefusalTime = TimeSpan.FromSeconds(1);

    private static readonly string DecoyHash = new PasswordHasher<IdentityUser>().HashPassword(new IdentityUser(), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));

    public static void MapAgentAccounts(this WebApplication app)
    {
        RouteGroupBuilder posts = app.MapGroup("").AddEndpointFilter(RefuseForeignCallers)
            .RequireRateLimiting(AgentAccounts.SignInLimit).WithMetadata(new RequestSizeLimitAttribute(16 * 1024)).WithTags("Accounts");
        posts.MapPost("/setup", SetupAsync);
        posts.MapPost("/setup/confirm", ConfirmAsync);
        posts.MapPost("/account/login", LoginAsync);
        posts.MapPost("/account/logout", (SignInManager<IdentityUser> signIn) => signIn.SignOutAsync());
        posts.MapPost("/account/invitations", (InvitationRequest body, Invitations invitations) => AgentAccounts.Roles.Contains(body.Role)
            ? Results.Ok(new { token = invitations.Create(body.Role) })
            : Refuse(400, "There is no such role.")).RequireAuthorization("SecureChat.Supervisor");
        app.MapGet("/account", (ClaimsPrincipal user) => new { name = user.Identity!.Name, roles = user.FindAll(ClaimTypes.Role).Select(role => role.Value) })
            .RequireAuthorization().WithTags("Accounts");
    }

    private static async Task<IResult> SetupAsync(SetupRequest body, Invitations invitations, UserManager<IdentityUser> users, HttpContext context)
    {
        if (invitations.Take(body.Token) is not { } roles)
        {
            return Refuse(403, "The link is not valid, or was used. Start the host again: it prints a new one while there is no agent.");
        }

        // An account whose authenticator was never confirmed cannot sign in; a new link may start it again.
        if (await users.FindByEmailAsync(body.Email) is { TwoFactorEnabled: false } abandoned)
        {
            await users.DeleteAsync(abandoned);
        }

        var user = new IdentityUser { UserName = body.Email, Email = body.Email };
        IdentityResult made = await users.CreateAsync(user, body.Password);
        if (!made.Succeeded)
        {
            invitations.GiveBack(body.Token);
            return Refuse(422, string.Join(' ', made.Errors.Select(error => error.Description)));
        }

        await users.AddClaimsAsync(user, roles.Select(role => new Claim(ClaimTypes.Role, role)));
        await users.ResetAuthenticatorKeyAsync(user);
        string key = (await users.GetAuthenticatorKeyAsync(user))!;

        // Identity's own "password was right, second factor is due" cookie says for whom the code will be.
        await context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user.Id)], IdentityConstants.TwoFactorUserIdScheme)));
        string otpauth = $"otpauth://totp/MinimalHost:{Uri.EscapeDataString(body.Email)}?secret={key}&issuer=MinimalHost&digits=6&period=30";
        using QRCodeData code = QRCodeGenerator.GenerateQrCode(otpauth, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        string qr = "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(svg.GetGraphic(4)));
        return Results.Ok(new { secret = key, otpauth, qr });
    }

    private static async Task<IResult> ConfirmAsync(ConfirmRequest body, SignInManager<IdentityUser> signIn, HttpContext context)
    {
        UserManager<IdentityUser> users = signIn.UserManager;
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { TwoFactorEnabled: false } user || await users.IsLockedOutAsync(user))
        {
            return Refuse(403, "Start again from a link.");
        }

        if (!await IsCodeAsync(users, user, body.Code))
        {
            await users.AccessFailedAsync(user);
            return Refuse(403, "The code is not right.");
        }

        await users.SetTwoFactorEnabledAsync(user, true);
        await context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);

        // Who just chose the password and proved the authenticator is signed in by both.
        await signIn.SignInWithClaimsAsync(user, isPersistent: false, [new Claim("amr", "mfa")]);
        return Results.NoContent();
    }

    private static async Task<IResult> LoginAsync(LoginRequest body, SignInManager<IdentityUser> signIn)
    {
        long started = Stopwatch.GetTimestamp();
        UserManager<IdentityUser> users = signIn.UserManager;
        IdentityUser? user = await users.FindByEmailAsync(body.Email);

        // One hash for everybody, whether or not there is such an account. A code is good once, so it is asked about last.
        bool isPassword = users.PasswordHasher.VerifyHashedPassword(user ?? new IdentityUser(), user?.PasswordHash ?? DecoyHash, body.Password) != PasswordVerificationResult.Failed;
        bool isCode = isPassword && user is { TwoFactorEnabled: true } && await IsCodeAsync(users, user, body.Code);
        if (user is not null && isPassword && isCode && !await users.IsLockedOutAsync(user))
        {
            await users.ResetAccessFailedCountAsync(user);
            await signIn.SignInWithClaimsAsync(user, isPersistent: false, [new Claim("amr", "mfa")]);
            return Results.NoContent();
        }

        if (user is not null && !await users.IsLockedOutAsync(user))
        {
            await users.AccessFailedAsync(user);
        }

        TimeSpan rest = RefusalTime - Stopwatch.GetElapsedTime(started);
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        return Refuse(401, "Name, password or code is wrong. After five failures an account waits five minutes.");
    }

    private static Task<bool> IsCodeAsync(UserManager<IdentityUser> users, IdentityUser user, string code) =>
        users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, code.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>A page of another site can neither send the header nor hide its origin (CSRF, login CSRF).</summary>
    private static async ValueTask<object?> RefuseForeignCallers(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        HttpRequest request = invocation.HttpContext.Request;
        bool isOwn = request.Headers.ContainsKey("X-SecureChat")
            && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin"
            && (request.Headers.Origin.Count == 0 || string.Equals(request.Headers.Origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
        invocation.HttpContext.Response.Headers.CacheControl = "no-store";
        return isOwn ? await next(invocation) : Refuse(403, "Send the header X-SecureChat: 1 from the host's own origin.");
    }

    private static IResult Refuse(int status, string title) => Results.Problem(statusCode: status, title: title);
}
