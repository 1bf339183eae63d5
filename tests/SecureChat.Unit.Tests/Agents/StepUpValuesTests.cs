using System.Text.Json;
using System.Text.Json.Nodes;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Agents;

/// <summary>A second factor is for the values that the agent saw named, and for no others (E9).</summary>
public sealed class StepUpValuesTests
{
    [Fact]
    public async Task E9_a_step_up_opens_the_values_it_was_given_for_or_fewer()
    {
        var bench = new StepUpBench();
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
        Assert.True(await bench.ConsumeAsync());
        bench = new StepUpBench();
        Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
        Assert.True(await bench.ConsumeAsync(values: [StepUpBench.Values[0]]));
    }

    [Fact]
    public async Task E9_shown_for_other_values_a_step_up_opens_nothing_and_is_spent()
    {
        foreach (string[] others in new string[][] { ["value-of-a-password-x"], [.. StepUpBench.Values, "value-of-a-password-x"] })
        {
            var bench = new StepUpBench();
            Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
            Assert.False(await bench.ConsumeAsync(values: others));
            Assert.False(await bench.ConsumeAsync());

            // Saboteur: a ticket that names everything. The same call then opens, so it is the ticket's values that closed it.
            bench = new StepUpBench();
            Assert.True((await bench.VerifyAsync(StepUpBench.RightCode)).IsSuccess);
            StoreRecord ticket = Assert.Single(bench.Store.Of(RecordKinds.StepUp), static record => record.Key.Partition != UsedProofs.Partition);
            JsonNode body = JsonNode.Parse(RecordMacs.Json(ticket.Body.Span))!;
            body["valueIds"]!.AsArray().Add("value-of-a-password-x");
            bench.Store.Overwrite(ticket.Key, StepUpBench.Macs.Write(ticket.Key, JsonSerializer.SerializeToUtf8Bytes(body)));
            Assert.True(await bench.ConsumeAsync(values: others));
        }
    }

    [Fact]
    public async Task A_step_up_names_values_that_can_be_some()
    {
        var bench = new StepUpBench();
        string[][] wrong = [[], [""], ["short"], ["4111111111111111"], [.. Enumerable.Range(0, 101).Select(static i => $"value-number-{i:D8}")]];
        foreach (string[] values in wrong)
        {
            Assert.Same(SecureChatErrors.InvalidRequest, (await bench.VerifyAsync(StepUpBench.RightCode, values: values)).Error);
        }

        Assert.Equal(0, bench.Calls);
    }

    [Fact]
    public async Task The_verifier_is_told_which_values_and_so_is_the_audit_log()
    {
        var bench = new StepUpBench();
        IReadOnlyList<string>? asked = null;
        bench.Answer = request =>
        {
            asked = request.ValueIds;
            return StepUpResult.Rejected;
        };
        await bench.VerifyAsync(StepUpBench.RightCode, values: [.. StepUpBench.Values, StepUpBench.Values[0]]);
        Assert.Equal(StepUpBench.Values, asked);
        Assert.Equal(StepUpBench.Values, Assert.Single(bench.Audit).ValueIds);
    }
}
