namespace SecureChat.Masking.Tests;

public sealed class ValidatorTests
{
    [Theory]
    [InlineData("79927398713", true)]
    [InlineData("79927398710", false)]
    [InlineData("4242424242424242", true)]
    [InlineData("4242424242424241", false)]
    [InlineData("42424242424242x2", false)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Luhn_checks_the_last_digit(string digits, bool valid) => Assert.Equal(valid, Luhn.IsValid(digits));

    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("4222222222222")]
    [InlineData("5555555555554444")]
    [InlineData("2223003122003222")]
    [InlineData("2221000000000009")]
    [InlineData("2720999999999996")]
    [InlineData("378282246310005")]
    [InlineData("371449635398431")]
    [InlineData("30569309025904")]
    [InlineData("36227206271667")]
    [InlineData("38520000023237")]
    [InlineData("6011111111111117")]
    [InlineData("3530111333300000")]
    [InlineData("6200000000000005")]
    [InlineData("6205500000000000004")]
    [InlineData("6759649826438453")]
    [InlineData("6304000000000000")]
    [InlineData("5019717010103742")]
    public void Published_test_cards_of_every_network_are_cards_E35(string number) => Assert.True(PaymentCards.IsValid(number));

    [Theory]
    [InlineData("4242424242424241")]
    [InlineData("0000000000000000")]
    [InlineData("1748576829959")]
    [InlineData("9999999999999995")]
    [InlineData("42424242424")]
    [InlineData("42424242424242424242")]
    public void Numbers_without_issuer_length_or_check_digit_are_no_cards_E34(string number) => Assert.False(PaymentCards.IsValid(number));

    [Theory]
    [InlineData("DE89370400440532013000")]
    [InlineData("de89 3704 0044 0532 0130 00")]
    [InlineData("GB82WEST12345698765432")]
    [InlineData("NO9386011117947")]
    [InlineData("MT84MALT011000012345MTLCAST001S")]
    [InlineData("FR1420041010050500013M02606")]
    [InlineData("BR1800360305000010009795493C1")]
    public void Ibans_of_the_registry_are_valid_in_any_case_and_grouping(string iban) => Assert.True(Iban.IsValid(iban));

    [Theory]
    [InlineData("DE89370400440532013001")]
    [InlineData("DE8937040044053201300")]
    [InlineData("ZZ89370400440532013000")]
    [InlineData("DE89A70400440532013000")]
    [InlineData("DE\u0662\u066937040044053201300")]
    [InlineData("")]
    public void A_wrong_country_length_shape_or_check_is_no_iban(string iban) => Assert.False(Iban.IsValid(iban));

    [Theory]
    [InlineData("078051120", true)]
    [InlineData("000051120", false)]
    [InlineData("666051120", false)]
    [InlineData("900051120", false)]
    [InlineData("078001120", false)]
    [InlineData("078050000", false)]
    public void Only_issued_social_security_numbers_count(string digits, bool issued) => Assert.Equal(issued, SsnDetector.IsIssued(digits));
}
