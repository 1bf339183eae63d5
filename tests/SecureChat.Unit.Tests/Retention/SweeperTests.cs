using System.Globalization;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Retention;

/// <summary>Deletion that stops silently is the classic failure (E57): no item may keep the others alive.</summary>
public sealed class SweeperTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    public async Task E57_rows_that_cannot_be_read_keep_nothing_else_from_being_deleted(int damaged)
    {
        await using ProductHost host = await ProductHost.StartAsync(static setup => setup.Options = static options => options.Lifetimes.SweepInterval = TimeSpan.FromMinutes(5));
        GuardedRecordStore data = host.Get<SecureChatStores>().Data;
        for (int i = 0; i < damaged; i++)
        {
            // A row of a newer version, or of a damaged disk; due before everything else.
            Assert.True(await data.InsertAsync(
                new StoreRecord
                {
                    Key = new RecordKey { Kind = RecordKinds.Form, Partition = SecureChatId.New(), Id = SecureChatId.New() },
                    DueAt = host.Time.GetUtcNow().AddHours(-1),
                    Body = "{\"state\":\"unheard-of\"}"u8.ToArray(),
                },
                Token));
        }

        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        Assert.True((await host.SubmitAsync(conversationId, requestId)).IsSuccess);
        host.Time.Advance(TimeSpan.FromMinutes(31));

        // The second round looks past what failed in the first.
        Sweeper sweeper = host.Get<Sweeper>();
        for (int round = 0; round < 1 + (damaged / 100); round++)
        {
            await sweeper.SweepAsync(Token);
        }

        FormRecord form = await host.FormAsync(conversationId, requestId);
        Assert.All(form.Values, static value =>
        {
            Assert.Equal((SealedValueState.Destroyed, DestroyReason.Expired), (value.State, value.Reason));
            Assert.NotNull(value.KeyDestroyedAt);
        });
        (DateTimeOffset at, DateTimeOffset? oldest, int failed) = host.Get<SweepState>().Last!.Value;
        Assert.Equal(damaged, failed);
        Assert.True(at - oldest > TimeSpan.FromHours(1), string.Create(CultureInfo.InvariantCulture, $"the health check must see the damaged rows, oldest was {oldest}"));
    }
}
