using ExistingApp;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using SecureChat;

// An app as many are: its own cookie sign-in, everything closed to strangers by a fallback policy, a path base, a support chat of its own.
// The lines that SecureChat needed are marked; nothing else was changed for it.
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string data = Directory.CreateDirectory(Path.Combine(builder.Environment.ContentRootPath, "data")).FullName;
builder.Services.AddDataProtection().SetApplicationName("ExistingApp").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(data, "keys")));
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options => options.LoginPath = "/account/signin");
builder.Services.AddAuthorizationBuilder()
    .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
    .AddPolicy("SecureChat.Agent", policy => policy.RequireRole("clerk"));           // SecureChat: who is an agent
builder.Services.AddSignalR();
builder.Services.AddSecureChat(options => options.Agents.SignInPath = "/account/signin") // SecureChat: the product, and where agents sign in
    .UseSqlite(Path.Combine(data, "securechat.db"))                                  // SecureChat: where it keeps its data
    .UseStepUp<ClerkAuthenticator>()                                                 // SecureChat: the clerks' second factor
    .UseVisitorIdentity<Customers>()                                                 // SecureChat: who a customer is
    .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = "We use your card details once, to pay your order. One clerk sees them once; then they are deleted." })
    .AddForm("card-payment", form => form.Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"));

WebApplication app = builder.Build();
app.UsePathBase("/shop");
app.UseStaticFiles();
app.UseRouting();
app.UseSecureChat();                                                                 // SecureChat: its headers and rules
app.UseAuthentication();
app.UseAuthorization();
app.MapAccounts();
app.MapHub<SupportHub>("/support");
app.MapSecureChat("/chat");                                                          // SecureChat: its endpoints
app.MapGet("/", () => Results.Redirect("orders.html"));
app.Run();
