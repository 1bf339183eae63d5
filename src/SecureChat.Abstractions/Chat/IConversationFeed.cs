namespace SecureChat;

/// <summary>
/// Carries hints between the hosts that share a store: that a conversation has something new. Never content: whoever hears a hint reads
/// the store, which is the truth. Comes with a shared store (<c>UsePostgreSql</c>); without one, each host looks at the store every second.
/// </summary>
/// <remarks>
/// <para><b>Duties.</b> A hint may be lost, doubled, late or out of order; a host looks by itself every ten seconds, so a lost one costs
/// that and never an event. A hint may be forged by whoever can write to the carrier: it makes hosts read, and nothing else.</para>
/// <para><b>Errors.</b> Any fault is an exception; the hint is then lost, and the host that listens begins again.
/// <b>Threads.</b> <see cref="AnnounceAsync"/> is called by one caller at a time, beside one <see cref="ListenAsync"/>.</para>
/// </remarks>
public interface IConversationFeed
{
    /// <summary>Most hints in one call of <see cref="AnnounceAsync"/>.</summary>
    const int MaxBatch = 100;

    /// <summary>Tells the other hosts. Whether it tells this one too does not matter.</summary>
    /// <param name="hints">1 to <see cref="MaxBatch"/> of them, each conversation once.</param>
    /// <param name="cancellationToken">Ends the waiting; the hints are then lost.</param>
    ValueTask AnnounceAsync(IReadOnlyList<ConversationHint> hints, CancellationToken cancellationToken);

    /// <summary>Listens until the token is cancelled, or throws when it can hear no more.</summary>
    /// <param name="listening">Called once when hints that are announced from now on will be heard.</param>
    /// <param name="heard">Called for each hint, one after the other. Returns at once and does not throw.</param>
    /// <param name="cancellationToken">Ends the listening with an <see cref="OperationCanceledException"/>.</param>
    ValueTask ListenAsync(Action listening, Action<ConversationHint> heard, CancellationToken cancellationToken);
}
