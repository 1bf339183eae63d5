using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;
using SecureChat.Driver;

namespace SecureChat.Host.Tests.Agents;

/// <summary>The ten lines of an app developer who has no accounts yet.</summary>
public sealed class DevelopmentAgentsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_whole_main_job_runs_in_an_empty_app_without_accounts()
    {
        await using WebApplication app = await StartAsync("Development");
        string token = app.Services.GetRequiredService<DevelopmentSignIn>().Token;
        using var output = new StringWriter();
        int code = await MainJob.RunInDevelopmentAsync(new Uri(app.Urls.First()), token, output, Token);
        Assert.Equal(0, code);
        Assert.Contains("seen once, by one browser, and gone", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_printed_link_signs_in_and_only_from_the_hosts_own_page()
    {
        await using WebApplication app = await StartAsync("Development");
        var root = new Uri(app.Urls.First());
        string token = app.Services.GetRequiredService<DevelopmentSignIn>().Token;

        using var agent = new AgentClient(root);
        Assert.Equal(401, (await agent.GetAsync("chat/agent/me", Token)).Status);
        Assert.Equal(401, (await agent.SignInInDevelopmentAsync(new string('0', token.Length), Token)).Status);
        Assert.Equal(401, (await agent.PostAsync("chat/sign-in", null, Token)).Status);
        using (var foreign = new AgentClient(root))
        {
            foreign.Headers.Remove("Origin");
            foreign.Headers.Add("Origin", "https://evil.example");
            Assert.Equal("SC6007", (await foreign.SignInInDevelopmentAsync(token, Token)).Code);
        }

        Assert.Equal(204, (await agent.SignInInDevelopmentAsync(token, Token)).Status);
        Assert.Equal(200, (await agent.GetAsync("chat/agent/me", Token)).Status);

        // The console sends who is not signed in there.
        using var browser = new HttpClient { BaseAddress = root };
        Assert.Contains("content=\"../chat/sign-in\"", await browser.GetStringAsync("chat/console", Token), StringComparison.Ordinal);
        using HttpResponseMessage page = await browser.GetAsync("chat/sign-in", Token);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("unsafe", string.Join(' ', page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("Bearer", await browser.GetStringAsync("chat/sign-in.js", Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_Development_the_host_refuses_to_start_and_says_what_to_add()
    {
        string folder = Directory.CreateTempSubdirectory("securechat-development").FullName;
        try
        {
            var refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(() => StartAsync("Production", folder));
            Assert.Contains("AddDevelopmentAgents", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("step-up verifier", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<WebApplication> StartAsync(string environment, string? folder = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        ISecureChatBuilder chat = builder.Services.AddSecureChat()
            .AddDevelopmentAgents()
            .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = "Used once, then deleted." })
            .AddForm("card-payment", form => form.Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"));
        if (folder is not null)
        {
            chat.UseSqlite(Path.Combine(folder, "chat.db"));
            builder.Services.AddDataProtection().SetApplicationName("test").PersistKeysToFileSystem(new DirectoryInfo(folder));
        }

        WebApplication app = builder.Build();
        app.UseSecureChat();
        app.MapSecureChat();
        try
        {
            await app.StartAsync(Token);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }
}
