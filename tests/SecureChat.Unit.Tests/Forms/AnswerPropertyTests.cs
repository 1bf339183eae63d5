using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SecureChat.AspNetCore;
using static SecureChat.Unit.Tests.Forms.FormsTestHost;

namespace SecureChat.Unit.Tests.Forms;

public sealed class AnswerPropertyTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly FormFieldType[] Types = Enum.GetValues<FormFieldType>();

    /// <summary>Prefixes and lengths that networks issue: 14 digits beginning with 4 are nobody's card, and refused.</summary>
    private static readonly (string Prefix, int Length)[] Cards =
        [("4", 13), ("4", 16), ("4", 19), ("55", 16), ("2221", 16), ("37", 15), ("36", 14), ("6011", 16), ("3528", 16), ("62", 19), ("6304", 12), ("6759", 18)];

    /// <summary>Any text, and text made of what the rules look at: digits of several scripts, separators, invisible and broken characters.</summary>
    private static Gen<string> AnyText()
    {
        Gen<string> wild = ArbMap.Default.GeneratorFor<string?>().Select(s => s ?? "");
        Gen<string> close = Gen.Elements([.. "0123456789٤４+-./ ()@abZ\u00A0\u200B\u202E\r\n\t\0\uD800\uDC00\u2212é–,eE"]).ArrayOf().Select(c => new string(c));
        return Gen.OneOf(wild, close, Good().Select(g => g.Text), Damaged());
    }

    private static Gen<(FormFieldType Type, string Text)> Good()
    {
        Gen<string> digits(int n) => Gen.Choose(0, 9).ArrayOf(n).Select(d => string.Concat(d));
        return Gen.OneOf(
            from card in Gen.Elements(Cards)
            from d in digits(card.Length - card.Prefix.Length - 1)
            select (FormFieldType.CardNumber, WithLuhn(card.Prefix + d)),
            from d in digits(16)
            from country in Gen.Elements("DE", "NO", "BE", "GB")
            select (FormFieldType.Iban, WithMod97(country, d)),
            from length in Gen.Choose(7, 15)
            from d in digits(length)
            select (FormFieldType.Phone, "+" + (d[0] == '0' ? "1" + d[1..] : d)),
            from local in Gen.Choose(1, 20)
            select (FormFieldType.Email, new string('l', local) + "@example.com"),
            from month in Gen.Choose(1, 12)
            from year in Gen.Choose(2027, 2050)
            select (FormFieldType.CardExpiry, FormattableString.Invariant($"{month}/{year}")),
            from length in Gen.Choose(3, 4)
            from d in digits(length)
            select (FormFieldType.SecurityCode, d));
    }

    private static Gen<string> Damaged() =>
        from good in Good()
        from noise in Gen.Elements(" ", "-", "\u00A0", "\u200B", "x", "\0", "٤", "")
        from at in Gen.Choose(0, good.Text.Length)
        select good.Text.Insert(at, noise);

    private static Gen<FormFieldType> AnyType() => Gen.Elements(Types);

    [Fact]
    public void No_bytes_make_the_parser_throw_or_change_what_it_counts()
    {
        Gen<byte[]> shaped = AnyText().ArrayOf().Select(parts => Encoding.UTF8.GetBytes("{\"f\":\"" + string.Join("\",\"f\":\"", parts) + "\"}"));
        Gen<byte[]> any = Gen.OneOf(ArbMap.Default.GeneratorFor<byte[]?>().Select(b => b ?? []), shaped);
        Check.One(Quick, Prop.ForAll(any.ToArbitrary(), bytes =>
        {
            if (!Answers.TryParse(bytes, out Answers? answers))
            {
                return true;
            }

            using (answers)
            {
                using AnswerResult result = Validator().Validate(OfType(FormFieldType.Text), answers);
                return result.IsAccepted != result.Refusals.Count > 0 && (result.Fields.Count == 0 || result.IsAccepted);
            }
        }));
    }

    [Fact]
    public void No_answer_makes_the_validator_throw_and_no_refusal_repeats_it()
    {
        Check.One(Quick, Prop.ForAll(Gen.Zip(AnyType(), AnyText()).ToArbitrary(), pair =>
        {
            using Answers answers = One("f", pair.Item2);
            using AnswerResult result = Validator().Validate(OfType(pair.Item1), answers);

            // Four characters or more: shorter ones stand in our own sentences by coincidence ("or", "3").
            return result.Refusals.All(refusal => pair.Item2.Trim().Length < 4
                || !$"{refusal.Field} {refusal.Code} {refusal.Message}".Contains(pair.Item2.Trim(), StringComparison.OrdinalIgnoreCase));
        }));
    }

    [Fact]
    public void Normalising_twice_changes_nothing()
    {
        Check.One(Quick.WithMaxTest(2000), Prop.ForAll(Gen.Zip(AnyType(), AnyText()).ToArbitrary(), pair =>
        {
            DateTimeOffset now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
            string once = Normalise(pair.Item1, pair.Item2.Trim(), now);
            return once == Normalise(pair.Item1, once, now);
        }));
    }

    [Fact]
    public void What_was_accepted_is_accepted_again_as_it_is()
    {
        int accepted = 0;
        Check.One(Quick, Prop.ForAll(Gen.OneOf(Good(), Gen.Zip(AnyType(), AnyText()).Select(p => (p.Item1, p.Item2))).ToArbitrary(), pair =>
        {
            (string? code, string? value, _) = Submit(OfType(pair.Item1), pair.Item2);
            if (code is not null)
            {
                return true;
            }

            accepted++;
            return Submit(OfType(pair.Item1), value!) is (null, { } again, _) && again == value;
        }));
        Assert.True(accepted > 50, $"only {accepted} accepted");
    }

    [Fact]
    public void A_preview_keeps_at_most_a_third_and_nothing_of_authentication_data()
    {
        Check.One(Quick, Prop.ForAll(Good().ToArbitrary(), good =>
        {
            (string? code, string? value, string? preview) = Submit(OfType(good.Type), good.Text);
            Assert.Null(code);

            // Of an e-mail address the domain may be read; the part that names the person counts.
            string secret = good.Type == FormFieldType.Email ? value!.Split('@')[0] : value!;
            string shown = good.Type == FormFieldType.Email ? preview!.Split('@')[0] : preview!;
            Assert.True(shown.Count(c => c is not ('•' or ' ')) * 3 <= secret.Length, preview);

            SecureForm strict = Form(f => _ = good.Type switch
            {
                FormFieldType.CardNumber => f.CardNumber("f", c => c.Class(DataClass.AuthenticationData)),
                FormFieldType.Iban => f.Iban("f", c => c.Class(DataClass.AuthenticationData)),
                FormFieldType.Phone => f.Phone("f", c => c.Class(DataClass.AuthenticationData)),
                FormFieldType.Email => f.Email("f", c => c.Class(DataClass.AuthenticationData)),
                FormFieldType.CardExpiry => f.CardExpiry("f", c => c.Class(DataClass.AuthenticationData)),
                _ => f.SecurityCode("f"),
            });
            return Submit(strict, good.Text).Preview == "•••";
        }));
    }

    private static string Normalise(FormFieldType type, string text, DateTimeOffset now)
    {
        char[] destination = new char[text.Length + FieldNormaliser.Growth];
        return new string(destination, 0, FieldNormaliser.Normalise(type, text, destination, now));
    }

    private static string WithLuhn(string digits)
    {
        for (char check = '0'; ; check++)
        {
            if (IsLuhn(digits + check))
            {
                return digits + check;
            }
        }
    }

    // Written from ISO/IEC 7812-1 again, not shared with the product.
    private static bool IsLuhn(string digits) =>
        digits.Reverse().Select((c, i) => i % 2 == 0 ? c - '0' : "0246813579"[c - '0'] - '0').Sum() % 10 == 0;

    private static string WithMod97(string country, string digits)
    {
        string bban = country switch
        {
            "DE" => digits + "12",
            "NO" => digits[..11],
            "BE" => digits[..12],
            _ => "WEST" + digits[..14],
        };
        string number = string.Concat((bban + country + "00").Select(c => char.IsDigit(c) ? c.ToString() : FormattableString.Invariant($"{c - 'A' + 10}")));
        int check = 98 - (int)(System.Numerics.BigInteger.Parse(number, System.Globalization.CultureInfo.InvariantCulture) % 97);
        return FormattableString.Invariant($"{country}{check:D2}{bban}");
    }
}
