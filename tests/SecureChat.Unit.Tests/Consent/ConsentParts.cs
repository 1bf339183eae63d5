using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Testing;

namespace SecureChat.Unit.Tests.Consent;

internal static class ConsentParts
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static RecordConsentStore Store(IRecordStore data) =>
        new(new SecureChatStores(data, new TestRecordStore(), Options.Create(new SecureChatOptions()), TimeProvider.System));

    public static ConsentRecord Given(string conversation, string id, int minutes = 0, string? subject = null, DateTimeOffset? withdrawnAt = null, string purpose = "Pay") => new()
    {
        ConsentId = id,
        ConversationId = conversation,
        RequestId = "request",
        SubjectRef = subject,
        Purpose = purpose,
        NoticeKey = "payments-v1",
        NoticeVersion = "1",
        Language = "en",
        NoticeSha256 = new string('0', 64),
        DataClasses = [DataClass.AccountData, DataClass.AuthenticationData],
        GivenAt = Start.AddMinutes(minutes),
        WithdrawnAt = withdrawnAt,
    };

    public static GuardedConsentStore Guarded(IConsentStore inner, FakeTimeProvider? time = null, Forms.ListLogger<GuardedConsentStore>? logger = null) =>
        new(inner, Options.Create(new SecureChatOptions()), time ?? new FakeTimeProvider(), logger ?? new Forms.ListLogger<GuardedConsentStore>());
}
