using System.Text;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

public sealed class TotpTests
{
    private static readonly byte[] RfcKey = "12345678901234567890"u8.ToArray();

    /// <summary>RFC 6238, appendix B (SHA-1), whose eight digits end in our six.</summary>
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void Codes_are_those_of_RFC_6238(long unixSeconds, string eightDigits)
    {
        DateTimeOffset at = DateTimeOffset.FromUnixTimeSeconds(unixSeconds);
        byte[] digits = new byte[Totp.Digits];

        Totp.Compute(RfcKey, Totp.StepAt(at), digits);

        Assert.Equal(eightDigits[2..], Encoding.ASCII.GetString(digits));
        Assert.Equal(unixSeconds / 30, Totp.FindStep(RfcKey, eightDigits[2..], at));
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void One_step_either_side_is_accepted(int offset, bool accepted)
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_015);
        byte[] digits = new byte[Totp.Digits];
        Totp.Compute(RfcKey, Totp.StepAt(now) + offset, digits);

        Assert.Equal(accepted ? Totp.StepAt(now) + offset : null, Totp.FindStep(RfcKey, Encoding.ASCII.GetString(digits), now));
    }

    [Theory]
    [InlineData("050471")]
    [InlineData(" 050 471 ")]
    [InlineData("050-471")]
    [InlineData("0 5 0 4 7 1")]
    [InlineData("050\u00A0471")]
    [InlineData("050\u2009471\r\n")]
    [InlineData("05\u200B04\u200D71\uFEFF")]
    [InlineData("\u200E050471\u200F")]
    [InlineData("050\u2011471")]
    [InlineData("050\u2212471")]
    [InlineData("\uFF10\uFF15\uFF10\uFF14\uFF17\uFF11")]
    [InlineData("\u0660\u0665\u0660\u0664\u0667\u0661")]
    [InlineData("\u06F0\u06F5\u06F0\u06F4\u06F7\u06F1")]
    [InlineData("\u0966\u096B\u0966\u096A\u096D\u0967")]
    [InlineData("\U0001D7CE\U0001D7D3\U0001D7CE\U0001D7D2\U0001D7D5\U0001D7CF")]
    [InlineData("0\uFF150\u06647\u0661")]
    public void Every_spelling_of_a_code_is_the_same_code(string response)
    {
        byte[] digits = new byte[Totp.Digits];

        Assert.True(Totp.TryNormalise(response, digits));
        Assert.Equal("050471", Encoding.ASCII.GetString(digits));
    }

    [Theory]
    [InlineData("")]
    [InlineData("05047")]
    [InlineData("0504711")]
    [InlineData("050471x")]
    [InlineData("O50471")]
    [InlineData("+50471")]
    [InlineData("050.471")]
    [InlineData("05047\u00B9")]
    [InlineData("05047\u2460")]
    [InlineData("05047\u4E00")]
    [InlineData("05047\uD835")]
    [InlineData("050471\0")]
    [InlineData("0\u20E350471")]
    [InlineData("050471                                                                  ")]
    public void Anything_else_is_no_code(string response) => Assert.False(Totp.TryNormalise(response, new byte[Totp.Digits]));

    [Fact]
    public void Keys_are_read_as_people_write_them()
    {
        Assert.Equal(RfcKey, Totp.TryDecodeKey("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        Assert.Equal(RfcKey, Totp.TryDecodeKey("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"));
        Assert.Equal("01234567890"u8.ToArray(), Totp.TryDecodeKey("GAYTEMZUGU3DOOBZGA======"));
        Assert.Null(Totp.TryDecodeKey("GEZDGNBV"));
        Assert.Null(Totp.TryDecodeKey("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"));
        Assert.Null(Totp.TryDecodeKey(""));
    }
}
