using System.Text;
using System.Text.Json;
using SecureChat.AspNetCore;
using SecureChat.Testing;
using static SecureChat.Unit.Tests.Forms.FormsTestHost;

namespace SecureChat.Unit.Tests.Forms;

public sealed class AnswerValidatorTests
{
    [Theory]
    [InlineData(FormFieldType.Text, "  hello  ", "hello")]
    [InlineData(FormFieldType.Text, "<script>alert(1)</script>", "<script>alert(1)</script>")]
    [InlineData(FormFieldType.Text, "emoji 👩‍👧 ok", "emoji 👩‍👧 ok")]
    [InlineData(FormFieldType.Name, "Zoë O’Brien-Смит", "Zoë O’Brien-Смит")]
    [InlineData(FormFieldType.Email, " Ann.Lee+x@Example.co.uk ", "Ann.Lee+x@Example.co.uk")]
    [InlineData(FormFieldType.Email, "用户@例子.公司", "用户@例子.公司")]
    [InlineData(FormFieldType.Phone, "+44 (0)20 7946-0958", "+442079460958")]
    [InlineData(FormFieldType.Phone, "0044 20 7946 0958", "+442079460958")]
    [InlineData(FormFieldType.Phone, "\u202A+1 (202) 555.0143\u202C", "+12025550143")]
    [InlineData(FormFieldType.Phone, "+1234567", "+1234567")]
    [InlineData(FormFieldType.Phone, "+123456789012345", "+123456789012345")]
    [InlineData(FormFieldType.Date, "2024-02-29", "2024-02-29")]
    [InlineData(FormFieldType.Date, "٢٠٢٤-٠٢-٢٩", "2024-02-29")]
    [InlineData(FormFieldType.Number, "+12.50", "12.50")]
    [InlineData(FormFieldType.Number, "-0.5", "-0.5")]
    [InlineData(FormFieldType.Number, "−7", "-7")]
    [InlineData(FormFieldType.Choice, "Green", "Green")]
    [InlineData(FormFieldType.CardNumber, "4242 4242 4242 4242", "4242424242424242")]
    [InlineData(FormFieldType.CardNumber, "4242-4242-4242-4242", "4242424242424242")]
    [InlineData(FormFieldType.CardNumber, "4242\u00A04242\u200B4242\u20094242", "4242424242424242")]
    [InlineData(FormFieldType.CardNumber, "４２４２４２４２４２４２４２４２", "4242424242424242")]
    [InlineData(FormFieldType.CardNumber, "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢", "4242424242424242")]
    [InlineData(FormFieldType.CardNumber, "378282246310005", "378282246310005")]
    [InlineData(FormFieldType.CardNumber, "30569309025904", "30569309025904")]
    [InlineData(FormFieldType.CardNumber, "2223003122003222", "2223003122003222")]
    [InlineData(FormFieldType.CardNumber, "6759649826438453", "6759649826438453")]
    [InlineData(FormFieldType.CardLastFour, "42 42", "4242")]
    [InlineData(FormFieldType.CardExpiry, "03/29", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "3/29", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "03 / 2029", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "0329", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "032029", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "2029-03", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "03.29", "03/29")]
    [InlineData(FormFieldType.CardExpiry, "01/26", "01/26")]
    [InlineData(FormFieldType.SecurityCode, " 123 ", "123")]
    [InlineData(FormFieldType.SecurityCode, "1234", "1234")]
    [InlineData(FormFieldType.SecurityCode, "١٢٣", "123")]
    [InlineData(FormFieldType.Iban, "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432")]
    [InlineData(FormFieldType.Iban, "NO93 8601 1117 947", "NO9386011117947")]
    [InlineData(FormFieldType.Iban, "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S")]
    [InlineData(FormFieldType.NationalId, "AB 12-34.56/7", "AB 12-34.56/7")]
    [InlineData(FormFieldType.Secret, "  p@ss {PropertyValue} ", "  p@ss {PropertyValue} ")]
    [InlineData(FormFieldType.Secret, " ", " ")]
    [InlineData(FormFieldType.HealthNote, "one\r\ntwo\rthree\n", "one\ntwo\nthree")]
    public void Good_answers_are_sealed_in_one_spelling(FormFieldType type, string typed, string expected)
    {
        (string? code, string? value, _) = Submit(OfType(type), typed);
        Assert.Equal((null, expected), (code, value));
    }

    [Theory]
    [InlineData(FormFieldType.Text, "", "required")]
    [InlineData(FormFieldType.Text, "   ", "required")]
    [InlineData(FormFieldType.Secret, "", "required")]
    [InlineData(FormFieldType.Text, "two\nlines", "control-characters")]
    [InlineData(FormFieldType.Text, "nul\0", "control-characters")]
    [InlineData(FormFieldType.Text, "c1\u0085x", "control-characters")]
    [InlineData(FormFieldType.Text, "ls\u2028x", "control-characters")]
    [InlineData(FormFieldType.Name, "a\u001Bb", "control-characters")]
    [InlineData(FormFieldType.Secret, "a\nb", "control-characters")]
    [InlineData(FormFieldType.HealthNote, "a\0b", "control-characters")]
    [InlineData(FormFieldType.HealthNote, "a\tb", "control-characters")]
    [InlineData(FormFieldType.CardNumber, "4242\u000042424242 4242", "control-characters")]
    [InlineData(FormFieldType.Email, "no-at.example.com", "malformed")]
    [InlineData(FormFieldType.Email, "a@b@example.com", "malformed")]
    [InlineData(FormFieldType.Email, "@example.com", "malformed")]
    [InlineData(FormFieldType.Email, "a@", "malformed")]
    [InlineData(FormFieldType.Email, "a@localhost", "malformed")]
    [InlineData(FormFieldType.Email, "a@example..com", "malformed")]
    [InlineData(FormFieldType.Email, ".a@example.com", "malformed")]
    [InlineData(FormFieldType.Email, "a@-example.com", "malformed")]
    [InlineData(FormFieldType.Email, "a@127.0.0.1", "malformed")]
    [InlineData(FormFieldType.Email, "a b@example.com", "malformed")]
    [InlineData(FormFieldType.Email, "<a@example.com>", "malformed")]
    [InlineData(FormFieldType.Phone, "020 7946 0958", "malformed")]
    [InlineData(FormFieldType.Phone, "+0123456789", "malformed")]
    [InlineData(FormFieldType.Phone, "+123456", "malformed")]
    [InlineData(FormFieldType.Phone, "+1234567890123456", "malformed")]
    [InlineData(FormFieldType.Phone, "+44 call me", "malformed")]
    [InlineData(FormFieldType.Phone, "+1 202 555 0143 ext 5", "malformed")]
    [InlineData(FormFieldType.Date, "2023-02-29", "malformed")]
    [InlineData(FormFieldType.Date, "29.02.2024", "malformed")]
    [InlineData(FormFieldType.Date, "2024-2-9", "malformed")]
    [InlineData(FormFieldType.Date, "0000-01-01", "malformed")]
    [InlineData(FormFieldType.Number, "1,5", "malformed")]
    [InlineData(FormFieldType.Number, "1e5", "malformed")]
    [InlineData(FormFieldType.Number, ".5", "malformed")]
    [InlineData(FormFieldType.Number, "5.", "malformed")]
    [InlineData(FormFieldType.Number, "NaN", "malformed")]
    [InlineData(FormFieldType.Number, "++1", "malformed")]
    [InlineData(FormFieldType.Number, "-", "malformed")]
    [InlineData(FormFieldType.Choice, "green", "not-a-choice")]
    [InlineData(FormFieldType.Choice, "Blue", "not-a-choice")]
    [InlineData(FormFieldType.CardNumber, "4242424242424241", "card-number")]
    [InlineData(FormFieldType.CardNumber, "42424242424", "card-number")]
    [InlineData(FormFieldType.CardNumber, "42424242424242424242", "card-number")]
    [InlineData(FormFieldType.CardNumber, "0000000000000000", "card-number")]
    [InlineData(FormFieldType.CardNumber, "1111111111111117", "card-number")]
    [InlineData(FormFieldType.CardNumber, "4242x4242424242424", "card-number")]
    [InlineData(FormFieldType.CardNumber, "- - -", "card-number")]
    [InlineData(FormFieldType.CardLastFour, "424", "malformed")]
    [InlineData(FormFieldType.CardLastFour, "4242424242424242", "too-long")]
    [InlineData(FormFieldType.CardLastFour, "42a2", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "13/29", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "00/29", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "03/52", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "03/2092", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "03/0000", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "03/20/29", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "March 2029", "malformed")]
    [InlineData(FormFieldType.CardExpiry, "12/25", "expired")]
    [InlineData(FormFieldType.CardExpiry, "12/1999", "expired")]
    [InlineData(FormFieldType.SecurityCode, "12", "malformed")]
    [InlineData(FormFieldType.SecurityCode, "12345", "malformed")]
    [InlineData(FormFieldType.SecurityCode, "12a", "malformed")]
    [InlineData(FormFieldType.Iban, "GB82WEST12345698765433", "iban")]
    [InlineData(FormFieldType.Iban, "GB82WEST1234569876543", "iban")]
    [InlineData(FormFieldType.Iban, "ZZ82WEST12345698765432", "iban")]
    [InlineData(FormFieldType.Iban, "GB82WEST1234569876543é", "iban")]
    [InlineData(FormFieldType.NationalId, "123", "too-short")]
    [InlineData(FormFieldType.NationalId, "----", "malformed")]
    [InlineData(FormFieldType.NationalId, "12_34", "malformed")]
    public void Bad_answers_are_refused_with_a_code(FormFieldType type, string typed, string code) =>
        Assert.Equal(code, Submit(OfType(type), typed).Code);

    [Theory]
    [InlineData(FormFieldType.Text, 500)]
    [InlineData(FormFieldType.Name, 200)]
    [InlineData(FormFieldType.NationalId, 32)]
    [InlineData(FormFieldType.Secret, 1000)]
    [InlineData(FormFieldType.HealthNote, 4000)]
    public void Lengths_hold_at_the_edge(FormFieldType type, int longest)
    {
        Assert.Null(Submit(OfType(type), new string('a', longest)).Code);
        Assert.Equal("too-long", Submit(OfType(type), new string('a', longest + 1)).Code);
    }

    [Fact]
    public void An_email_address_has_at_most_254_characters()
    {
        string domain = string.Join('.', Enumerable.Repeat(new string('d', 62), 3)) + ".com";
        string local = new('l', 254 - domain.Length - 1);
        Assert.True(local.Length <= 64);
        Assert.Null(Submit(OfType(FormFieldType.Email), $"{local}@{domain}").Code);
        Assert.Equal("too-long", Submit(OfType(FormFieldType.Email), $"{local}l@{domain}").Code);
        Assert.Equal("malformed", Submit(OfType(FormFieldType.Email), $"{new string('l', 65)}@example.com").Code);
        Assert.Equal("malformed", Submit(OfType(FormFieldType.Email), $"l@{new string('d', 64)}.com").Code);
    }

    [Fact]
    public void A_card_is_good_through_the_last_day_of_its_month_everywhere()
    {
        var time = new FakeTimeProvider();
        time.Advance(new DateTimeOffset(2026, 2, 1, 11, 59, 59, TimeSpan.Zero) - time.GetUtcNow());
        Assert.Null(Submit(OfType(FormFieldType.CardExpiry), "01/26", time).Code);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("expired", Submit(OfType(FormFieldType.CardExpiry), "01/26", time).Code);
        Assert.Null(Submit(OfType(FormFieldType.CardExpiry), "02/26", time).Code);
    }

    [Fact]
    public void Two_digits_of_a_year_mean_the_century_that_lies_near()
    {
        var time = new FakeTimeProvider();
        time.Advance(new DateTimeOffset(2098, 6, 15, 0, 0, 0, TimeSpan.Zero) - time.GetUtcNow());
        Assert.Null(Submit(OfType(FormFieldType.CardExpiry), "05/02", time).Code);
        Assert.Equal("expired", Submit(OfType(FormFieldType.CardExpiry), "05/98", time).Code);
    }

    [Fact]
    public void Optional_empties_are_dropped_and_an_empty_form_is_refused()
    {
        SecureForm form = Form(f => f.Text("a").Phone("b", o => o.Optional()).Text("c", o => o.Optional()).Text("d", o => o.Optional()));
        using Answers answers = Parse("""{"a":"x","b":"","c":null}""");
        using AnswerResult result = Validator().Validate(form, answers);
        Assert.Equal(["a"], result.Fields.Select(f => f.FieldKey));

        SecureForm optional = Form(f => f.Text("a", o => o.Optional()));
        using Answers none = Parse("{}");
        using AnswerResult empty = Validator().Validate(optional, none);
        Assert.Equal(("*", "required"), (empty.Refusals[0].Field, empty.Refusals[0].Code));
    }

    [Fact]
    public void All_refusals_come_at_once_in_the_order_of_the_form()
    {
        SecureForm form = Form(f => f.CardNumber("pan").CardExpiry("exp").SecurityCode("cvc").Text("note"));
        using Answers answers = Parse("""{"note":"fine","cvc":"1","exp":"01/20"}""");
        using AnswerResult result = Validator().Validate(form, answers);
        Assert.Equal(["pan:required", "exp:expired", "cvc:malformed"], result.Refusals.Select(r => $"{r.Field}:{r.Code}"));
        Assert.Empty(result.Fields);
        Assert.All(result.Refusals, r => Assert.False(string.IsNullOrWhiteSpace(r.Message)));
    }

    [Theory]
    [InlineData("""{"f":1}""")]
    [InlineData("""{"f":true}""")]
    [InlineData("""{"f":["x"]}""")]
    [InlineData("""{"f":{"f":"x"}}""")]
    [InlineData("""{"f":"\ud800"}""")]
    [InlineData("""{"f":"\udc00\ud800"}""")]
    public void Wrong_types_and_lone_surrogates_are_refused(string json)
    {
        using Answers answers = Parse(json);
        using AnswerResult result = Validator().Validate(OfType(FormFieldType.Text), answers);
        Assert.Equal(("f", "malformed"), (result.Refusals[0].Field, result.Refusals[0].Code));
    }

    [Fact]
    public void Bad_utf8_is_refused()
    {
        Assert.True(Answers.TryParse([.. "{\"f\":\"a"u8, 0xFF, 0xC0, .. "\"}"u8], out Answers? answers));
        using (answers)
        {
            using AnswerResult result = Validator().Validate(OfType(FormFieldType.Text), answers);
            Assert.Equal("malformed", result.Refusals[0].Code);
        }
    }

    [Fact]
    public void Duplicates_and_unknown_fields_are_refused()
    {
        using Answers twice = Parse("""{"f":"x","f":"x"}""");
        using AnswerResult duplicate = Validator().Validate(OfType(FormFieldType.Text), twice);
        Assert.Equal(("f", "duplicate-field"), (duplicate.Refusals[0].Field, duplicate.Refusals[0].Code));

        foreach (string json in (string[])["""{"f":"x","4242424242424242":"x"}""", """{"f":"x","":"x"}""", """{"f":"x","F":"x"}""", """{"f":"x","\ud800":"x"}"""])
        {
            using Answers surplus = Parse(json);
            using AnswerResult unknown = Validator().Validate(OfType(FormFieldType.Text), surplus);
            FieldRefusal refusal = Assert.Single(unknown.Refusals);
            Assert.Equal(("*", "unknown-field"), (refusal.Field, refusal.Code));
        }
    }

    [Fact]
    public void An_escaped_name_is_the_same_name()
    {
        using Answers twice = Parse("""{"f":"x","\u0066":"y"}""");
        using AnswerResult result = Validator().Validate(OfType(FormFieldType.Text), twice);
        Assert.Equal("duplicate-field", result.Refusals[0].Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"4242424242424242\"")]
    [InlineData("{\"f\":\"4242424242424242\"")]
    [InlineData("{\"f\":\"4242\"} x")]
    [InlineData("{\"f\":\"4242\"}{}")]
    [InlineData("{f:1}")]
    [InlineData("{\"f\":\"x\",}")]
    [InlineData("{\"f\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}")]
    public void What_is_no_object_of_answers_is_not_parsed(string json) => Assert.False(Answers.TryParse(Encoding.UTF8.GetBytes(json), out _));

    [Fact]
    public void More_answers_than_any_form_has_fields_are_not_parsed()
    {
        string json = JsonSerializer.Serialize(Enumerable.Range(0, 257).ToDictionary(i => $"f{i}", i => "x"));
        Assert.False(Answers.TryParse(Encoding.UTF8.GetBytes(json), out _));
    }

    [Fact]
    public void Answers_are_read_inside_a_body_and_never_written()
    {
        Body body = JsonSerializer.Deserialize<Body>("""{"id":"x","answers":{"f":"hello"}}""", SecureChatJson.Options)!;
        using (body.Answers)
        {
            using AnswerResult result = Validator().Validate(OfType(FormFieldType.Text), body.Answers);
            Assert.True(result.IsAccepted);
        }

        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(body, SecureChatJson.Options));
        var fault = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Body>("""{"id":"x","answers":["4242424242424242"]}""", SecureChatJson.Options));
        Assert.DoesNotContain("4242", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Authentication_data_is_single_delivery_and_never_lives_beyond_its_option()
    {
        SecureForm form = Form(f => f
            .SecurityCode("a")
            .SecurityCode("b", s => s.LivesFor(TimeSpan.FromMinutes(14)))
            .SecurityCode("c", s => s.LivesFor(TimeSpan.FromMinutes(1)).Class(DataClass.General))
            .CardNumber("d")
            .CardNumber("e", s => s.LivesFor(TimeSpan.FromHours(3))));
        using Answers answers = Parse("""{"a":"123","b":"123","c":"123","d":"4242424242424242","e":"4242424242424242"}""");
        using AnswerResult result = Validator().Validate(form, answers);
        Assert.Equal([5, 5, 1, 30, 180], result.Fields.Select(f => (int)f.LivesFor.TotalMinutes));
        Assert.Equal([true, true, true, false, false], result.Fields.Select(f => f.SingleDelivery));
        Assert.Equal("•••", result.Fields[2].MaskedPreview);
    }

    [Theory]
    [InlineData(FormFieldType.CardNumber, "4242424242424242", "•••• 4242")]
    [InlineData(FormFieldType.CardLastFour, "1234", "•••• 1234")]
    [InlineData(FormFieldType.Iban, "GB82WEST12345698765432", "GB •••• 5432")]
    [InlineData(FormFieldType.Iban, "NO9386011117947", "NO •••• 947")]
    [InlineData(FormFieldType.Email, "ann@example.com", "a•••@example.com")]
    [InlineData(FormFieldType.Email, "an@example.com", "•••@example.com")]
    [InlineData(FormFieldType.Phone, "+442079460958", "•••• 58")]
    [InlineData(FormFieldType.SecurityCode, "1234", "•••")]
    [InlineData(FormFieldType.SecurityCode, "123", "•••")]
    [InlineData(FormFieldType.CardExpiry, "03/29", "••••")]
    [InlineData(FormFieldType.Secret, "x", "••••")]
    [InlineData(FormFieldType.Secret, "a much longer secret", "••••")]
    [InlineData(FormFieldType.NationalId, "078-05-1120", "••••")]
    [InlineData(FormFieldType.HealthNote, "fine", "••••")]
    [InlineData(FormFieldType.Text, "text", "••••")]
    [InlineData(FormFieldType.Choice, "Red", "••••")]
    public void Previews_show_little_and_not_the_length(FormFieldType type, string value, string preview) =>
        Assert.Equal(preview, Submit(OfType(type), value).Preview);

    [Theory]
    [InlineData(DataClass.AuthenticationData, "•••")]
    [InlineData(DataClass.Credential, "••••")]
    [InlineData(DataClass.Health, "••••")]
    public void A_stricter_class_hides_the_preview(DataClass dataClass, string preview) =>
        Assert.Equal(preview, Submit(Form(f => f.CardNumber("pan", c => c.Class(dataClass))), "4242424242424242").Preview);

    [Fact]
    public void Values_are_zeroed_when_their_owner_is_disposed()
    {
        using Answers answers = One("f", "4242424242424242");
        Answers.Answer answer = answers.Find("f"u8, out _)!;
        AnswerResult result = Validator().Validate(OfType(FormFieldType.CardNumber), answers);
        ReadOnlyMemory<byte> sealedValue = result.Fields[0].Value;
        Assert.Contains((byte)'4', answer.Value!);
        Assert.Equal("4242424242424242", Encoding.ASCII.GetString(sealedValue.Span));
        result.Dispose();
        answers.Dispose();
        Assert.All(answer.Value!, b => Assert.Equal(0, b));
        Assert.All(answer.Name, b => Assert.Equal(0, b));
        Assert.All(sealedValue.ToArray(), b => Assert.Equal(0, b));
        Assert.Throws<ObjectDisposedException>(() => answers.Find("f"u8, out _));
    }

    internal sealed class Body
    {
        public required string Id { get; init; }

        public required Answers Answers { get; init; }
    }
}
