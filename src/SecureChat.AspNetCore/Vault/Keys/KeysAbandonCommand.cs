namespace SecureChat.AspNetCore;

/// <summary>
/// <c>keys abandon --yes</c>: the second way out of a lost key ring. Marks every value that can no longer be opened as destroyed,
/// audits it, and lets the next start make new keys.
/// </summary>
internal sealed class KeysAbandonCommand(IServiceProvider services) : IHostCommand
{
    public string Name => "keys abandon";

    public string Usage => "keys abandon --yes           gives up lost keys for good: unreadable values are marked destroyed and audited";

    public bool NeedsStartupSteps => false;

    public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not ["--yes"])
        {
            await output.WriteLineAsync(Usage);
            await output.WriteLineAsync("Stop every host first. What is sealed now, and every transcript, is unreadable for good afterwards.");
            return 2;
        }

        // New keys first: pseudonyms, and with them the audit log, need a ring. Safe to repeat: the ring remembers what was given up.
        KeyRing ring = services.GetRequiredService<KeyRing>();
        await ring.AbandonAsync(cancellationToken);
        await ring.StartAsync(cancellationToken);

        SecureChatStores stores = services.GetRequiredService<SecureChatStores>();
        FormRecords forms = services.GetRequiredService<FormRecords>();
        Conversations conversations = services.GetRequiredService<Conversations>();
        AuditLog audit = services.GetRequiredService<AuditLog>();
        services.GetRequiredService<RecordMacs>().AcceptsAny = true;
        int values = 0;
        int transcripts = 0;
        int damaged = 0;
        await foreach (StoreRecord form in LivingRecords.ListAsync(stores.Data, RecordKinds.Form, cancellationToken))
        {
            if (CanRead(form, forms.Read))
            {
                values += await AbandonFormAsync(forms, audit, form, cancellationToken);
            }
            else
            {
                // Nothing can be said of its values, but a ring that turns up again must not find their keys either.
                await services.GetRequiredService<ReleaseKeys>().DestroyAllAsync(form.Key.Partition, cancellationToken);
                damaged++;
            }
        }

        // What waited for a consent is lost like what had one; its keys go with its record.
        await foreach (StoreRecord kept in LivingRecords.ListAsync(stores.Data, RecordKinds.KeptValue, cancellationToken))
        {
            await services.GetRequiredService<ReleaseKeys>().DestroyAllAsync(kept.Key.Partition, cancellationToken);
            await audit.AppendAsync(
                new AuditFact
                {
                    Id = SecureChatId.Derive(kept.Key.Id, 2),
                    Action = AuditAction.ValuesDestroyed,
                    Outcome = AuditOutcome.Succeeded,
                    Actor = ParticipantRole.System,
                    ConversationId = kept.Key.Partition,
                    ValueIds = [kept.Key.Id],
                    Reason = DestroyReason.Undecryptable,
                },
                cancellationToken);
            await services.GetRequiredService<KeptValues>().ForgetAllAsync(kept.Key.Partition, cancellationToken);
            values++;
        }

        await foreach (StoreRecord conversation in LivingRecords.ListAsync(stores.Data, RecordKinds.Conversation, cancellationToken))
        {
            if (CanRead(conversation, conversations.Read))
            {
                transcripts += await conversations.AbandonAsync(conversation.Key.Partition, cancellationToken) ? 1 : 0;
                await forms.RewriteAllAsync(conversation.Key.Partition, cancellationToken);
            }
            else
            {
                await conversations.AbandonUnreadableAsync(conversation.Key.Partition, cancellationToken);
                damaged++;
            }
        }

        await ScrubAsync(cancellationToken);
        await audit.AppendAsync(
            new AuditFact { Action = AuditAction.KeysAbandoned, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.System }, cancellationToken);
        await output.WriteLineAsync(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"Abandoned the old keys. {values} unreadable values and {transcripts} transcripts are marked destroyed. Start the host again."));
        if (damaged > 0)
        {
            await output.WriteLineAsync(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{damaged} records could not be read and stay as they are; their keys are destroyed. The health check securechat-retention counts them once they are due."));
        }

        return 0;
    }

    /// <summary>A row of a damaged disk must not keep the values behind it from being given up.</summary>
    private static bool CanRead<T>(StoreRecord record, Func<StoreRecord, T> read)
    {
        try
        {
            read(record);
            return true;
        }
        catch (SecureChatStoreException)
        {
            return false;
        }
    }

    private async ValueTask<int> AbandonFormAsync(FormRecords forms, AuditLog audit, StoreRecord record, CancellationToken cancellationToken)
    {
        string conversationId = record.Key.Partition;
        string requestId = record.Key.Id;
        await forms.ApplyAsync(conversationId, requestId, new FormCommand.Cancel { Actor = ParticipantRole.System }, cancellationToken);
        FormTransition? destroyed = await forms.ApplyAsync(
            conversationId, requestId, new FormCommand.Destroy { Reason = DestroyReason.Undecryptable }, cancellationToken);
        if (destroyed is null)
        {
            return 0;
        }

        // Here too "deleted" is said last: a ring that turns up again later must find no wrapped key, in no file.
        await services.GetRequiredService<ReleaseKeys>().DestroyAllAsync(conversationId, cancellationToken);
        await ScrubAsync(cancellationToken);
        string[] ids = [.. destroyed.Record.Values.Where(static value => value.NeedsKeyDestruction).Select(static value => value.ValueId)];
        await forms.ApplyAsync(conversationId, requestId, new FormCommand.KeysDestroyed { ValueIds = ids }, cancellationToken);

        // The transcript's key is lost as well, so these facts go to the audit log alone.
        foreach (FormFact fact in destroyed.Record.Pending)
        {
            await audit.AppendAsync(
                new AuditFact
                {
                    Action = fact.Action,
                    Outcome = AuditOutcome.Succeeded,
                    Actor = fact.Actor,
                    ActorId = fact.ActorId,
                    ConversationId = conversationId,
                    RequestId = requestId,
                    ValueIds = fact.ValueIds,
                    Reason = fact.Reason,
                },
                cancellationToken);
        }

        await forms.ApplyAsync(conversationId, requestId, new FormCommand.Told { Number = destroyed.Record.Revision }, cancellationToken);
        return destroyed.Destroyed.Count;
    }

    /// <summary>Removes old copies from the stores' own files. Busy means that a host still runs.</summary>
    private async ValueTask ScrubAsync(CancellationToken cancellationToken)
    {
        SecureChatStores stores = services.GetRequiredService<SecureChatStores>();
        foreach (GuardedRecordStore store in new[] { stores.Keys, stores.Data })
        {
            if (await store.ScrubAsync(cancellationToken) != ScrubResult.Complete)
            {
                throw new SecureChatStoreException(store.Description.Name, "scrub", isTransient: true);
            }
        }
    }
}
