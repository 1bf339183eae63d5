using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureChat.AspNetCore;
using SecureChat.Driver;
using SecureChat.TestHost;
using SecureChat.Testing;

namespace SecureChat.Host.Tests.Auditing;

/// <summary>E52: the log in the files of a whole host, damaged in every way a hand can damage it, and what <c>audit verify</c> says.</summary>
public sealed class AuditFileTests(AuditFileTests.Fixture fixture) : IClassFixture<AuditFileTests.Fixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_untouched_log_verifies_against_its_exported_heads_and_so_do_its_JSON_Lines()
    {
        using TempFolder folder = fixture.Copy();

        string said = await HostCommands.RunAsync(folder.Path, "audit", "verify", "--head", Head(folder));

        AuditVerification files = await VerifyLinesAsync(folder);
        Assert.True(files.IsIntact, files.ToString());
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"OK: {files.Count} entries, head {files.HeadHash}"), said, StringComparison.Ordinal);
        Assert.Contains("exported heads", said, StringComparison.Ordinal);
        Assert.True(files.HeadsCompared > 0);
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_fails_and_the_first_missing_entry_is_named()
    {
        using TempFolder folder = fixture.Copy();
        long last = Pages(folder).Max();
        Execute(folder, "DELETE FROM record WHERE kind = 'audit-page' AND id = $id", ("$id", SequenceId.Format(last)));

        string said = await HostCommands.RunAsync(folder.Path, "audit", "verify", "--head", Head(folder));

        AssertBroken(last, "the end of the log was cut off", said);
    }

    [Fact]
    public async Task Saboteur_without_an_exported_head_a_cut_tail_looks_whole_and_the_command_says_that_it_cannot_see_it()
    {
        using TempFolder folder = fixture.Copy();
        File.Delete(Head(folder));
        Execute(folder, "DELETE FROM record WHERE kind = 'audit-page' AND id = $id", ("$id", SequenceId.Format(Pages(folder).Max())));

        string said = await HostCommands.RunAsync(folder.Path, "audit", "verify");

        Assert.StartsWith("OK: ", said, StringComparison.Ordinal);
        Assert.Contains("a cut tail or a log written anew as a whole would not be seen", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_was_taken_out_fails_and_its_first_entry_is_named()
    {
        using TempFolder folder = fixture.Copy();
        long[] pages = Pages(folder);
        long middle = pages[pages.Length / 2];
        Execute(folder, "DELETE FROM record WHERE kind = 'audit-page' AND id = $id", ("$id", SequenceId.Format(middle)));

        AssertBroken(middle, "the entry is missing", await HostCommands.RunAsync(folder.Path, "audit", "verify"));
    }

    [Fact]
    public async Task A_log_that_was_written_anew_as_a_whole_fails_although_its_chain_is_right()
    {
        using TempFolder folder = fixture.Copy();
        using TempFolder other = await Fixture.LiveAsync();
        Execute(folder, "DELETE FROM record WHERE kind = 'audit-page'");
        Execute(
            folder,
            "ATTACH $other AS other; INSERT INTO record SELECT * FROM other.record WHERE kind = 'audit-page'",
            ("$other", StoreSnapshot.DataFile(other.Path)));

        // By itself the new log is flawless: that is what the heads are for.
        string alone = await HostCommands.RunAsync(folder.Path, "audit", "verify", "--head", Head(other));
        Assert.StartsWith("OK: ", alone, StringComparison.Ordinal);
        string said = await HostCommands.RunAsync(folder.Path, "audit", "verify", "--head", Head(folder));

        Assert.StartsWith("BROKEN at entry ", said, StringComparison.Ordinal);
        Assert.Contains("the log was rewritten", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_that_was_flipped_in_a_row_fails_wherever_it_stands_and_its_entry_is_named()
    {
        var random = new Random(20260102);
        int count = 0;
        foreach (long page in fixture.PageIds)
        {
            using TempFolder folder = fixture.Copy();
            byte[] body = Body(folder, page);
            int at = random.Next(body.Length);
            body[at] ^= (byte)(1 << random.Next(8));
            Execute(folder, "UPDATE record SET body = $body WHERE kind = 'audit-page' AND id = $id", ("$body", body), ("$id", SequenceId.Format(page)));

            // The entry whose line holds the byte, or the one behind it when the byte is the chain value or the line's end.
            long entry = page + body.AsSpan(0, at).Count((byte)'\n');
            string said = await HostCommands.RunAsync(folder.Path, "audit", "verify");
            Assert.StartsWith($"BROKEN at entry {entry.ToString(CultureInfo.InvariantCulture)}: ", said, StringComparison.Ordinal);
            count++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count} flipped bits, seed 20260102");
    }

    [Fact]
    public async Task A_byte_that_was_flipped_in_the_database_file_itself_fails_and_its_entry_is_named()
    {
        using TempFolder folder = fixture.Copy();
        string file = StoreSnapshot.DataFile(folder.Path);
        long page = fixture.PageIds[fixture.PageIds.Length / 2];
        byte[] needle = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(Body(folder, page), 0, 40));
        byte[] bytes = await File.ReadAllBytesAsync(file, Token);
        int at = bytes.AsSpan().IndexOf(needle);
        Assert.True(at > 0, "The page is not in the file as it is in the row.");

        // The last letter of the entry's own random id, which stands right at the beginning.
        bytes[at + needle.Length - 1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Token);

        AssertBroken(page, "", await HostCommands.RunAsync(folder.Path, "audit", "verify"));
    }

    [Fact]
    public async Task A_row_that_was_written_over_with_the_same_bytes_fails_because_pages_are_written_once()
    {
        using TempFolder folder = fixture.Copy();
        Execute(folder, "UPDATE record SET version = 2 WHERE kind = 'audit-page' AND id = $id", ("$id", SequenceId.Format(1)));

        AssertBroken(1, "its page was written over", await HostCommands.RunAsync(folder.Path, "audit", "verify"));
    }

    [Fact]
    public async Task A_flipped_byte_a_missing_line_and_a_cut_file_fail_in_the_JSON_Lines_too()
    {
        using TempFolder folder = fixture.Copy();
        string file = Directory.GetFiles(Path.Combine(folder.Path, "audit")).Single();
        string[] lines = await File.ReadAllLinesAsync(file, Token);

        await File.WriteAllTextAsync(file, string.Concat(lines.Select(static (line, index) => (index == 2 ? line.Replace("\"action\":", "\"action\":1", StringComparison.Ordinal) : line) + "\n")), Token);
        AuditVerification changed = await VerifyLinesAsync(folder);
        Assert.Equal((3L, AuditFault.Hash), (changed.Broken?.Sequence ?? 0, changed.Broken?.Fault));

        await File.WriteAllTextAsync(file, string.Concat(lines.Where(static (_, index) => index != 4).Select(static line => line + "\n")), Token);
        AuditVerification missing = await VerifyLinesAsync(folder);
        Assert.Equal((5L, AuditFault.Gap), (missing.Broken?.Sequence ?? 0, missing.Broken?.Fault));

        await File.WriteAllTextAsync(file, string.Concat(lines[..^1].Select(static line => line + "\n")), Token);
        AuditVerification cut = await VerifyLinesAsync(folder);
        Assert.Equal((lines.Length, AuditFault.TailCut), ((int)(cut.Broken?.Sequence ?? 0), cut.Broken?.Fault));
    }

    [Fact]
    public async Task A_head_file_that_cannot_be_read_is_not_taken_for_a_good_log()
    {
        using TempFolder folder = fixture.Copy();

        Assert.StartsWith("UNKNOWN: ", await HostCommands.RunAsync(folder.Path, "audit", "verify", "--head", Path.Combine(folder.Path, "nowhere")), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Head(folder), "{\"sequence\":1}\n", Token);
        Assert.StartsWith("UNKNOWN: ", await HostCommands.RunAsync(folder.Path, "audit", "verify"), StringComparison.Ordinal);
    }

    private static string Head(TempFolder folder) => Path.Combine(folder.Path, "audit-head.jsonl");

    private static void AssertBroken(long entry, string why, string said)
    {
        Assert.StartsWith($"BROKEN at entry {entry.ToString(CultureInfo.InvariantCulture)}: ", said, StringComparison.Ordinal);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    private static async Task<AuditVerification> VerifyLinesAsync(TempFolder folder)
    {
        Stream[] files = [.. Directory.GetFiles(Path.Combine(folder.Path, "audit")).Order(StringComparer.Ordinal).Select(File.OpenRead)];
        try
        {
            return await AuditVerifier.VerifyFilesAsync(files, await AuditHeadFile.ReadAsync(Head(folder), TimeProvider.System, Token), Token);
        }
        finally
        {
            foreach (Stream file in files)
            {
                await file.DisposeAsync();
            }
        }
    }

    private static long[] Pages(TempFolder folder)
    {
        using SqliteConnection connection = StoreSnapshot.Open(StoreSnapshot.DataFile(folder.Path));
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM record WHERE kind = 'audit-page' ORDER BY id";
        using SqliteDataReader reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read())
        {
            ids.Add(long.Parse(reader.GetString(0), CultureInfo.InvariantCulture));
        }

        return [.. ids];
    }

    private static byte[] Body(TempFolder folder, long page)
    {
        using SqliteConnection connection = StoreSnapshot.Open(StoreSnapshot.DataFile(folder.Path));
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM record WHERE kind = 'audit-page' AND id = $id";
        command.Parameters.AddWithValue("$id", SequenceId.Format(page));
        return (byte[])command.ExecuteScalar()!;
    }

    private static void Execute(TempFolder folder, string sql, params (string Name, object Value)[] parameters)
    {
        using SqliteConnection connection = StoreSnapshot.Open(StoreSnapshot.DataFile(folder.Path));
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    /// <summary>A host that lived and was stopped; each test damages a copy of its folder.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private TempFolder _original = null!;

        internal long[] PageIds { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            _original = await LiveAsync();
            PageIds = Pages(_original);
        }

        public ValueTask DisposeAsync()
        {
            _original.Dispose();
            return ValueTask.CompletedTask;
        }

        internal static async Task<TempFolder> LiveAsync()
        {
            var folder = new TempFolder();
            // A clock that stands still: one day, one JSON Lines file.
            await using RunningHost host = await RunningHost.StartAsync(path => new TestHostOptions { Folder = path, Time = new FakeTimeProvider() }, folder.Path);
            using VisitorClient visitor = host.Visitor();
            using AgentClient agent = host.Agent();
            SubmittedCard card = await Scenario.SubmitCardAsync(visitor, agent);
            using var browser = new ClaimingBrowser();
            Assert.Equal(401, (await agent.RevealAsync(card, browser)).Status);
            await agent.StepUpAsync(card, browser);
            (await agent.RevealAsync(card, browser)).Ok();
            (await agent.AcknowledgeAsync(card.ConversationId, card.RequestId, browser, Token)).Ok();
            (await visitor.CloseAsync(Token)).Ok();
            await host.StopAsync();
            return folder;
        }

        internal TempFolder Copy()
        {
            var copy = new TempFolder();
            foreach (string folder in Directory.GetDirectories(_original.Path, "*", SearchOption.AllDirectories))
            {
                Directory.CreateDirectory(Path.Combine(copy.Path, Path.GetRelativePath(_original.Path, folder)));
            }

            foreach (string file in Directory.GetFiles(_original.Path, "*", SearchOption.AllDirectories))
            {
                File.Copy(file, Path.Combine(copy.Path, Path.GetRelativePath(_original.Path, file)));
            }

            return copy;
        }
    }
}
