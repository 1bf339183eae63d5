using Microsoft.AspNetCore.Identity;
using MinimalHost;
using SecureChat;

// `dotnet run` starts in the project's folder; published output may be started from anywhere, and its files lie beside it.
string root = File.Exists("appsettings.json") ? Directory.GetCurrentDirectory() : AppContext.BaseDirectory;
WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = root });
string data = builder.AddAgentAccounts();
builder.Services.AddOpenApi();
builder.Services.AddSecureChat(builder.Configuration.GetSection("SecureChat"))
    .UseSqlite(Path.Combine(data, "securechat.db"))
    .AddIdentityStepUp<IdentityUser>()
    .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = "We use your card details once, to pay your order. One agent sees them once; then they are deleted. You can withdraw until they are opened." })
    .AddForm("card-payment", form => form.Title("Card payment").Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"));

WebApplication app = builder.Build();
if (await app.RunSecureChatCommandAsync(args))
{
    return;
}

app.UseForwardedHeaders();
app.UsePathBase(app.Configuration["PathBase"]);
app.UseRouting();
app.UseSecureChat();
app.UseRateLimiter();
app.UseAuthentication();
app.UseAuthorization();
app.MapSecureChat("/chat");
app.MapAgentAccounts();
app.MapPages();
app.MapHealthChecks("/health");
if (app.Environment.IsDevelopment())
{
    app.MapOpenApi();
}

await app.PrepareAgentAccountsAsync();
await app.RunAsync();
