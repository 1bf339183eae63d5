using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Consent;

public sealed class NoticeCatalogTests
{
    [Fact]
    public void The_version_registered_last_is_current_and_old_ones_are_found()
    {
        var catalog = new NoticeCatalog([Notice("1", "en"), Notice("2", "en"), Notice("1", "sv"), Notice("2", "sv")]);
        Assert.Equal("2", catalog.Current("payments", "en")!.Version);
        Assert.Equal("2", catalog.Current("payments", "sv")!.Version);
        Assert.Equal("1", catalog.Find("payments", "1", "SV")!.Version);
        Assert.Null(catalog.Find("payments", "3", "en"));
        Assert.Null(catalog.Find("other", "1", "en"));
        Assert.Null(catalog.Current("other", "en"));
        Assert.True(catalog.Contains("payments"));
        Assert.False(catalog.Contains("Payments"));
    }

    [Theory(DisplayName = "E25: the visitor reads the notice in a language as near as there is")]
    [InlineData("en", "en")]
    [InlineData("SV", "sv")]
    [InlineData("sv-FI", "sv")]
    [InlineData("pt-BR", "pt-BR")]
    [InlineData("pt", "pt-BR")]
    [InlineData("pt-PT", "pt-BR")]
    [InlineData("zh-Hant-TW", "zh-Hant")]
    [InlineData("de", "en")]
    [InlineData(null, "en")]
    [InlineData("", "en")]
    [InlineData("p", "en")]
    [InlineData("sv;q=1", "en")]
    [InlineData("../../sv", "en")]
    public void Language_falls_back(string? asked, string shown)
    {
        var catalog = new NoticeCatalog([Notice("1", "en"), Notice("1", "sv"), Notice("1", "pt-BR"), Notice("1", "zh-Hant")]);
        Assert.Equal(shown, catalog.Current("payments", asked)!.Language);
    }

    [Fact]
    public void A_language_that_only_an_old_version_has_shows_the_current_version()
    {
        var catalog = new NoticeCatalog([Notice("1", "en"), Notice("1", "sv"), Notice("2", "en")]);
        Assert.Equal(("2", "en"), (catalog.Current("payments", "sv")!.Version, catalog.Current("payments", "sv")!.Language));
    }

    [Fact(DisplayName = "E28: only the current version with the hash of its text matches what was shown")]
    public void Only_what_is_current_matches()
    {
        PrivacyNotice old = Notice("1", "en");
        PrivacyNotice current = Notice("2", "en");
        PrivacyNotice swedish = Notice("2", "sv");
        var catalog = new NoticeCatalog([old, current, swedish]);
        Assert.True(catalog.Matches("payments", "2", "en", current.Sha256));
        Assert.True(catalog.Matches("payments", "2", "sv", swedish.Sha256));
        Assert.Same(swedish, catalog.FindShown("payments", "2", "SV", swedish.Sha256));
        Assert.False(catalog.Matches("payments", "1", "en", old.Sha256));
        Assert.False(catalog.Matches("payments", "2", "en", old.Sha256));
        Assert.False(catalog.Matches("payments", "2", "en", swedish.Sha256));
        Assert.False(catalog.Matches("payments", "2", "de", current.Sha256));
        Assert.False(catalog.Matches("payments", "2", "en", current.Sha256.ToUpperInvariant()));
        Assert.False(catalog.Matches("payments", "2", "en", ""));
        Assert.False(catalog.Matches(null, "2", "en", current.Sha256));
        Assert.False(catalog.Matches("payments", null, "en", current.Sha256));
        Assert.False(catalog.Matches("payments", "2", null, current.Sha256));
        Assert.False(catalog.Matches("payments", "2", "en", null));
    }

    [Fact]
    public void The_same_notice_twice_is_one_and_one_version_with_two_texts_refuses_to_start()
    {
        Assert.True(new NoticeCatalog([Notice("1", "en"), Notice("1", "en")]).Contains("payments"));
        var fault = Assert.Throws<SecureChatConfigurationException>(() => new NoticeCatalog([Notice("1", "en"), Notice("1", "EN", "changed")]));
        Assert.Same(SecureChatErrors.FormInvalid, fault.Error);
        Assert.Contains("\"payments\", version \"1\"", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("changed text 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_notices_are_reported_together()
    {
        var fault = Assert.Throws<SecureChatConfigurationException>(() => new NoticeCatalog(
        [
            Notice("1", "en", key: "Bad Key"),
            Notice("", "en", key: "no-version"),
            Notice("1", "english please", key: "bad-language"),
            Notice("1", "en", " ", key: "no-text"),
            Notice("1", "en", "lone \uD800", key: "surrogate"),
            Notice("1", "en", new string('x', 20_001), key: "long"),
        ]));
        foreach (string name in (string[])["Bad Key", "no-version", "bad-language", "no-text", "surrogate", "long"])
        {
            Assert.Contains($"\"{name}\"", fault.Message, StringComparison.Ordinal);
        }
    }

    private static PrivacyNotice Notice(string version, string language, string? text = null, string key = "payments") =>
        new() { Key = key, Version = version, Language = language, Text = text ?? $"Text {version}\nin {language.ToUpperInvariant()}" };
}
