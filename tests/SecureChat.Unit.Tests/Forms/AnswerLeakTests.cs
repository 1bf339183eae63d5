using System.Text;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using SecureChat.AspNetCore;
using static SecureChat.Unit.Tests.Forms.FormsTestHost;

namespace SecureChat.Unit.Tests.Forms;

/// <summary>Planted values go through every refusal; everything that comes out is hunted for them.</summary>
public sealed class AnswerLeakTests
{
    // One bad answer per type; each is unlike any text of ours.
    private static readonly Dictionary<FormFieldType, string> Canaries = new()
    {
        [FormFieldType.Text] = "canary-text\u0007-91823",
        [FormFieldType.Name] = "Canary\u0000Surname",
        [FormFieldType.Email] = "canary.example.com",
        [FormFieldType.Phone] = "0791823 canary",
        [FormFieldType.Date] = "31.12.1971",
        [FormFieldType.Number] = "918,23",
        [FormFieldType.Choice] = "canary-choice",
        [FormFieldType.CardNumber] = "4242424242424241",
        [FormFieldType.CardLastFour] = "4242424242424242",
        [FormFieldType.CardExpiry] = "12/1987",
        [FormFieldType.SecurityCode] = "91823",
        [FormFieldType.Iban] = "GB82WEST12345698765433",
        [FormFieldType.NationalId] = "078_05_1120",
        [FormFieldType.Secret] = "hunter2\ncanary",
        [FormFieldType.HealthNote] = "canary diagnosis\u0001",
    };

    [Fact(DisplayName = "E43: no refusal, ToString or serialised result carries a value, for any field type")]
    public void No_refusal_carries_a_value()
    {
        Assert.Equal(Enum.GetValues<FormFieldType>().Order(), Canaries.Keys.Order());
        foreach ((FormFieldType type, string canary) in Canaries)
        {
            using Answers answers = One("f", canary);
            using AnswerResult result = Validator().Validate(OfType(type), answers);
            Assert.NotEmpty(result.Refusals);
            AssertClean(canary, [
                JsonSerializer.Serialize(result.Refusals, SecureChatJson.Options),
                result.ToString(), answers.ToString(), answers.Find("f"u8, out _)!.ToString(), .. result.Refusals.Select(r => r.ToString())]);
        }
    }

    [Fact]
    public void What_fluent_validation_keeps_prints_its_type_only()
    {
        foreach ((FormFieldType type, string canary) in Canaries)
        {
            using FieldAnswer answer = FieldAnswer.TryDecode(OfType(type).Fields[0], Encoding.UTF8.GetBytes(canary), DateTimeOffset.UnixEpoch)!;
            ValidationResult result = new FieldAnswerValidator(type, TimeProvider.System).Validate(answer);
            Assert.False(result.IsValid);
            AssertClean(canary, [result.ToString(), .. result.Errors.SelectMany(Printed)]);
        }
    }

    [Fact]
    public void The_hunt_finds_what_an_ordinary_validator_keeps()
    {
        // Saboteur: the usual rule on a string, to show that the hunt above would see an echo.
        string canary = Canaries[FormFieldType.Email];
        var ordinary = new InlineValidator<Ordinary>();
        ordinary.RuleFor(o => o.Email).EmailAddress().WithMessage("'{PropertyValue}' is no e-mail address.");
        ValidationResult result = ordinary.Validate(new Ordinary { Email = canary });
        Assert.Throws<Xunit.Sdk.DoesNotContainException>(() => AssertClean(canary, [.. result.Errors.SelectMany(Printed)]));
    }

    [Fact]
    public void A_name_that_is_a_value_is_not_repeated()
    {
        // A card number is spelled like a field key.
        const string Canary = "4242424242424242";
        using Answers answers = One(Canary, "x");
        using AnswerResult result = Validator().Validate(OfType(FormFieldType.Text), answers);
        AssertClean(Canary, [JsonSerializer.Serialize(result.Refusals, SecureChatJson.Options), result.ToString(), answers.ToString()]);
    }

    [Fact]
    public void Accepted_values_print_nothing_and_zeroed_ones_are_gone()
    {
        using Answers answers = One("f", "4242424242424242");
        using AnswerResult result = Validator().Validate(OfType(FormFieldType.CardNumber), answers);
        AssertClean("4242424242424242", [result.ToString(), result.Fields[0].ToString(), result.Fields[0].MaskedPreview]);
    }

    [Fact]
    public void A_failed_definition_does_not_repeat_control_characters_into_logs()
    {
        var fault = Assert.Throws<SecureChatConfigurationException>(() => Catalog([Form(f => f.Text("a"), "bad\r\nkey\u202E")]));
        Assert.DoesNotContain('\n', fault.Message);
        Assert.DoesNotContain('\u202E', fault.Message);
    }

    private static IEnumerable<string> Printed(ValidationFailure failure) =>
    [
        failure.ToString(),
        failure.ErrorMessage,
        failure.ErrorCode,
        $"{failure.AttemptedValue}",
        string.Join('|', failure.FormattedMessagePlaceholderValues ?? []),
    ];

    private static void AssertClean(string canary, IEnumerable<string> outputs)
    {
        string json = JsonSerializer.Serialize(canary).Trim('"');
        foreach (string output in outputs)
        {
            Assert.DoesNotContain(canary, output, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(json, output, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(canary)), output, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(canary)), output, StringComparison.OrdinalIgnoreCase);
        }
    }

    private sealed class Ordinary
    {
        public string? Email { get; init; }
    }
}
