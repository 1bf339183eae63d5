using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;

namespace SecureChat.Host.Tests.Auditing;

/// <summary>Who reads the log is in the log, wherever they begin, and reading it does not make it grow without end.</summary>
public sealed class AuditReadingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reading_is_on_record_wherever_it_begins()
    {
        await using RunningHost host = await StartAsync(new Clock());
        using AgentClient audrey = host.Agent("audrey", "s1", "Auditor"), other = host.Agent("olga", "s2", "Auditor");
        await FillAsync(host, 5);

        await ReadAsync(audrey, 3);
        Assert.Equal(1, await ReadingsAsync(host));
        await ReadAsync(audrey, 2);
        Assert.Equal(2, await ReadingsAsync(host));
        await ReadAsync(other, 3);
        Assert.Equal(3, await ReadingsAsync(host));

        // From the start it is always another reading.
        await ReadAsync(audrey, 0);
        await ReadAsync(audrey, 0);
        Assert.Equal(5, await ReadingsAsync(host));
    }

    [Fact]
    public async Task Reading_on_page_by_page_is_one_reading_and_who_waits_for_news_is_on_record_once_a_minute()
    {
        var clock = new Clock();
        await using RunningHost host = await StartAsync(clock);
        using AgentClient audrey = host.Agent("audrey", "s1", "Auditor");
        await FillAsync(host, 500);

        long at = 0;
        int pages = 0;
        for (long next = -1; next != at; pages++)
        {
            at = Math.Max(at, next);
            next = await ReadAsync(audrey, at);
        }

        Assert.True(pages >= 3, $"{pages}");
        Assert.Equal(1, await ReadingsAsync(host));

        // A page that is asked for again, and waiting at the end, belong to it.
        await ReadAsync(audrey, 200);
        for (int i = 0; i < 20; i++)
        {
            at = await ReadAsync(audrey, at);
        }

        Assert.Equal(1, await ReadingsAsync(host));
        for (int minute = 1; minute <= 3; minute++)
        {
            clock.Advance(AuditReadings.Span);
            for (int i = 0; i < 20; i++)
            {
                at = await ReadAsync(audrey, at);
            }

            Assert.Equal(1 + minute, await ReadingsAsync(host));
        }
    }

    [Fact]
    public async Task E51_Readings_without_end_are_refused_and_not_left_off_the_record()
    {
        await using RunningHost host = await StartAsync(new Clock(), claimsPerMinute: 1);
        using AgentClient audrey = host.Agent("audrey", "s1", "Auditor"), other = host.Agent("olga", "s2", "Auditor");
        await FillAsync(host, 5);
        int read = 0;
        for (int i = 0; i < 40; i++)
        {
            Answer answer = await audrey.GetAsync("chat/agent/audit/entries", Token);
            read += answer.Status == 200 ? 1 : 0;
            Assert.True(answer.Status == 200 || Refusal.Check(answer, "SC6010") is null, answer.Text);
        }

        Assert.InRange(read, 10, 39);
        Assert.Equal(read, await ReadingsAsync(host));
        await ReadAsync(other, 0);
    }

    private static async Task<long> ReadAsync(AgentClient reader, long after)
    {
        JsonArray entries = (await reader.GetAsync($"chat/agent/audit/entries?after={after}", Token)).Ok()["entries"]!.AsArray();
        return entries.Count == 0 ? after : entries[^1]!["sequence"]!.GetValue<long>();
    }

    private static async Task<int> ReadingsAsync(RunningHost host)
    {
        int count = 0;
        for (long after = 0; ;)
        {
            IReadOnlyList<AuditEntry> page = await host.App.Services.GetRequiredService<AuditLog>().ListAsync(after, 200, Token);
            if (page.Count == 0)
            {
                return count;
            }

            count += page.Count(static entry => entry.Action == AuditAction.AuditRead);
            after = page[^1].Sequence;
        }
    }

    private static async Task FillAsync(RunningHost host, int count)
    {
        AuditLog log = host.App.Services.GetRequiredService<AuditLog>();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => log.AppendAsync(
            new AuditFact { Action = AuditAction.MessageMasked, Outcome = AuditOutcome.Succeeded, Actor = ParticipantRole.Visitor }, Token).AsTask()));
    }

    private static Task<RunningHost> StartAsync(Clock clock, int claimsPerMinute = 1000) => RunningHost.StartAsync(path => new TestHostOptions
    {
        Folder = path,
        Configure = options => options.Limits.ClaimsPerAgentPerMinute = claimsPerMinute,
        After = chat => chat.Services.AddSingleton(_ => new AuditReadings(clock)),
    });

    /// <summary>The clock of readings alone: it moves when told.</summary>
    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public void Advance(TimeSpan time) => Interlocked.Add(ref _now, (long)(time.TotalSeconds * TimestampFrequency));
    }
}
