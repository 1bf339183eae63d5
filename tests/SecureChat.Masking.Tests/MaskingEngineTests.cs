namespace SecureChat.Masking.Tests;

public sealed class MaskingEngineTests
{
    private static readonly MaskingEngine Engine = MaskingEngine.Default;

    [Theory]
    [InlineData("my card is 4242 4242 4242 4242", "my card is •••• •••• •••• 4242")]
    [InlineData("5555555555554444", "••••••••••••4444")]
    [InlineData("3782-822463-10005 ok", "••••-••••••-•0005 ok")]
    [InlineData("card 4242424242424242, cvv 123", "card ••••••••••••4242, cvv •••")]
    [InlineData("amex 378282246310005, CID: 1234.", "amex •••••••••••0005, CID: •••.")]
    [InlineData("DE89 3704 0044 0532 0130 00", "DE•• •••• •••• •••• ••30 00")]
    [InlineData("NO9386011117947", "NO••••••••••947")]
    [InlineData("it is 078-05-1120.", "it is •••-••-••••.")]
    [InlineData("write to jane@example.com", "write to j•••@example.com")]
    [InlineData("write to maximiliana.schmidt@web.de", "write to m••••••••••••••••••@web.de")]
    [InlineData("+49 (0)40 66969 123", "+•• (•)•• ••••• •23")]
    public void Every_kind_keeps_what_its_policy_says_and_no_more(string text, string masked) => Assert.Equal(masked, Engine.Mask(text));

    [Fact]
    public void Clean_text_comes_back_as_the_same_instance()
    {
        string text = "Hello, where is my parcel? I ordered 3 boxes on 4 May.";
        Assert.Same(text, Engine.Mask(text));
        Assert.Empty(Engine.Find(text));
    }

    [Theory]
    [InlineData("4242 4242 4242 4242")]
    [InlineData("4242-4242-4242-4242")]
    [InlineData("4242.4242.4242.4242")]
    [InlineData("4242/4242/4242/4242")]
    [InlineData("4242_4242_4242_4242")]
    [InlineData("4242  4242  4242  4242")]
    [InlineData("4242\t4242\t4242\t4242")]
    [InlineData("4242\r\n4242\r\n4242\r\n4242")]
    [InlineData("> 4242\n> 4242\n> 4242\n> 4242")]
    [InlineData("4242\u00A04242\u202F4242\u20094242")]
    [InlineData("4242\u20134242\u20144242\u20114242")]
    [InlineData("4242\u00B74242\u00B74242\u00B74242")]
    [InlineData("4\u200B2\u200B4\u200B2\u200B4242\u200D4242\u20604242")]
    [InlineData("4242\u00AD4242\uFEFF4242\u200E4242")]
    [InlineData("\u202E4242424242424242\u202C")]
    [InlineData("４２４２４２４２４２４２４２４２")]
    [InlineData("\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662\u0664\u0662")]
    [InlineData("\u06F4\u06F2\u06F4\u06F2 \u06F4\u06F2\u06F4\u06F2 \u06F4\u06F2\u06F4\u06F2 \u06F4\u06F2\u06F4\u06F2")]
    [InlineData("\u096A\u0968\u096A\u0968\u096A\u0968\u096A\u0968\u096A\u0968\u096A\u0968\u096A\u0968\u096A\u0968")]
    [InlineData("𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐𝟒𝟐")]
    [InlineData("④②④②④②④②④②④②④②④②")]
    [InlineData("4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣4️⃣2️⃣")]
    [InlineData("4242&nbsp;4242&#160;4242&#xA0;4242")]
    [InlineData("&#52;242424242424242")]
    [InlineData("4242%204242%204242%204242")]
    [InlineData("4242%C2%A04242%2D4242%2E4242")]
    [InlineData("4242+4242+4242+4242")]
    [InlineData("4242<br>4242<br/>4242<br />4242")]
    [InlineData("4242 **4242** 4242 4242")]
    [InlineData("~~4242424242424242~~")]
    [InlineData("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2")]
    [InlineData("42 42 42 42 42 42 42 42")]
    [InlineData("(4242)(4242)(4242)(4242)")]
    [InlineData("42424242 42424242")]
    [InlineData("visa4242424242424242exp")]
    public void A_card_is_found_in_every_spelling_E33(string spelling)
    {
        foreach (string text in new[] { spelling, $"it is {spelling} ok", $"é {spelling}" })
        {
            SensitiveSpan span = Assert.Single(Engine.Find(text));
            Assert.Equal(DataKinds.PaymentCard, span.Kind);
            string masked = Engine.Mask(text);
            // Entities and escapes spell separators with digits of their own.
            int others = DigitsOf(text) - 16;
            Assert.True(DigitsOf(masked) <= 4 + others, masked);
            Assert.Same(masked, Engine.Mask(masked));
        }
    }

    [Theory]
    [InlineData("99 4111 1111 1111 1111 2", 3, 19)]
    [InlineData("5555 5555 5555 4444 0928", 0, 19)]
    [InlineData("5555555555554444/0927", 0, 16)]
    [InlineData("pay with card 42424242424242420928", 14, 16)]
    [InlineData("card 9955555555555544449928", 7, 16)]
    [InlineData(";5555555555554444=30121010000012300000?", 1, 16)]
    [InlineData("00005555555555554444", 4, 16)]
    public void Every_window_inside_a_longer_run_is_tried_E32(string text, int start, int length)
    {
        SensitiveSpan span = Assert.Single(Engine.Find(text));
        Assert.Equal((DataKinds.PaymentCard, start, length), (span.Kind, span.Start, span.Length));
    }

    [Theory]
    [InlineData("card 4242424242424242 cvc 123", "123")]
    [InlineData("4242424242424242 123", "123")]
    [InlineData("4242424242424242 09/28 123", "123")]
    [InlineData("5555555555554444/0927/123", "123")]
    [InlineData("5555 5555 5555 4444 exp 09/2028 code 311", "311")]
    [InlineData("pay by card 42424242424242420928123 pls", "123")]
    [InlineData("378282246310005 12/27 1234", "1234")]
    [InlineData("le CVV c'est 007, si si", "007")]
    [InlineData("Die Prüfziffer ist 305", "305")]
    [InlineData("mi código de seguridad es 384", "384")]
    [InlineData("cryptogramme visuel : 291", "291")]
    [InlineData("{\"cvc\":\"305\"}", "305")]
    [InlineData("CVV2: 305", "305")]
    [InlineData("security code is 9876", "9876")]
    [InlineData("305 is the cvv", "305")]
    public void A_security_code_is_found_beside_its_name_or_its_card(string text, string code)
    {
        SensitiveSpan span = Assert.Single(Engine.Find(text), s => s.Kind == DataKinds.CardSecurityCode);
        Assert.Equal(code, text.Substring(span.Start, span.Length));
        Assert.DoesNotContain(code, Engine.Mask(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("le code promo 482 ne marche pas")]
    [InlineData("room 123, please")]
    [InlineData("the last 4 are 4242")]
    [InlineData("order 123-4567")]
    [InlineData("it costs 123.45")]
    public void A_bare_number_is_no_security_code(string text) => Assert.Empty(Engine.Find(text));

    [Theory]
    [InlineData("order #142-4014905-3632110 never arrived")]
    [InlineData("Bestellung 4711-0815-2026 ist noch nicht da")]
    [InlineData("ts=1748576829959 is in the future")]
    [InlineData("backup_20260304101112345.tar.gz")]
    [InlineData("3f2504e0-4f89-41d3-9a0c-0305e82c3301")]
    [InlineData("42424242-4242-4242-8242-424242424242")]
    [InlineData("0.4242424242424242")]
    [InlineData("a4242424242424242b7")]
    [InlineData("4829173048291734")]
    [InlineData("0000 0000 0000 0000")]
    [InlineData("490154203237518")]
    [InlineData("2026-03-04 10:11:12,345 INFO took 4242 ms")]
    [InlineData("4 242,42 € au lieu de 4 111,11 €")]
    [InlineData("1920 1080 2560 1440")]
    [InlineData("424242XXXXXX4242")]
    [InlineData("**** **** **** 4242")]
    [InlineData("ISIN DE0005140008")]
    [InlineData("AB12-CD34-EF56-GH78-IJ90-KL12")]
    [InlineData("seats 512-555-0142")]
    [InlineData("523349056")]
    [InlineData("666-05-1120")]
    [InlineData("follow us @shop.example")]
    [InlineData("icon@2x.png")]
    [InlineData("npm i thing@1.2.3")]
    [InlineData("+1.5 or +12.50")]
    [InlineData("0800 today, 2026-01-01 tomorrow")]
    public void Look_alikes_stay_as_they_are_E34(string text)
    {
        Assert.Empty(Engine.Find(text));
        Assert.Same(text, Engine.Mask(text));
    }

    [Theory]
    [InlineData("SS# 523349056 for the W-9")]
    [InlineData("my social security number is 523 349056")]
    [InlineData("523-34-9056")]
    [InlineData("523 34 9056")]
    [InlineData("523\u201334\u20139056")]
    [InlineData("{\"ssn\":\"523-34-9056\"}")]
    [InlineData("\uFF15\uFF12\uFF13-\uFF13\uFF14-\uFF19\uFF10\uFF15\uFF16")]
    public void A_social_security_number_leaves_no_digit(string text)
    {
        Assert.Equal(DataKinds.UsSsn, Assert.Single(Engine.Find(text)).Kind);
        string masked = Engine.Mask(text);
        Assert.DoesNotContain("9056", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("\uFF19", masked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jane@example.com,bob@example.net", 2)]
    [InlineData("[jane@example.com](mailto:jane@example.com)", 2)]
    [InlineData("jane＠example．com", 1)]
    [InlineData("jane%40example.com", 1)]
    [InlineData("jane&commat;example&period;com", 1)]
    [InlineData("j\u200Bane@exam\u200Bple.com", 1)]
    [InlineData("j\u0430ne@example.com", 1)]
    [InlineData("почта: иван@пример.рф", 1)]
    [InlineData("我的邮箱是jane@example.com谢谢", 1)]
    [InlineData("email:jane-99@sub.example.org/phone:none", 1)]
    public void An_address_is_found_in_every_spelling_E33(string text, int count)
    {
        Assert.Equal(count, Engine.Find(text).Count(span => span.Kind == DataKinds.Email));
        Assert.DoesNotContain("jane", Engine.Mask(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("IBANDE25769047044268962632", 4, 22)]
    [InlineData("DE71 6351 9891 2402 8313 18 COBADEFFXXX", 0, 27)]
    [InlineData("iban DE74&nbsp;7192&nbsp;1107&nbsp;4118&nbsp;9057&nbsp;71", 5, 52)]
    [InlineData("I B A N: D E 6 2 5 1 8 8 5 4 9 2 0 4 6 6 9 9 1 9 6 8", 9, 43)]
    [InlineData("gr58-4508-8383-6123-2680-7961-874", 0, 33)]
    public void An_iban_is_found_in_every_spelling_and_ends_where_its_country_says(string text, int start, int length)
    {
        SensitiveSpan span = Assert.Single(Engine.Find(text));
        Assert.Equal((DataKinds.Iban, start, length), (span.Kind, span.Start, span.Length));
    }

    [Theory]
    [InlineData("+4915112345678")]
    [InlineData("+1 (415) 555-0132")]
    [InlineData("0049 151 12345678")]
    [InlineData("001-253-366-9781")]
    [InlineData("tel:+33 1 23 45 67 89")]
    [InlineData("+55 11 98456 5666")]
    [InlineData("my phone number is 4155550187")]
    public void A_phone_number_keeps_two_digits(string text)
    {
        Assert.Equal(DataKinds.Phone, Assert.Single(Engine.Find(text)).Kind);
        Assert.Equal(2, DigitsOf(Engine.Mask(text)));
    }

    [Fact]
    public void The_question_of_the_other_side_gives_a_bare_number_its_meaning()
    {
        var code = new MaskContext { AskedFor = [DataKinds.CardSecurityCode] };
        var ssn = new MaskContext { AskedFor = [DataKinds.UsSsn] };
        var card = new MaskContext { FollowsCard = true };
        Assert.Equal("it's •••", Engine.Mask("it's 123", code));
        Assert.Equal("•••", Engine.Mask("1234", code));
        Assert.Equal("ends in 4242", Engine.Mask("ends in 4242", code));
        Assert.Equal("•••••••••", Engine.Mask("523349056", ssn));
        Assert.Equal("••/•• •••", Engine.Mask("09/28 123", card));
        Assert.Equal("I have 123 of them", Engine.Mask("I have 123 of them", card));
    }

    [Fact]
    public void A_value_that_was_known_by_its_words_is_hidden_wherever_it_stands()
    {
        string masked = Engine.Mask("ssn 523349056. I repeat: 523349056");
        Assert.Equal(0, DigitsOf(masked));
    }

    [Fact]
    public void What_a_mask_keeps_is_no_part_of_a_new_value()
    {
        string masked = Engine.Mask(string.Join(' ', Enumerable.Repeat("4242", 7)));
        Assert.Same(masked, Engine.Mask(masked));
        Assert.True(DigitsOf(masked) <= 12, masked);
    }

    [Theory]
    [InlineData(nameof(MaskingSafeguards.CheckDigits), "4829173048291734")]
    [InlineData(nameof(MaskingSafeguards.IssuerRanges), "0000 0000 0000 0000")]
    public void Without_check_digits_or_issuer_ranges_look_alikes_are_masked(string off, string lookAlike)
    {
        Assert.Empty(Engine.Find(lookAlike));
        Assert.NotEmpty(new MaskingEngine(MaskingSafeguards.All & ~Enum.Parse<MaskingSafeguards>(off)).Find(lookAlike));
    }

    [Fact]
    public void Without_folding_full_width_digits_leak()
    {
        const string Text = "４２４２４２４２４２４２４２４２";
        Assert.NotEmpty(Engine.Find(Text));
        Assert.Empty(new MaskingEngine(MaskingSafeguards.All & ~MaskingSafeguards.Folding).Find(Text));
    }

    [Fact]
    public void Without_the_second_look_masking_twice_changes_the_text()
    {
        var once = new MaskingEngine(MaskingSafeguards.All & ~MaskingSafeguards.Repeat);
        string text = string.Join(' ', Enumerable.Repeat("4242", 7));
        string masked = once.Mask(text);
        Assert.NotEqual(masked, once.Mask(masked));
    }

    private static int DigitsOf(string text) =>
        text.EnumerateRunes().Count(rune => System.Text.Rune.GetNumericValue(rune) is >= 0 and <= 9);

    [Theory]
    [InlineData("ssn", "536228726", "•••••••••")]
    [InlineData("socialSecurityNumber", "536228726", "•••••••••")]
    [InlineData("tax_id_SSN", "536228726", "•••••••••")]
    [InlineData("customer.SSN", "536228726", "•••••••••")]
    [InlineData("USSocialSecurity", "536228726", "•••••••••")]
    [InlineData("orderId", "536228726", "536228726")]
    [InlineData("total", "100000601", "100000601")]
    [InlineData("", "100000601", "100000601")]
    [InlineData("orderId", "4242424242424242", "••••••••••••4242")]
    [InlineData("cvc", "737", "•••")]
    [InlineData("password", "hunter", "••••••")]
    [InlineData("db_password", "correct horse battery", "••••••• ••••• •••••••")]
    [InlineData("newPassword2", "x", "•")]
    [InlineData("passwordConfirmation", "hunter", "••••••")]
    [InlineData("password", "required", "required")]
    [InlineData("password", "****", "****")]
    [InlineData("passwordChangedAt", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [InlineData("hint", "hunter", "hunter")]
    public void The_name_of_a_field_says_what_a_bare_number_is(string name, string value, string expected) =>
        Assert.Equal(expected, Engine.Mask(value, MaskContext.ForField(name)));

    [Fact]
    public void A_password_without_a_digit_is_known_by_the_question_before_it()
    {
        RecentMessage[] recent = [new() { Sequence = 1, Sender = ParticipantRole.Agent, Text = "What is your password?" }];
        Assert.Equal("\u2022\u2022\u2022\u2022\u2022\u2022!", Engine.Mask("Hunter!", MaskContext.FromRecent(recent, ParticipantRole.Visitor)));
    }

    [Fact]
    public void A_field_for_passwords_is_hidden_whole_in_pieces_too()
    {
        foreach ((string value, bool isHidden) in (IEnumerable<(string, bool)>)[(string.Join(' ', Enumerable.Repeat("correct horse battery staple", 20)), true), (string.Join(' ', Enumerable.Repeat("a text about", 200)), false)])
        {
            using var masker = new StreamingMasker(Engine, MaskContext.ForField("password"), StreamingMasker.MinWindow);
            string masked = string.Concat(value.Select(c => masker.Write([c]))) + masker.Complete();
            Assert.Equal(isHidden, masked.All(static c => c is '\u2022' or ' '));
            Assert.Equal(Engine.Mask(value, MaskContext.ForField("password")), masked);
        }
    }

    [Theory]
    [InlineData(" 3733-556004-83249 PEID", " \u2022\u2022\u2022\u2022-\u2022\u2022\u2022\u2022\u2022\u2022-\u20223249 PEID")]
    [InlineData("3733 556004 83249 PEID", "\u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022\u2022\u2022 \u20223249 PEID")]
    [InlineData("373355600483249 PEID", "\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u20223249 PEID")]
    [InlineData(" 6011 6021 7476 7993 r patient number", " \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022 7993 r patient number")]
    [InlineData("\u2022\u2022\u2022\u2022 44051401359 PESEL", "\u2022\u2022\u2022\u2022 \u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022 PESEL")]
    [InlineData("\u2022536228726 is my SSN", "\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022\u2022 is my SSN")]
    [InlineData("mine:\n\u20223249 PEID", "mine:\n\u2022\u2022\u2022\u2022\u2022 PEID")]
    public void What_a_mask_keeps_is_no_number_of_its_own(string text, string expected)
    {
        Assert.Equal(expected, Engine.Mask(text));
        Assert.Equal(expected, Engine.Mask(expected));
    }

    [Fact]
    public void The_name_of_a_field_may_be_anything()
    {
        foreach (string name in (string[])[new string('A', 5000), new string('a', 127) + "B", "\uD83D", "\0", "a\u0301B", "aBcDeFgHiJ" + new string('Z', 400)])
        {
            Assert.Equal("536228726", Engine.Mask("536228726", MaskContext.ForField(name)));
        }
    }
}
