using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

public sealed class AssociatedDataTests
{
    [Fact]
    public void Each_part_is_its_length_and_its_bytes() =>
        Assert.Equal("0000000141000000000000000" + "3e282ac", Convert.ToHexStringLower(AssociatedData.Build("A", "", "€")));

    [Theory]
    [InlineData(new[] { "ab", "c" }, new[] { "a", "bc" })]
    [InlineData(new[] { "a", "" }, new[] { "", "a" })]
    [InlineData(new[] { "a" }, new[] { "a", "" })]
    [InlineData(new[] { "a|b" }, new[] { "a", "b" })]
    public void Moving_a_border_between_parts_changes_the_bytes(string[] left, string[] right) =>
        Assert.NotEqual(AssociatedData.Build(left), AssociatedData.Build(right));

    [Fact]
    public void Different_parts_are_never_the_same_bytes()
    {
        // Parts of few characters, so that borders and contents nearly collide often.
        Gen<string[]> parts = Gen.ArrayOf(Gen.Elements("", "a", "aa", "\0", "\0\0\0\u0001", "a\0\0\0\u0001a"));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(
                Arb.From(parts),
                Arb.From(parts),
                (left, right) => AssociatedData.Build(left).AsSpan().SequenceEqual(AssociatedData.Build(right)) == left.SequenceEqual(right)));
    }

    [Fact]
    public void Saboteur_joining_by_a_separator_is_caught_by_the_border_test() =>
        Assert.Equal(string.Join('|', "a|b"), string.Join('|', "a", "b"));

    [Fact]
    public void Text_that_has_no_one_encoding_is_refused() =>
        Assert.Throws<EncoderFallbackException>(() => AssociatedData.Build("a\ud800"));
}
