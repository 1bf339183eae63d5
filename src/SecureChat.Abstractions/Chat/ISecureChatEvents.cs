namespace SecureChat;

/// <summary>
/// Application code's ear: implement what you need and register it with <c>AddEvents&lt;T&gt;()</c>. Ids only, never a value.
/// </summary>
/// <remarks>
/// Called on the host that made the change, after the change is stored and audited, in order, at most once per change, with a
/// time limit of 5 seconds. Each listener has a queue of its own: nobody waits for it, and one that hangs loses what does not fit.
/// An exception is logged and changes nothing: a listener cannot veto. Must be thread-safe. May itself use <see cref="ISecureChat"/>.
/// </remarks>
public interface ISecureChatEvents
{
    /// <summary>A visitor submitted a form; its values are sealed.</summary>
    ValueTask FormSubmittedAsync(FormEvent formEvent, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>An agent opened values of a form.</summary>
    ValueTask ValuesOpenedAsync(FormEvent formEvent, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>
    /// An alarm: <see cref="FormEvent.AgentId"/> asked for values that somebody else had opened, or that the same agent had opened in another
    /// browser, and was refused. A second browser is mostly a mistake; one that nobody knows of is a stolen sign-in.
    /// </summary>
    ValueTask OpenedElsewhereAsync(FormEvent formEvent, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Values of a form were destroyed, keys included.</summary>
    ValueTask ValuesDestroyedAsync(FormEvent formEvent, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
