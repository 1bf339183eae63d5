using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MinimalHost;

/// <summary>Agent accounts with ASP.NET Core Identity: password and authenticator app, always both.</summary>
internal static class AgentAccounts
{
    public const string SignInLimit = "sign-in";

    public static readonly string[] Roles = ["Agent", "Supervisor", "PrivacyOfficer", "Auditor"];

    /// <summary>Adds accounts, sign-in, policies and keys.</summary>
    /// <returns>The data folder.</returns>
    public static string AddAgentAccounts(this WebApplicationBuilder builder)
    {
        string data = CreateFolder(builder.Environment.ContentRootPath, builder.Configuration["MinimalHost:DataFolder"] ?? "data").FullName;
        IServiceCollection services = builder.Services;
        services.AddDataProtection().SetApplicationName("SecureChat.MinimalHost").PersistKeysToFileSystem(CreateFolder(data, "keys"));
        services.AddDbContext<AgentDb>(options => options.UseSqlite($"Data Source={Path.Combine(data, "agents.db")}"));
        services.AddSingleton(new Invitations(CreateFolder(data, "invitations")));
        services.AddIdentityCore<IdentityUser>(options =>
            {
                // Length, not composition (NIST SP 800-63B).
                options.Password = new PasswordOptions { RequiredLength = 12, RequireDigit = false, RequireLowercase = false, RequireUppercase = false, RequireNonAlphanumeric = false };
                options.Lockout = new LockoutOptions { MaxFailedAccessAttempts = 5, DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5) };
                options.User.RequireUniqueEmail = true;
            })
            .AddEntityFrameworkStores<AgentDb>().AddSignInManager().AddDefaultTokenProviders();

        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.ConfigureApplicationCookie(options =>
        {
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.ExpireTimeSpan = TimeSpan.FromHours(8);
            options.SlidingExpiration = false;
            options.Events.OnRedirectToLogin = context => Task.FromResult(context.Response.StatusCode = StatusCodes.Status401Unauthorized);
            options.Events.OnRedirectToAccessDenied = context => Task.FromResult(context.Response.StatusCode = StatusCodes.Status403Forbidden);
        });
        services.Configure<SecurityStampValidatorOptions>(options => options.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthorization(options =>
        {
            foreach (string role in Roles)
            {
                options.AddPolicy($"SecureChat.{role}", policy => policy.RequireRole(role));
            }
        });

        // Lockout protects one account; this protects the host from hashing passwords for one address all day.
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            options.AddPolicy(SignInLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress, _ => new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) }));
        });

        // Only proxies that are named may speak for their clients; they must set all four headers, or a client's own word would count.
        IPAddress[] proxies = [.. (builder.Configuration.GetSection("MinimalHost:KnownProxies").Get<string[]>() ?? []).Select(IPAddress.Parse)];
        services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = proxies.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.All;
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            Array.ForEach(proxies, options.KnownProxies.Add);
        });
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.RespectNullableAnnotations = true);
        return data;
    }

    /// <summary>Makes the database; while nobody can sign in, prints a one-time link for the first account once the addresses are known.</summary>
    public static async Task PrepareAgentAccountsAsync(this WebApplication app)
    {
        await using AsyncServiceScope scope = app.Services.CreateAsyncScope();
        AgentDb db = scope.ServiceProvider.GetRequiredService<AgentDb>();
        try
        {
            await db.Database.EnsureCreatedAsync();
        }
        catch (SqliteException)
        {
            // Two processes on a new folder: the other one is making the tables.
            await Task.Delay(TimeSpan.FromSeconds(2));
            await db.Database.EnsureCreatedAsync();
        }

        bool isFirstRun = !await db.Users.AnyAsync(user => user.TwoFactorEnabled);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            string[] addresses = [.. app.Urls.Select(url => url.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal).TrimEnd('/') + app.Configuration["PathBase"])];
            Console.WriteLine($"MinimalHost listens on {string.Join(" and ", addresses)}");
            string first = addresses.FirstOrDefault() ?? string.Empty;
            Console.WriteLine($"  Visitor page: {first}/");
            Console.WriteLine($"  Console:      {first}/chat/console");
            if (app.Environment.IsDevelopment())
            {
                Console.WriteLine($"  Inside:       {first}/chat/inside (what the server stored)");
            }

            if (isFirstRun)
            {
                Invitations invitations = app.Services.GetRequiredService<Invitations>();
                invitations.Clear();
                Console.WriteLine($"Create the first agent (valid once, for 24 hours): {first}/setup#{invitations.Create(Roles)}");
            }
        });
    }

    /// <summary>Makes a folder that this account alone can read.</summary>
    private static DirectoryInfo CreateFolder(string parent, string name) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(Path.Combine(parent, name))
        : Directory.CreateDirectory(Path.Combine(parent, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}

/// <summary>The agents' accounts. Roles are claims of the account.</summary>
internal sealed class AgentDb(DbContextOptions<AgentDb> options) : IdentityUserContext<IdentityUser>(options);
