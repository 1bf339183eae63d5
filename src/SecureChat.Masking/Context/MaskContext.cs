namespace SecureChat.Masking;

/// <summary>What was said before a text, as far as it changes what a bare number means. Immutable, thread-safe. Holds no text.</summary>
public sealed class MaskContext
{
    // Replies that a question reaches; later numbers are about something else.
    private const int RepliesToQuestion = 5;

    private const int LongestName = 128;

    private static readonly MaskContext Field = new() { IsConversation = true }, OutwardField = new() { IsConversation = true, Direction = MaskDirection.Out };

    // Most messages follow no question: one context for each sender.
    private static readonly MaskContext[] Plain = [.. Enum.GetValues<ParticipantRole>().Select(static role => new MaskContext { IsConversation = true, Role = role })];

    /// <summary>Nothing was said before.</summary>
    public static MaskContext None { get; } = new();

    /// <summary>Kinds (see <see cref="DataKinds"/>) that the other side's last message asked for. Default: none.</summary>
    /// <exception cref="ArgumentException">A kind is unknown.</exception>
    public IReadOnlyList<string> AskedFor
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            KindSet asked = default;
            foreach (string id in value)
            {
                asked |= KindTable.TryGet(id, out Kind kind) ? KindSet.Of(kind) : throw new ArgumentException($"\"{id}\" is no kind of data.", nameof(value));
            }

            field = value;
            Question = new Meaning { Named = asked };
        }
    }

    = [];

    /// <summary>Whether the same sender's previous message ended in a masked card number, so that a lone expiry and code belong to it. Default: false.</summary>
    public bool FollowsCard { get; init; }

    /// <summary>Who wrote the text, for the rules of a <see cref="MaskingPolicy"/>. Default: null, which is nobody of a conversation.</summary>
    public ParticipantRole? Role { get; init; }

    /// <summary>Which way the text goes, for the rules of a <see cref="MaskingPolicy"/>. Default: <see cref="MaskDirection.In"/>.</summary>
    public MaskDirection Direction { get; init; }

    /// <summary>Reads the context off stored messages, oldest first.</summary>
    /// <param name="recent">Stored (masked) messages before the text.</param>
    /// <param name="sender">Who writes the text; everybody but the visitor counts as one side.</param>
    /// <exception cref="ArgumentNullException"><paramref name="recent"/> is null.</exception>
    public static MaskContext FromRecent(IReadOnlyList<RecentMessage> recent, ParticipantRole sender)
    {
        ArgumentNullException.ThrowIfNull(recent);
        return FromRecent(recent, sender, OwnDetectors.None);
    }

    /// <summary>
    /// Reads the context off the name of the field that holds the text, such as <c>passportNumber</c> or <c>tax_id</c>: words that are joined or set off by capitals. A
    /// bare number in a field whose name says nothing is not taken for one of a person.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public static MaskContext ForField(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ForField(name, MaskDirection.In, OwnDetectors.None);
    }

    /// <summary>The same for a direction, and for an engine with kinds of the host's own.</summary>
    internal static MaskContext ForField(string name, MaskDirection direction, OwnDetectors own)
    {
        Span<char> words = stackalloc char[2 * LongestName];
        int length = 0;
        for (int i = 0; i < Math.Min(name.Length, LongestName); i++)
        {
            bool isText = char.IsLetterOrDigit(name[i]);
            if (isText && i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                words[length++] = ' ';
            }

            words[length++] = isText ? name[i] : ' ';
        }

        Meaning meaning = ContextWords.AllIn(words[..length]);
        IReadOnlyList<string> asked = own.IsEmpty ? [] : own.AskedIn(words[..length].ToString());
        if ((meaning.Named & Topics.Kinds).IsEmpty && meaning.Shared.IsEmpty && asked.Count == 0)
        {
            return direction == MaskDirection.In ? Field : OutwardField;
        }

        // "passwordChangedAt" holds none.
        bool holdsPassword = PasswordDetector.IsName(words[..length]);
        meaning.Named &= holdsPassword ? KindSet.All : ~KindSet.Of(Kind.Password);
        string[] known = [.. KindTable.All.Where(meaning.Named.Has).Select(KindTable.IdOf)];
        return new MaskContext { IsConversation = true, Direction = direction, AskedFor = known, AskedForOwn = [.. known, .. asked], Question = meaning, HoldsPassword = holdsPassword };
    }

    /// <summary>The same, for an engine with kinds of the host's own.</summary>
    internal static MaskContext FromRecent(IReadOnlyList<RecentMessage> recent, ParticipantRole sender, OwnDetectors own)
    {
        bool followsCard = false;
        int replies = 0;
        for (int i = recent.Count - 1; i >= 0 && replies <= RepliesToQuestion; i--)
        {
            RecentMessage message = recent[i];
            if (IsSameSide(message.Sender, sender))
            {
                followsCard |= replies == 0 && message.Sender == sender && EndsInMaskedCard(message.Text);
                replies++;
                continue;
            }

            // A system notice between question and answer takes nothing back.
            if (message.Sender == ParticipantRole.System)
            {
                continue;
            }

            return Create(message.Text, sender, followsCard, own);
        }

        return followsCard ? new MaskContext { FollowsCard = true, IsConversation = true, Role = sender } : InConversation(sender);
    }

    /// <summary>The type only.</summary>
    public override string ToString() => nameof(MaskContext);

    /// <summary>
    /// Whether the text is a message to somebody, so that what was said before tells what a bare number is. Otherwise a text that is
    /// nothing but a number with right check digits is taken for what it looks like.
    /// </summary>
    internal bool IsConversation { get; init; }

    /// <summary>Whether the text is the value of a field for passwords.</summary>
    internal bool HoldsPassword { get; private init; }

    /// <summary>Whether a text without a digit or a word for a secret may hold a value all the same.</summary>
    internal bool ReadsWords => HoldsPassword || Asks(Kind.Password) || Asks(Kind.SwiftBic);

    /// <summary>What the question speaks of.</summary>
    internal Meaning Question { get; private init; }

    /// <summary>What was asked for, with the host's own kinds.</summary>
    internal IReadOnlyList<string> AskedForOwn
    {
        get => field ?? AskedFor;
        private init;
    }

    /// <summary>The same, but nothing was asked.</summary>
    internal MaskContext WithoutQuestion() => new() { IsConversation = IsConversation, FollowsCard = FollowsCard, Role = Role, Direction = Direction };

    /// <summary>The same for a part of the field's value.</summary>
    internal MaskContext WithoutPassword() =>
        !HoldsPassword ? this : new() { IsConversation = IsConversation, FollowsCard = FollowsCard, Role = Role, Direction = Direction, AskedFor = AskedFor, AskedForOwn = AskedForOwn, Question = Question };

    internal bool Asks(Kind kind) => Question.Named.Has(kind);

    private static MaskContext InConversation(ParticipantRole sender) =>
        (int)sender >= 0 && (int)sender < Plain.Length ? Plain[(int)sender] : new MaskContext { IsConversation = true, Role = sender };

    private static MaskContext Create(string question, ParticipantRole sender, bool followsCard, OwnDetectors own)
    {
        using FoldedText folded = FoldedText.Create(question, readUrlEscapes: false);
        Meaning meaning = ContextWords.AllIn(folded.Chars);
        IReadOnlyList<string> asked = own.IsEmpty ? [] : own.AskedIn(question);
        if ((meaning.Named & Topics.Kinds).IsEmpty && meaning.Shared.IsEmpty && !followsCard && asked.Count == 0)
        {
            return InConversation(sender);
        }

        string[] known = [.. KindTable.All.Where(meaning.Named.Has).Select(KindTable.IdOf)];
        return new MaskContext
        {
            IsConversation = true,
            Role = sender,
            AskedFor = known,
            AskedForOwn = asked.Count == 0 ? known : [.. known, .. asked],
            FollowsCard = followsCard,
            Question = meaning,
        };
    }

    private static bool IsSameSide(ParticipantRole one, ParticipantRole other) =>
        one != ParticipantRole.System && (one == ParticipantRole.Visitor) == (other == ParticipantRole.Visitor);

    // At least eight mask characters and then at most four digits, the form in which the engine leaves a card.
    private static bool EndsInMaskedCard(ReadOnlySpan<char> text)
    {
        int masks = 0;
        int digits = 0;
        int steps = 0;
        for (int i = text.Length - 1; i >= 0 && steps < 64; i--, steps++)
        {
            char c = text[i];
            if (Characters.IsMask(c) || c == '*')
            {
                masks++;
            }
            else if (char.IsAsciiDigit(c) && masks == 0)
            {
                digits++;
            }
            else if (char.IsLetterOrDigit(c) && (masks > 0 || digits > 0))
            {
                break;
            }
        }

        return masks >= 8 && digits <= 4;
    }
}
