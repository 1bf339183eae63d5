using Microsoft.Extensions.AI;

namespace SecureChat.AI;

/// <summary>The updates of one streamed answer. Text that is held back comes with a later update, before anything that is no text, and before another message begins.</summary>
internal sealed class UpdateStream(ChatMasker texts, ContentMasker contents, int holdBack)
{
    private HeldText? _text;

    private bool _isReasoning;

    private ChatResponseUpdate? _last;

    public IReadOnlyList<ChatResponseUpdate> Write(ChatResponseUpdate update)
    {
        var updates = new List<ChatResponseUpdate>();
        if (_last is not null && (update.MessageId is not null && update.MessageId != _last.MessageId && _last.MessageId is not null || (update.Role is not null && _last.Role is not null && update.Role != _last.Role)))
        {
            AddIf(updates, Complete());
        }

        var masked = new List<AIContent>();
        foreach (AIContent content in update.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    Switch(masked, isReasoning: false);
                    AddText(masked, _text!.Write(text.Text), text);
                    break;
                case TextReasoningContent reasoning:
                    Switch(masked, isReasoning: true);
                    AddReasoning(masked, _text!.Write(reasoning.Text), reasoning.ProtectedData);
                    break;
                case UsageContent:
                    masked.Add(content);
                    break;
                default:
                    Flush(masked);
                    masked.Add(contents.FromModel(content));
                    break;
            }
        }

        if (update.FinishReason is not null)
        {
            Flush(masked);
        }

        ChatResponseUpdate answer = Like(update, masked);
        answer.FinishReason = update.FinishReason;
        answer.ContinuationToken = update.ContinuationToken;
        _last = answer;
        if (masked.Count > 0 || update.FinishReason is not null || update.ContinuationToken is not null || update.Contents.Count == 0)
        {
            updates.Add(answer);
        }

        return updates;
    }

    /// <summary>What is still held; null when nothing is.</summary>
    public ChatResponseUpdate? Complete()
    {
        var rest = new List<AIContent>();
        Flush(rest);
        return rest.Count == 0 || _last is null ? null : Like(_last, rest);
    }

    private static void AddIf(List<ChatResponseUpdate> updates, ChatResponseUpdate? update)
    {
        if (update is not null)
        {
            updates.Add(update);
        }
    }

    // Without the raw representation: it is the text before masking.
    private ChatResponseUpdate Like(ChatResponseUpdate update, List<AIContent> masked)
    {
        ChatResponseUpdate like = update.Clone();
        like.RawRepresentation = null;
        like.FinishReason = null;
        like.ContinuationToken = null;
        like.AuthorName = update.AuthorName is { } name ? texts.Answer(name) : null;
        like.Contents = masked;
        return like;
    }

    private void Switch(List<AIContent> masked, bool isReasoning)
    {
        if (_text is not null && _isReasoning != isReasoning)
        {
            Flush(masked);
        }

        _isReasoning = isReasoning;
        _text ??= new HeldText(texts, holdBack);
    }

    private void Flush(List<AIContent> masked)
    {
        if (_text is null)
        {
            return;
        }

        string rest = _text.Complete();
        _text = null;
        if (rest.Length > 0)
        {
            masked.Add(_isReasoning ? new TextReasoningContent(rest) : new TextContent(rest));
        }
    }

    private void AddText(List<AIContent> masked, string text, TextContent original)
    {
        IList<AIAnnotation>? annotations = contents.Clean(original.Annotations);
        if (text.Length > 0 || annotations is { Count: > 0 })
        {
            masked.Add(new TextContent(text) { Annotations = annotations });
        }
    }

    private static void AddReasoning(List<AIContent> masked, string text, string? protectedData)
    {
        if (text.Length > 0 || protectedData is not null)
        {
            masked.Add(new TextReasoningContent(text) { ProtectedData = protectedData });
        }
    }
}
