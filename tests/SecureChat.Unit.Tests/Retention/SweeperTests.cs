using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Retention;

/// <summary>Deletion that stops silently is the classic failure (E57): no item may keep the others alive.</summary>
public sealed class SweeperTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task E57_rows_that_cannot_be_read_keep_nothing_else_from_being_deleted(int damaged)
    {
        // Without a sweeper of its own: that one's calls would be overtaken by the jump of the clock, and its report could be the last.
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        GuardedRecordStore data = host.Get<SecureChatStores>().Data;
        for (int i = 0; i < damaged; i++)
        {
            // A row of a newer version, or of a damaged disk; due before everything else.
            Assert.True(await data.InsertAsync(
                new StoreRecord
                {
                    Key = new RecordKey { Kind = RecordKinds.Form, Partition = SecureChatId.New(), Id = SecureChatId.New() },
                    DueAt = bed.Time.GetUtcNow().AddHours(-1),
                    Body = "{\"state\":\"unheard-of\"}"u8.ToArray(),
                },
                Token));
        }

        SealedForm form = await host.SubmitNewAsync();
        bed.Time.Advance(TimeSpan.FromMinutes(31));

        await host.SweepAsync();

        Assert.All((await host.FormAsync(form)).Values, static value =>
        {
            Assert.Equal((SealedValueState.Destroyed, DestroyReason.Expired), (value.State, value.Reason));
            Assert.NotNull(value.KeyDestroyedAt);
        });
        (DateTimeOffset at, DateTimeOffset? oldest, int failed, int unreadable, _) = host.Get<SweepState>().Last!.Value;
        Assert.Equal((damaged, damaged), (failed, unreadable));
        Assert.True(at - oldest > TimeSpan.FromHours(1), string.Create(CultureInfo.InvariantCulture, $"the health check must see the damaged rows, oldest was {oldest}"));
    }

    [Fact]
    public async Task E57_sweepers_of_several_hosts_at_once_end_each_value_once_and_none_counts_a_failure()
    {
        const int rounds = 40, hosts = 4, forms = 4;
        for (int round = 0; round < rounds; round++)
        {
            var listener = new DestructionListener();
            await using var bed = new ProductBed { Services = services => services.AddSingleton<ISecureChatEvents>(listener) };
            var all = new List<BedHost>();
            for (int i = 0; i < hosts; i++)
            {
                all.Add(await bed.StartHostAsync());
            }

            var sealedForms = new List<SealedForm>();
            for (int i = 0; i < forms; i++)
            {
                sealedForms.Add(await all[i].SealAsync());
            }

            bed.Time.Advance(TimeSpan.FromMinutes(31));
            await Task.WhenAll(all.Select(static host => Task.Run(host.SweepAsync, Token)));

            Assert.All(all, host => Assert.True(
                host.Get<SweepState>().Last!.Value.Failed == 0,
                $"round {round}: {string.Join(", ", host.Logs.Entries.Where(static entry => entry.Level >= LogLevel.Warning))}"));
            foreach (SealedForm form in sealedForms)
            {
                Assert.All((await all[0].FormAsync(form)).Values, static value => Assert.NotNull(value.KeyDestroyedAt));
            }

            string[] destroyed = [.. (await all[0].AuditAsync()).Where(static entry => entry.Action == AuditAction.ValuesDestroyed).SelectMany(static entry => entry.ValueIds)];
            string[] expected = [.. sealedForms.SelectMany(static form => form.ValueIds).Order(StringComparer.Ordinal)];
            Assert.Equal(expected, destroyed.Order(StringComparer.Ordinal));

            foreach (BedHost host in all)
            {
                await host.Get<FormNotifier>().StartAsync(Token);
                await host.Get<FormNotifier>().StopAsync(Token);
            }

            Assert.Equal(expected, listener.ValueIds.Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("get-time", "")]
    [InlineData("delete", RecordKinds.SingleUse)]
    [InlineData("delete", RecordKinds.ReleaseKey)]
    public async Task E57_a_step_of_a_round_that_fails_keeps_the_others_from_nothing_and_health_counts_it(string operation, string kind)
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        foreach (string used in new[] { RecordKinds.SingleUse, RecordKinds.Attempts })
        {
            Assert.True(await host.Get<SecureChatStores>().Data.InsertAsync(
                new StoreRecord
                {
                    Key = new RecordKey { Kind = used, Partition = SecureChatId.New(), Id = SecureChatId.New() },
                    DueAt = bed.Time.GetUtcNow().AddMinutes(1),
                    Body = "1"u8.ToArray(),
                },
                Token));
        }

        bed.Time.Advance(TimeSpan.FromMinutes(31));
        bed.Data.Before = bed.Keys.Before = call => call.Operation == operation && (kind.Length == 0 || call.Kind == kind) ? throw new IOException("down") : default;

        await host.SweepAsync();

        Assert.All((await host.FormAsync(form)).Values, static value => Assert.Equal(SealedValueState.Destroyed, value.State));
        Assert.Equal(0, bed.Data.CountOf(RecordKinds.Attempts));
        Assert.True(host.Get<SweepState>().Last!.Value.Failed > 0);

        bed.Data.Before = bed.Keys.Before = null;
        bed.Time.Advance(TimeSpan.FromMinutes(1));
        await host.SweepAsync();
        Assert.Equal(0, host.Get<SweepState>().Last!.Value.Failed);
        Assert.Equal((0, 0), (bed.Data.CountOf(RecordKinds.SingleUse), bed.Keys.CountOf(RecordKinds.ReleaseKey)));
    }

    [Fact]
    public async Task P1_a_scrub_that_masking_again_owes_is_repeated_until_it_is_done()
    {
        await using var bed = new ProductBed();
        BedHost host = await bed.StartHostAsync();
        await host.SweepAsync();
        int scrubs = 0;
        bed.Data.Before = call =>
        {
            scrubs += call.Operation == "scrub" ? 1 : 0;
            return default;
        };
        await host.SweepAsync();
        Assert.Equal(0, scrubs);

        bed.Data.Scrubbed = ScrubResult.Busy;
        Conversation conversation = await host.StartConversationAsync();
        foreach (string part in new[] { "4242 4242", "4242 4242" })
        {
            Assert.True((await host.Get<MessageService>().SendAsync(conversation, MessageSender.Visitor, SecureChatId.New(), part, Token)).IsSuccess);
        }

        Assert.Equal(1, scrubs);
        await host.SweepAsync();
        Assert.Equal(2, scrubs);
        bed.Data.Scrubbed = ScrubResult.Complete;
        await host.SweepAsync();
        await host.SweepAsync();
        Assert.Equal(3, scrubs);
    }

    private sealed class DestructionListener : ISecureChatEvents
    {
        private readonly ConcurrentQueue<string> _valueIds = new();

        public IReadOnlyCollection<string> ValueIds => _valueIds;

        public ValueTask ValuesDestroyedAsync(FormEvent formEvent, CancellationToken cancellationToken)
        {
            foreach (string id in formEvent.ValueIds)
            {
                _valueIds.Enqueue(id);
            }

            return default;
        }
    }
}
