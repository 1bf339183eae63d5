using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Host.Tests;

/// <summary>
/// Somebody who has a copy of the data, the key store of today with its key ring, and the product's own code: tries every key on
/// everything. Counts what opens.
/// </summary>
internal sealed class Burglar(RunningHost host)
{
    private string Application => host.App.Services.GetRequiredService<ApplicationIdentity>().Value;

    /// <summary>Every release key and conversation key that the key store holds, unwrapped.</summary>
    public IReadOnlyList<byte[]> Keys()
    {
        KeyRing ring = host.App.Services.GetRequiredService<KeyRing>();
        var keys = new List<byte[]>();
        string path = Path.Combine(host.Folder, StoreFiles.Keys);
        foreach (Row row in StoreFiles.Rows(path, RecordKinds.ReleaseKey))
        {
            keys.Add(ring.Unwrap(row.Body, AssociatedData.Build("SecureChat release key v1", Application, row.Id, row.Partition)));
        }

        foreach (Row row in StoreFiles.Rows(path, RecordKinds.ConversationKey))
        {
            keys.Add(ring.Unwrap(row.Body, AssociatedData.Build("SecureChat conversation key v1", Application, row.Partition)));
        }

        return keys;
    }

    /// <summary>Sealed values of a conversation's forms that any key opens, and how many there are.</summary>
    public (int Opened, int Sealed) TryValues(string conversationId)
    {
        IReadOnlyList<byte[]> keys = Keys();
        int opened = 0, found = 0;
        foreach (Row row in StoreFiles.Rows(Path.Combine(host.Folder, StoreFiles.Data), RecordKinds.Form).Where(row => row.Partition == conversationId))
        {
            FormRecord form = JsonSerializer.Deserialize<FormRecord>(RecordMacs.Json(row.Body), SecureChatJson.Options)!;
            foreach (FormValue value in form.Values.Where(static value => value.Ciphertext is not null))
            {
                var context = new ValueContext
                {
                    ApplicationId = Application,
                    ConversationId = form.ConversationId,
                    RequestId = form.RequestId,
                    ValueId = value.ValueId,
                    FieldKey = value.FieldKey,
                    DataClass = value.DataClass,
                    Policy = string.Create(CultureInfo.InvariantCulture, $"{value.ExpiresAt.ToUnixTimeMilliseconds()}/{(value.SingleDelivery ? "single" : "window")}"),
                };
                found++;
                opened += keys.Any(key => ValueCipher.TryOpen(key, context, value.Ciphertext, out _)) ? 1 : 0;
            }
        }

        return (opened, found);
    }

    /// <summary>Events of a conversation that any key opens, and how many there are.</summary>
    public (int Opened, int Sealed) TryTranscript(string conversationId)
    {
        IReadOnlyList<byte[]> keys = Keys();
        int opened = 0, found = 0;
        foreach (Row row in StoreFiles.Rows(Path.Combine(host.Folder, StoreFiles.Data), RecordKinds.ConversationEvent).Where(row => row.Partition == conversationId))
        {
            string sequence = SequenceId.Parse(row.Id).ToString(CultureInfo.InvariantCulture);
            byte[] data = AssociatedData.Build("SecureChat message v1", Application, conversationId, sequence);
            byte[] text = new byte[CommittedAead.PlaintextLength(ConversationKeys.SaltLength, row.Body.Length)];
            found++;
            opened += keys.Any(key => CommittedAead.TryOpen(ConversationKeys.Magic, ConversationKeys.SaltLength, key, data, row.Body, text)) ? 1 : 0;
        }

        return (opened, found);
    }
}
