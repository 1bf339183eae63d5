using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SecureChat.Benchmarks;

/// <summary>The host whose start is measured: sign-in by cookie, policies, SignalR, one endpoint; and the product, or not.</summary>
internal static class StartChild
{
    public const string With = "with";
    public const string Without = "without";

    public static async Task<int> RunAsync(string kind, string folder)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = folder });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddDataProtection().SetApplicationName("SecureChat.Benchmarks").PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(folder, "ring")));
        builder.Services.AddAuthentication("cookie").AddCookie("cookie");
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("SecureChat.Agent", static policy => policy.RequireRole("Agent"))
            .AddPolicy("SecureChat.Supervisor", static policy => policy.RequireRole("Supervisor"))
            .AddPolicy("SecureChat.PrivacyOfficer", static policy => policy.RequireRole("PrivacyOfficer"))
            .AddPolicy("SecureChat.Auditor", static policy => policy.RequireRole("Auditor"));
        builder.Services.AddSignalR();
        if (kind == With)
        {
            builder.Services.AddSecureChat(static options => options.ApplicationId = "benchmarks")
                .UseSqlite(Path.Combine(folder, "chat.db"))
                .UseStepUp<TestHost.CodeStepUp>()
                .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = TestHost.TestApp.NoticeText })
                .AddForm("card-payment", static form => form.Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"));
        }

        await using WebApplication app = builder.Build();
        app.UseRouting();
        if (kind == With)
        {
            app.UseSecureChat();
        }

        app.UseAuthentication();
        app.UseAuthorization();
        if (kind == With)
        {
            app.MapSecureChat("/chat");
        }

        app.MapGet("/outside", static () => "the host's own");
        await app.StartAsync();
        using (Process self = Process.GetCurrentProcess())
        {
            Console.WriteLine(Row.Text($"listening {self.WorkingSet64}"));
        }

        // Until the measurement closes this pipe.
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await app.StopAsync();
        return 0;
    }
}
