namespace SecureChat.Masking.Tests;

/// <summary>What the detectors in code find, and what they leave alone. A value stands between « and ».</summary>
public sealed class DetectorTests
{
    [Theory]
    [InlineData("ip-address", "connect to «192.168.10.4», please")]
    [InlineData("ip-address", "«192.168.1.1».1 has a part too many")]
    [InlineData("ip-address", "host=«10.0.0.1»:8443 is down")]
    [InlineData("ip-address", "blocked from «203.0.113.7»-«203.0.113.9» since noon")]
    [InlineData("ip-address", "subnet «198.51.100.0/24»")]
    [InlineData("ip-address", "http://[«2001:db8:85a3::8a2e:370:7334»]/status")]
    [InlineData("ip-address", "route «fe80::1ff:fe23:4567:890a%eth0» up")]
    [InlineData("ip-address", "mapped «::ffff:192.0.2.128» address")]
    [InlineData("ip-address", "bind «::1» only")]
    [InlineData("ip-address", "«2001:0db8:0000:0000:0000:ff00:0042:8329»")]
    [InlineData("mac-address", "the card is «00:1A:2B:3C:4D:5E»")]
    [InlineData("mac-address", "«00-1a-2b-3c-4d-5e»")]
    [InlineData("mac-address", "port «001a.2b3c.4d5e» flaps")]
    [InlineData("api-key", "key «AKIAQWERTYUIOP234567» leaked")]
    [InlineData("api-key", "export GH=«ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8»")]
    [InlineData("api-key", "use «sk_live_4eC39HqLyjWDarjtT1zdp7dc»")]
    [InlineData("api-key", "Authorization: Bearer «q8Zt4LmN2rTv6WxY0aBc3DeF5gHj7KlM»")]
    [InlineData("api-key", "api key: «f3b9c1d27a604e5f8b1c2d3e4f5a6b7c»")]
    [InlineData("jwt", "cookie «eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U»")]
    [InlineData("private-key", "«-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIGMoaZQwZ\n-----END EC PRIVATE KEY-----» thanks")]
    [InlineData("private-key", "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAA»")]
    [InlineData("url-credentials", "postgres://app:«s3cr3t!pw»@db.example/main")]
    [InlineData("url-credentials", "https://user:«hunter»@host.example")]
    [InlineData("password", "password: «sunflower»")]
    [InlineData("password", "my password is «Correct-Horse7», not the old one")]
    [InlineData("password", "pwd=«abc!def»&next=1")]
    [InlineData("password", "mein Passwort lautet «Regenbogen!9»")]
    [InlineData("password", "la contraseña es «Gato_2020»")]
    [InlineData("password", "le mot de passe est «Soleil#44»")]
    [InlineData("password", "minha senha é «praia*77»")]
    [InlineData("pin", "the PIN of my card is «4711»")]
    [InlineData("pin", "PIN: «004812»")]
    [InlineData("crypto-wallet", "send it to «1BoatSLRHtKNngkdXEeobR76b53LETtpyT»")]
    [InlineData("crypto-wallet", "«bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4» is mine")]
    [InlineData("crypto-wallet", "pay «bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0»")]
    [InlineData("crypto-wallet", "to «0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed»")]
    [InlineData("crypto-wallet", "eth wallet «0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed»")]
    [InlineData("swift-bic", "SWIFT code «DEUTDEFF500»")]
    [InlineData("swift-bic", "our BIC is «NDEAFIHH»")]
    [InlineData("date-of-birth", "born «12.03.1984» in Ulm")]
    [InlineData("date-of-birth", "DOB: «1984-03-12»")]
    [InlineData("date-of-birth", "geboren am «5. März 1979»")]
    [InlineData("date-of-birth", "date of birth «March 5, 1979»")]
    [InlineData("date-of-birth", "née le «1er février 1990»")]
    [InlineData("card-expiry", "4242 4242 4242 4242 exp «09/28»", "payment-card")]
    [InlineData("card-expiry", "card 4242424242424242, valid thru «09/2028»", "payment-card")]
    [InlineData("card-expiry", "Karte 4242 4242 4242 4242 gültig bis «0928»", "payment-card")]
    [InlineData("phone", "«(415) 555-0132» anytime")]
    [InlineData("phone", "«415-555-0132»")]
    [InlineData("phone", "«1-415-555-0132»")]
    [InlineData("phone", "«020 7946 0018» in London")]
    [InlineData("phone", "«01 23 45 67 89»")]
    [InlineData("phone", "«(415)555-0132 x204»")]
    [InlineData("phone", "ring the office: «5552 0187»")]
    [InlineData("phone", "📞 «415 555 0132»")]
    public void A_value_is_found_whole_and_as_its_kind(string kind, string marked, string? besides = null)
    {
        (string text, List<(int Start, int End)> expected) = Read(marked);
        IReadOnlyList<SensitiveSpan> spans = MaskingEngine.Default.Find(text);
        Assert.Equal(expected, [.. spans.Where(span => span.Kind != besides).Select(static span => (span.Start, span.End))]);
        Assert.All(spans, span => Assert.Contains(span.Kind, (string?[])[kind, besides]));
    }

    [Theory]
    [InlineData("version 10.2.0.1 is out")]
    [InlineData("v1.2.3.4")]
    [InlineData("see section 3.1.4.1 of the manual")]
    [InlineData("at 12:30:15 and 18:45:00")]
    [InlineData("std::vector a::b")]
    [InlineData("256.1.1.1 or 1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.3.6.1.4")]
    [InlineData("100.2.3.4.5.6")]
    [InlineData("ratio 16:9")]
    [InlineData("AKIAIOSFODNN7EXAMPLE is the sample")]
    [InlineData("put YOUR_API_KEY_GOES_HERE_123 there")]
    [InlineData("commit 9fceb02d0ae598e95dc970b74767f19372d61af8 broke it")]
    [InlineData("the id is 550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0\n-----END PUBLIC KEY-----")]
    [InlineData("https://example.com:8080/a@b")]
    [InlineData("I forgot my password again")]
    [InlineData("the password reset link is broken")]
    [InlineData("my password is wrong")]
    [InlineData("is the password too short?")]
    [InlineData("password: required")]
    [InlineData("mein Passwort ist abgelaufen")]
    [InlineData("la contraseña es incorrecta")]
    [InlineData("please pin 3 messages")]
    [InlineData("a swift answer, DELIVERY is late")]
    [InlineData("a bicycle from BERLIN")]
    [InlineData("1BoatSLRHtKNngkdXEeobR76b53LETtpyU")]
    [InlineData("tx 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")]
    [InlineData("the meeting is on 12.03.2024")]
    [InlineData("delivered 2024-03-12 between 10 and 12")]
    [InlineData("the offer expires 09/28")]
    [InlineData("latencies 250 300 1000 ms")]
    [InlineData("2024-01-15 12")]
    [InlineData("1755302400")]
    [InlineData("order 415-555-0132")]
    [InlineData("score 21-14-3")]
    [InlineData("price 1.299,00 or 12 345 678 EUR")]
    public void What_only_looks_like_a_value_is_left_alone(string text) => Assert.Empty(MaskingEngine.Default.Find(text));

    private static (string Text, List<(int Start, int End)> Spans) Read(string marked)
    {
        var spans = new List<(int, int)>();
        string text = marked;
        for (int start; (start = text.IndexOf('«', StringComparison.Ordinal)) >= 0;)
        {
            int end = text.IndexOf('»', StringComparison.Ordinal) - 1;
            text = text.Remove(start, 1).Remove(end, 1);
            spans.Add((start, end));
        }

        return (text, spans);
    }
}
