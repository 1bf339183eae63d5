using ExistingApp;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using SecureChat;                                                                    // SecureChat: its names

// An app as many are: its own cookie sign-in, everything closed to strangers by a fallback policy, a path base, a support chat of its own.
// The lines that SecureChat needed are marked, and its folder is new: without both the app is what it was, which eng/try-packages.sh builds.
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string data = Directory.CreateDirectory(Path.Combine(builder.Environment.ContentRootPath, "data")).FullName;
builder.Services.AddDataProtection().SetApplicationName("ExistingApp").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(data, "keys")));
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options => options.LoginPath = "/account/signin");
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("SecureChat.Agent", policy => policy.RequireRole("clerk"))            // SecureChat: who is an agent
    .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
builder.Services.AddSignalR();
builder.Services.AddSecureChat(options => options.Agents.SignInPath = "/account/signin") // SecureChat: the product, and where agents sign in
    .UseSqlite(Path.Combine(data, "securechat.db"))                                  // SecureChat: where it keeps its data
    .UseStepUp<ClerkStepUp>()                                                        // SecureChat: the clerks' second factor
    .UseVisitorIdentity<Customers>()                                                 // SecureChat: who a customer is
    .AddNotice(new PrivacyNotice { Key = "payments-v1", Version = "1", Language = "en", Text = "We use your card details once, to pay your order. One clerk sees them once; then they are deleted." }) // SecureChat: what customers agree to
    .AddForm("card-payment", form => form.Purpose("Pay your order").Notice("payments-v1").CardNumber("pan").CardExpiry("exp").SecurityCode("cvc")); // SecureChat: what they are asked for

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
