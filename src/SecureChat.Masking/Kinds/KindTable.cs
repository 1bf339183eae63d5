// Written by eng/MaskingRules from Rules/*.json. Change those, then: dotnet run --project eng/MaskingRules
namespace SecureChat.Masking;

internal static partial class KindTable
{
    private const int First = 3;

    // Id, title, locale, context (n: not needed, b: for a bare run, y: always), mask.
    private const string Data =
        """
        private-key|Private key||n|full
        url-credentials|Credentials in a URL||n|full
        jwt|JSON Web Token||n|full
        api-key|API key or access token||n|full
        password|Password||y|full
        email|E-mail address||n|email
        iban|IBAN||n|country-last4
        payment-card|Payment card number||n|last4
        us-ssn|US Social Security number|us|b|full
        card-security-code|Card security code||y|full
        card-expiry|Card expiry date||y|full
        pin|Card or account PIN||y|full
        crypto-wallet|Cryptocurrency address||n|last4
        ip-address|IP address||n|full
        mac-address|MAC address||n|full
        swift-bic|SWIFT or BIC code||y|full
        date-of-birth|Date of birth||y|full
        phone|Phone number||b|last2
        """;
}
