using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using SecureChat.AspNetCore;
using SecureChat.Unit.Tests.Agents;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>Somebody who writes the data store gives himself nothing (E54, P2, P9).</summary>
public sealed class RecordMacsTests : IAsyncDisposable
{
    private const string Body = """{"a":1,"b":"x"}""";

    private static readonly RecordKey Place = new() { Kind = "form", Partition = "p", Id = "i" };

    private readonly ProductBed _bed = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _bed.DisposeAsync();

    [Fact]
    public void A_record_opens_at_its_place_and_what_is_stored_is_as_documented()
    {
        RecordMacs macs = TestMacs.New();
        byte[] stored = macs.Write(Place, Encoding.UTF8.GetBytes(Body));

        byte[] data = [.. AssociatedData.Build("SecureChat record v1", "tests", "form", "p", "i"), .. Encoding.UTF8.GetBytes(Body)];
        string mac = Convert.ToBase64String(HMACSHA256.HashData(Enumerable.Repeat((byte)7, 32).ToArray(), data)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Assert.Equal($$"""{"a":1,"b":"x","mac":"0000000001.{{mac}}"}""", Encoding.UTF8.GetString(stored));
        Assert.Equal(Body, Encoding.UTF8.GetString(RecordMacs.Json(stored)));
        macs.Check(new StoreRecord { Key = Place, Body = stored });
        Assert.Equal(0, macs.Refused);
    }

    [Fact]
    public void E54_No_byte_can_be_changed_no_record_moved_and_no_MAC_left_out()
    {
        RecordMacs macs = TestMacs.New();
        byte[] stored = macs.Write(Place, Encoding.UTF8.GetBytes(Body));
        for (int at = 0; at < stored.Length; at++)
        {
            byte[] changed = [.. stored];
            changed[at] ^= 1;

            SecureChatException refusal = Assert.Throws<SecureChatException>(() => macs.Check(new StoreRecord { Key = Place, Body = changed }));
            Assert.Equal("SC3009", refusal.Error.Code);
        }

        foreach (RecordKey other in new[]
            { new RecordKey { Kind = "step-up", Partition = "p", Id = "i" }, new RecordKey { Kind = "form", Partition = "q", Id = "i" }, new RecordKey { Kind = "form", Partition = "p", Id = "j" }, new RecordKey { Kind = "formp", Partition = "i", Id = "i" } })
        {
            Refused(macs, other, stored);
        }

        Refused(macs, Place, Encoding.UTF8.GetBytes(Body));
        Refused(macs, Place, []);
        Refused(macs, Place, stored[..^1]);
        Refused(macs, Place, [.. stored, (byte)' ']);
        Refused(TestMacs.New(fill: 8), Place, stored);
    }

    [Fact]
    public async Task The_key_is_derived_from_the_ring_for_this_application_and_is_no_other_key()
    {
        BedHost host = await _bed.StartHostAsync();
        KeyRing ring = host.Get<KeyRing>();
        byte[] ours = ring.DeriveRecordKey(1, "tests")!;
        Assert.Equal(ours, ring.DeriveRecordKey(1, "tests"));
        Assert.NotEqual(ours, ring.DeriveRecordKey(1, "others"));
        Assert.Equal("SC3002", Assert.Throws<SecureChatException>(() => ring.DeriveRecordKey(2, "tests")).Error.Code);

        // Another host of the same stores reads what this one wrote.
        Conversation conversation = await host.StartConversationAsync();
        BedHost other = await _bed.StartHostAsync();
        Assert.NotNull(await other.Get<Conversations>().FindAsync(conversation.Id, Token));
    }

    [Theory]
    [InlineData("agentId", true)]
    [InlineData("tokenHash", true)]
    [InlineData("agentId", false)]
    [InlineData("tokenHash", false)]
    public async Task P9_Who_writes_the_store_can_neither_assign_himself_nor_put_his_token_in_the_place_of_the_visitor_s(string member, bool isChecked)
    {
        BedHost host = await _bed.StartHostAsync();
        Conversation conversation = await host.StartConversationAsync();
        string token = ConversationToken.New(out byte[] hash);
        Rewrite(
            _bed.Data.Of(RecordKinds.Conversation).Single(record => record.Key.Partition == conversation.Id).Key,
            body => body[member] = member == "agentId" ? "mallory" : Convert.ToBase64String(hash));
        Conversations conversations = host.Get<Conversations>();
        Agent mallory = Chat.ChatKit.Agent("mallory");
        Func<ValueTask<Outcome<Conversation>>> open = member == "agentId"
            ? () => conversations.AuthorizeReadAsync(mallory, conversation.Id, Token)
            : () => conversations.AuthorizeVisitorAsync(conversation.Id, token, Token);

        // Saboteur: without the check the same call is allowed.
        host.Get<RecordMacs>().AcceptsAny = !isChecked;
        if (!isChecked)
        {
            Assert.True((await open()).IsSuccess);
            return;
        }

        Assert.Equal("SC3009", (await Assert.ThrowsAsync<SecureChatException>(async () => await open())).Error.Code);
        HealthCheckResult health = await new RetentionHealthCheck(
            host.Get<SweepState>(), host.Get<ClockWatch>(), host.Get<RecordMacs>(), host.Get<IOptions<SecureChatOptions>>(), host.Get<TimeProvider>())
            .CheckHealthAsync(new HealthCheckContext(), Token);
        Assert.Equal((HealthStatus.Degraded, 1L), (health.Status, health.Data["changedRecords"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task P2_A_claim_that_somebody_wrote_into_the_store_releases_nothing(bool isChecked)
    {
        BedHost host = await _bed.StartHostAsync();
        SealedForm form = await host.SealAsync();
        using var browser = new Browser("mallory");
        FormRecord record = await host.FormAsync(form);
        var claim = new FormClaim
        {
            ClaimId = browser.ClaimId,
            AgentId = browser.AgentId,
            Role = AgentRole.Agent,
            SessionId = browser.SessionId,
            KeyThumbprint = browser.Key.Thumbprint,
            At = _bed.Time.GetUtcNow(),
            Until = _bed.Time.GetUtcNow().AddMinutes(1),
        };
        FormRecord forged = record with { Values = [.. record.Values.Select(value => value with { State = SealedValueState.Claimed, Claim = claim })] };
        ReadOnlyMemory<byte> old = _bed.Data.Peek(form.RecordKey)!.Body;

        // With the MAC of what stood there before.
        JsonNode body = JsonNode.Parse(JsonSerializer.SerializeToUtf8Bytes(forged, SecureChatJson.Options))!;
        body["mac"] = JsonNode.Parse(old.Span)!["mac"]!.GetValue<string>();
        _bed.Data.Overwrite(form.RecordKey, JsonSerializer.SerializeToUtf8Bytes(body, SecureChatJson.Options));
        host.Get<RecordMacs>().AcceptsAny = !isChecked;
        if (!isChecked)
        {
            Assert.Equal(ProductBed.Pan, browser.Open(form, await host.ReleaseAsync(form, browser))["pan"]);
            return;
        }

        Assert.Equal("SC3009", (await Assert.ThrowsAsync<SecureChatException>(() => host.ReleaseAsync(form, browser))).Error.Code);
        await host.SweepAsync();
        Assert.NotNull(_bed.Keys.Peek(form.ReleaseKeyOf("pan")));
    }

    [Fact]
    public async Task E9_A_ticket_that_somebody_wrote_into_the_store_opens_nothing()
    {
        var bench = new StepUpBench();
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
        StoreRecord mine = Assert.Single(bench.Store.Of(RecordKinds.StepUp));

        // The ticket of one claim, in the place of another's: names are hashes that anybody can compute.
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode, claim: StepUpBench.OtherClaim)).IsSuccess);
        StoreRecord other = bench.Store.Of(RecordKinds.StepUp).Single(record => !record.Key.Equals(mine.Key));
        bench.Store.Overwrite(other.Key, mine.Body);
        Assert.Equal("SC3009", (await Assert.ThrowsAsync<SecureChatException>(async () => await bench.ConsumeAsync(claim: StepUpBench.OtherClaim))).Error.Code);
        bench.Store.Overwrite(other.Key, RecordMacs.Json(mine.Body.Span));
        Assert.Equal("SC3009", (await Assert.ThrowsAsync<SecureChatException>(async () => await bench.ConsumeAsync(claim: StepUpBench.OtherClaim))).Error.Code);
        Assert.True(await bench.ConsumeAsync());
    }

    private static void Refused(RecordMacs macs, RecordKey place, byte[] body) =>
        Assert.Equal("SC3009", Assert.Throws<SecureChatException>(() => macs.Check(new StoreRecord { Key = place, Body = body })).Error.Code);

    private void Rewrite(RecordKey key, Action<JsonNode> change)
    {
        JsonNode body = JsonNode.Parse(_bed.Data.Peek(key)!.Body.Span)!;
        string mac = body["mac"]!.GetValue<string>();
        body.AsObject().Remove("mac");
        change(body);
        body["mac"] = mac;
        _bed.Data.Overwrite(key, JsonSerializer.SerializeToUtf8Bytes(body, SecureChatJson.Options));
    }
}
