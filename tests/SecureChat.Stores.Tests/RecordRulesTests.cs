using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace SecureChat.Stores.Tests;

public sealed class RecordRulesTests
{
    [Fact]
    public void Names_compare_as_their_utf8_bytes()
    {
        Gen<string> rune = Gen.OneOf(
            Gen.Choose(1, 0x7F),
            Gen.Choose(0x80, 0xD7FF),
            Gen.Choose(0xE000, 0xFFFF),
            Gen.Choose(0x10000, 0x10FFFF)).Select(static code => new Rune(code).ToString());
        Gen<string> name = Gen.ListOf(Gen.OneOf(rune, Gen.Elements("a", "\U0001F4B3", "\uFFFD"))).Select(string.Concat);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(name.ToArbitrary(), name.ToArbitrary(), static (left, right) =>
                Math.Sign(RecordRules.Compare(left, right))
                == Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)))));
    }

    [Fact]
    public void Refusals_do_not_repeat_what_was_refused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => RecordRules.ThrowIfInvalid("kind", "secret\0"));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }
}
