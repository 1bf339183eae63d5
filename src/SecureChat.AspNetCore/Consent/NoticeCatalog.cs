using System.Collections.Frozen;

namespace SecureChat.AspNetCore;

/// <summary>
/// The registered privacy notices. A notice's current version is the one whose first registration came last, in whatever order
/// its translations follow. Old versions stay findable, so that a consent given to them can be read years later.
/// </summary>
internal sealed class NoticeCatalog
{
    public const int MaxKeyLength = 64;
    public const int MaxVersionLength = 64;
    public const int MaxLanguageLength = 35;
    public const int MaxTextLength = 20_000;

    private readonly FrozenDictionary<string, Entry> _notices;

    public NoticeCatalog(IEnumerable<PrivacyNotice> notices)
    {
        ArgumentNullException.ThrowIfNull(notices);
        var faults = new List<string>();
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach (PrivacyNotice notice in notices)
        {
            if (Fault(notice) is { } fault)
            {
                faults.Add(fault);
                continue;
            }

            if (!entries.TryGetValue(notice.Key, out Entry? entry))
            {
                entries[notice.Key] = entry = new Entry();
            }

            if (entry.Find(notice.Version, notice.Language) is not { } earlier)
            {
                entry.Add(notice);
            }
            else if (!string.Equals(earlier.Text, notice.Text, StringComparison.Ordinal))
            {
                // One version with two texts would make every consent to it worthless as evidence.
                faults.Add($"Notice \"{notice.Key}\", version \"{notice.Version}\", language \"{notice.Language}\" is registered with two texts: give the changed text a new version.");
            }
        }

        if (faults.Count > 0)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.FormInvalid, string.Join(' ', faults));
        }

        _notices = entries.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public bool Contains(string? key) => key is not null && _notices.ContainsKey(key);

    /// <summary>
    /// The text to show now: the language asked for, then its parents (RFC 4647 lookup), then a variety of the same language, then
    /// the language that was registered first.
    /// </summary>
    public PrivacyNotice? Current(string key, string? language) => Current(key, language is null ? [] : [language]);

    /// <summary>The same for a reader of several languages, best first: the first of them in which there is a text.</summary>
    public PrivacyNotice? Current(string key, IReadOnlyList<string> languages)
    {
        if (key is null || !_notices.TryGetValue(key, out Entry? entry))
        {
            return null;
        }

        foreach (string language in languages)
        {
            if (entry.CurrentIn(language) is { } notice)
            {
                return notice;
            }
        }

        return entry.First();
    }

    /// <summary>Any registered version, old ones included; <see langword="null"/> when it is not registered.</summary>
    public PrivacyNotice? Find(string key, string version, string language) =>
        key is not null && version is not null && language is not null && _notices.TryGetValue(key, out Entry? entry)
            ? entry.Find(version, language)
            : null;

    /// <summary>
    /// The registered notice a submission says it was shown, if that is what is current; otherwise <see langword="null"/>, and the
    /// visitor is asked again (E28). Consent records copy from the answer, not from the caller's text.
    /// </summary>
    public PrivacyNotice? FindShown(string? key, string? version, string? language, string? sha256)
    {
        if (key is null || version is null || language is null || sha256 is null
            || !_notices.TryGetValue(key, out Entry? entry)
            || !string.Equals(entry.CurrentVersion, version, StringComparison.Ordinal))
        {
            return null;
        }

        PrivacyNotice? notice = entry.Find(version, language);
        return notice is not null && string.Equals(notice.Sha256, sha256, StringComparison.Ordinal) ? notice : null;
    }

    /// <summary>Whether a submission names the current version, in one of its languages, with the hash of its text.</summary>
    public bool Matches(string? key, string? version, string? language, string? sha256) => FindShown(key, version, language, sha256) is not null;

    private static string? Fault(PrivacyNotice notice)
    {
        if (!PlainText.IsKey(notice.Key, MaxKeyLength, allowDotsAndUnderscores: true))
        {
            return $"Notice {PlainText.Quote(notice.Key)}: the key must be 1 to {MaxKeyLength} characters of a-z 0-9 - . _.";
        }

        string name = $"Notice \"{notice.Key}\"";
        if (!PlainText.IsLine(notice.Version, 1, MaxVersionLength))
        {
            return $"{name}: the version must be one line of 1 to {MaxVersionLength} characters, for example 2026-03-01.";
        }

        if (!IsLanguageTag(notice.Language))
        {
            return $"{name}, version \"{notice.Version}\": the language must be a BCP 47 tag, for example en or pt-BR.";
        }

        // Lone surrogates hash as U+FFFD, so two different texts would have one hash.
        return string.IsNullOrWhiteSpace(notice.Text) || notice.Text.Length > MaxTextLength || !PlainText.IsText(notice.Text)
            ? $"{name}, version \"{notice.Version}\", language \"{notice.Language}\": the text must be 1 to {MaxTextLength} characters without control characters."
            : null;
    }

    private static bool IsLanguageTag(string? tag)
    {
        if (tag is not { Length: >= 2 and <= MaxLanguageLength })
        {
            return false;
        }

        foreach (Range range in tag.AsSpan().Split('-'))
        {
            ReadOnlySpan<char> subtag = tag.AsSpan()[range];
            if (subtag.Length is < 1 or > 8)
            {
                return false;
            }

            foreach (char character in subtag)
            {
                if (!char.IsAsciiLetterOrDigit(character))
                {
                    return false;
                }
            }
        }

        return char.IsAsciiLetter(tag[0]) && char.IsAsciiLetter(tag[1]);
    }

    /// <summary>All versions and languages of one notice. Filled while the catalogue is made, read-only afterwards.</summary>
    private sealed class Entry
    {
        private readonly List<PrivacyNotice> _all = [];

        public string CurrentVersion { get; private set; } = "";

        public void Add(PrivacyNotice notice)
        {
            if (!_all.Exists(other => string.Equals(other.Version, notice.Version, StringComparison.Ordinal)))
            {
                CurrentVersion = notice.Version;
            }

            _all.Add(notice);
        }

        public PrivacyNotice? Find(string version, string language) => _all.Find(notice =>
            string.Equals(notice.Version, version, StringComparison.Ordinal)
            && string.Equals(notice.Language, language, StringComparison.OrdinalIgnoreCase));

        /// <summary>The current text in this language, one of its parents or a variety of it; <see langword="null"/> when there is none.</summary>
        public PrivacyNotice? CurrentIn(string language)
        {
            // The tag comes from a browser; anything that is no tag is treated as not stated.
            if (!IsLanguageTag(language))
            {
                return null;
            }

            for (string tag = language; ;)
            {
                if (Find(CurrentVersion, tag) is { } notice)
                {
                    return notice;
                }

                int cut = tag.LastIndexOf('-');
                if (cut < 0)
                {
                    break;
                }

                tag = tag[..cut];
            }

            string primary = language.Split('-', 2)[0] + "-";
            return _all.Find(notice =>
                string.Equals(notice.Version, CurrentVersion, StringComparison.Ordinal)
                && notice.Language.StartsWith(primary, StringComparison.OrdinalIgnoreCase));
        }

        /// <summary>The current text in the language that was registered first.</summary>
        public PrivacyNotice First() => _all.Find(notice => string.Equals(notice.Version, CurrentVersion, StringComparison.Ordinal))!;
    }
}
