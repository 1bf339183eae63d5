using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using SecureChat.Stores;
using SecureChat.Stores.PostgreSql;

namespace SecureChat.TestHost;

/// <summary>Builds the host: real Kestrel on a free port of loopback, real SQLite files, the product as a host would set it up.</summary>
public static class TestApp
{
    public const string NoticeText = "We use your data once. One agent sees it once; then it is deleted.";

    public static WebApplication Build(TestHostOptions options)
    {
        Directory.CreateDirectory(options.Folder);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = options.Environment,
            ApplicationName = "SecureChat.TestHost",
            ContentRootPath = options.Folder,

            // The watcher for changed settings would be woken by every write of the databases beside them.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        options.Logging?.Invoke(builder.Logging);
        if (options.Time is { } time)
        {
            builder.Services.AddSingleton(time);
        }

        builder.Services.AddDataProtection().SetApplicationName("SecureChat.TestHost").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(options.Folder, "ring")));
        builder.Services.AddAuthentication(CookieSignIn.Scheme).AddScheme<AuthenticationSchemeOptions, CookieSignIn>(CookieSignIn.Scheme, null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent"))
            .AddPolicy("SecureChat.Supervisor", static policy => policy.RequireRole("Supervisor"))
            .AddPolicy("SecureChat.PrivacyOfficer", static policy => policy.RequireRole("PrivacyOfficer"))
            .AddPolicy("SecureChat.Auditor", static policy => policy.RequireRole("Auditor"));

        options.Before?.Invoke(builder.Services);
        ISecureChatBuilder chat = builder.Services.AddSecureChat(o =>
        {
            o.ApplicationId = "test-host";

            // The limits protect real hosts from one address; a test is one address with many parties.
            o.Limits.ConversationsPerAddressPerMinute = 10_000;
            o.Limits.VisitorWritesPerAddressPerSecond = 100_000;
            o.Limits.HostWritesPerSecond = 100_000;
            o.Limits.ClaimsPerAgentPerMinute = 1_000;
            o.Agents.StepUpAttempts = 20;
            o.Agents.StepUpFailuresPerDay = 1_000;
            o.Audit.JsonLinesFolder = Path.Combine(options.Folder, "audit");
            o.Audit.HeadFile = Path.Combine(options.Folder, "audit-head.jsonl");
            options.Configure?.Invoke(o);
        });
        if (options.Store is { } store)
        {
            chat.UseRecordStore((_, slot) => store(slot));
        }
        else if (options.WrapStore is { } wrap)
        {
            chat.UseRecordStore((services, slot) => wrap(
                slot,
                options.PostgreSql is { } database
                    ? new PostgreSqlRecordStore(new PostgreSqlStoreOptions { ConnectionString = database }, slot)
                    : new SqliteRecordStore(
                        Path.Combine(options.Folder, slot == RecordStoreSlot.Data ? "chat.db" : "chat.keys.db"),
                        slot,
                        TimeSpan.FromSeconds(5),
                        services.GetRequiredService<TimeProvider>())));
            if (options.PostgreSql is { } shared)
            {
                chat.UseConversationFeed(_ => new PostgreSqlConversationFeed(new PostgreSqlStoreOptions { ConnectionString = shared }));
            }
        }
        else if (options.PostgreSql is { } database)
        {
            chat.UsePostgreSql(database);
        }
        else if (!options.NamesNoStore)
        {
            chat.UseSqlite(Path.Combine(options.Folder, "chat.db"));
        }

        chat.UseStepUp<CodeStepUp>()
            .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = NoticeText })
            .AddForm("card-payment", static form => form.Purpose("Pay your order").Notice("payments-v1")
                .CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"))
            .AddForm("identity", static form => form.Purpose("Check who you are").Notice("payments-v1")
                .NationalId("ssn").Secret("password"));
        options.After?.Invoke(chat);

        WebApplication app = builder.Build();
        if (options.PathBase.Length > 0)
        {
            app.UsePathBase(options.PathBase);
        }

        app.UseRouting();
        options.Pipeline?.Invoke(app);
        app.UseSecureChat();
        options.Behind?.Invoke(app);
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapSecureChat(options.Prefix);
        app.MapGet("/outside", static () => "the host's own");
        return app;
    }
}

/// <summary>Signs in whom the cookie names: <c>agent=ID.SESSION.ROLE.ROLE</c>. Tests are about what comes after.</summary>
public sealed class CookieSignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "cookie";

    public static string Cookie(string id, string session, params string[] roles) => $"agent={id}.{session}.{string.Join('.', roles)}";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies["agent"]?.Split('.') is not [var id, var session, .. var roles])
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, $"Name of {id}"), new Claim("sid", session), .. roles.Select(static role => new Claim(ClaimTypes.Role, role))],
            Scheme);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme)));
    }
}

/// <summary>Accepts <c>code-ANYTHING</c>; the text behind the dash is the evidence, so each is good once.</summary>
public sealed class CodeStepUp(TimeProvider time) : IStepUpVerifier
{
    public ValueTask<StepUpResult> VerifyAsync(StepUpRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(request.Response.StartsWith("code-", StringComparison.Ordinal)
            ? new StepUpResult
            {
                Outcome = StepUpOutcome.Verified,
                Proof = new StepUpProof
                {
                    Id = $"{request.AgentId}:{request.Response}",
                    Factor = "otp",
                    At = time.GetUtcNow(),
                    AgentId = request.AgentId,
                    SessionId = request.SessionId,
                    FormRequestId = request.FormRequestId,
                    ClaimId = request.ClaimId,
                },
            }
            : StepUpResult.Rejected);
}

/// <summary>
/// A store that kills its process after a number of writes: between each pair of steps, whatever the steps are. Its clock is the
/// test's, as if the database's had been moved along with the hosts'.
/// </summary>
public sealed class KillingStore(IRecordStore inner, KillSwitch kill, TimeProvider time) : IRecordStore
{
    public RecordStoreDescription Description => inner.Description;

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

    public ValueTask<bool> InsertAsync(StoreRecord record, CancellationToken cancellationToken) =>
        CountAsync(inner.InsertAsync(record, cancellationToken), $"insert {record.Key.Kind}");

    public ValueTask<StoreRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

    public ValueTask<bool> ReplaceAsync(StoreRecord record, CancellationToken cancellationToken) =>
        CountAsync(inner.ReplaceAsync(record, cancellationToken), $"replace {record.Key.Kind}");

    public ValueTask<bool> DeleteAsync(RecordKey key, long version, CancellationToken cancellationToken) =>
        CountAsync(inner.DeleteAsync(key, version, cancellationToken), $"delete {key.Kind}");

    public ValueTask<int> DeletePartitionAsync(string kind, string partition, CancellationToken cancellationToken) =>
        CountAsync(inner.DeletePartitionAsync(kind, partition, cancellationToken), $"delete-partition {kind}");

    public ValueTask<IReadOnlyList<StoreRecord>> ListAsync(RecordQuery query, CancellationToken cancellationToken) => inner.ListAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<StoreRecord>> ListDueAsync(DueQuery query, CancellationToken cancellationToken) => inner.ListDueAsync(query, cancellationToken);

    public ValueTask<ScrubResult> ScrubAsync(CancellationToken cancellationToken) => CountAsync(inner.ScrubAsync(cancellationToken), "scrub");

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => ValueTask.FromResult(time.GetUtcNow());

    private async ValueTask<T> CountAsync<T>(ValueTask<T> write, string step)
    {
        T answer = await write;
        kill.Count(step);
        return answer;
    }
}

/// <summary>Counts down once armed, and kills the process by SIGKILL: no finally, no flush, no goodbye.</summary>
public sealed class KillSwitch
{
    private int _left = -1;

    public void Arm(int writes) => Volatile.Write(ref _left, writes);

    public void Count(string step)
    {
        if (Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed after {step}"));
            Console.Out.Flush();
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            self.Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
