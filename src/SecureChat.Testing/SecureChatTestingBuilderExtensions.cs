using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat.Testing;

/// <summary>Puts fakes into a host under test.</summary>
/// <example><code>
/// using SecureChat.Testing;
///
/// var clock = new FakeTimeProvider();
/// var audit = new RecordedAudit();
/// builder.Services.AddSecureChat().UseFakeTime(clock).UseFakeStepUp().AddRecordedAudit(audit);
/// </code></example>
public static class SecureChatTestingBuilderExtensions
{
    /// <summary>The host's clock is <paramref name="clock"/>.</summary>
    public static ISecureChatBuilder UseFakeTime(this ISecureChatBuilder builder, FakeTimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(clock);
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        return builder;
    }

    /// <summary>An agent's second factor is <see cref="FakeStepUp.Code"/>.</summary>
    public static ISecureChatBuilder UseFakeStepUp(this ISecureChatBuilder builder) => builder.UseStepUp<FakeStepUp>();

    /// <summary>Entries of the audit log also go to <paramref name="audit"/>.</summary>
    public static ISecureChatBuilder AddRecordedAudit(this ISecureChatBuilder builder, RecordedAudit audit)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(audit);
        builder.Services.AddSingleton<IAuditSink>(audit);
        return builder;
    }
}
