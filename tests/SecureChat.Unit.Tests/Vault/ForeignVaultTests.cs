using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Vault;

/// <summary>A replaced vault: what it is given, and what of its answers is believed.</summary>
public sealed class ForeignVaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task P5_another_submission_of_a_submitted_form_reaches_no_vault_and_destroys_nothing()
    {
        var vault = new VendorVault();
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        Assert.True((await host.SubmitAsync(conversationId, requestId)).IsSuccess);
        Assert.Equal(1, vault.Sealed);

        // A second tab (E17, E20). This vendor takes whatever it is sent.
        Assert.Equal(SecureChatErrors.SubmissionMismatch, (await host.SubmitAsync(conversationId, requestId)).Error);
        Assert.Equal(1, vault.Sealed);
        Assert.Equal(2, vault.Living);
        Assert.All((await host.FormAsync(conversationId, requestId)).Values, static value => Assert.Equal(SealedValueState.Sealed, value.State));
    }

    [Fact]
    public async Task E17_of_two_submissions_at_once_the_loser_takes_back_its_own_values_only()
    {
        var vault = new VendorVault();
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);

        // The second submission begins and ends while the vault seals the first.
        Outcome<FormCard> second = default;
        vault.OnSeal = async () =>
        {
            vault.OnSeal = null;
            second = await host.SubmitAsync(conversationId, requestId);
        };
        Outcome<FormCard> first = await host.SubmitAsync(conversationId, requestId);
        Assert.True(second.IsSuccess);
        Assert.Equal(SecureChatErrors.SubmissionMismatch, first.Error);
        Assert.Equal(2, vault.Living);
        Assert.Equal(
            (await host.FormAsync(conversationId, requestId)).Values.Select(static value => value.ValueId).Order(StringComparer.Ordinal),
            vault.LivingIds.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task P1_what_is_shown_beside_a_value_is_ours_whatever_the_vault_answers()
    {
        var vault = new VendorVault { Echoes = true };
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        Outcome<FormCard> card = await host.SubmitAsync(conversationId, requestId);
        Assert.Equal(["•••• 4242", "•••"], card.Value!.Values.Select(static value => value.Preview));
        await AssertNotStoredAsync(host, conversationId, "4242424242424242");
    }

    [Fact]
    public async Task P1_a_token_that_could_be_the_number_itself_is_nonsense()
    {
        var vault = new VendorVault { TokensAreValues = true };
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        SecureChatException fault = await Assert.ThrowsAsync<SecureChatException>(async () => await host.SubmitAsync(conversationId, requestId));
        Assert.Equal("SC3008", fault.Error.Code);
        await AssertNotStoredAsync(host, conversationId, "4242424242424242");
    }

    [Fact]
    public async Task E4_a_submission_that_the_vault_has_and_our_record_has_not_is_finished_by_the_retry()
    {
        var vault = new VendorVault();
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        string submissionId = SecureChatId.New();
        vault.OnSealed = static () => throw new IOException("The answer was lost.");
        await Assert.ThrowsAsync<SecureChatException>(async () => await host.SubmitAsync(conversationId, requestId, submissionId));
        vault.OnSealed = null;
        Assert.Equal(FormRequestState.Submitted, (await host.SubmitAsync(conversationId, requestId, submissionId)).Value!.State);
        Assert.Equal(2, vault.Living);
    }

    [Fact]
    public async Task P3_a_repeat_after_withdrawal_is_not_sealed_anew_by_a_vault_that_has_forgotten()
    {
        var vault = new VendorVault();
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        string submissionId = SecureChatId.New();
        Assert.True((await host.SubmitAsync(conversationId, requestId, submissionId)).IsSuccess);
        Assert.True((await host.Get<FormService>().WithdrawAsync(conversationId, requestId, ParticipantRole.Visitor, actorId: null, Token)).IsSuccess);
        Assert.Equal(0, vault.Living);

        Assert.True((await host.SubmitAsync(conversationId, requestId, submissionId)).IsSuccess);
        Assert.Equal(0, vault.Living);
        Assert.Equal(1, vault.Sealed);
    }

    [Fact]
    public async Task E26_a_withdrawal_holds_although_the_vault_is_down_and_the_sweeper_asks_it_again()
    {
        var vault = new VendorVault();
        await using ProductHost host = await StartAsync(vault);
        string conversationId = await host.StartConversationAsync();
        string requestId = await host.RequestAsync(conversationId);
        Assert.True((await host.SubmitAsync(conversationId, requestId)).IsSuccess);
        vault.OnDestroy = static () => throw new IOException("The vault is down.");
        await Assert.ThrowsAsync<SecureChatException>(
            async () => await host.Get<FormService>().WithdrawAsync(conversationId, requestId, ParticipantRole.Visitor, actorId: null, Token));
        Assert.All((await host.FormAsync(conversationId, requestId)).Values, static value => Assert.Equal(SealedValueState.Destroyed, value.State));
        Assert.Equal(2, vault.Living);

        vault.OnDestroy = null;
        host.Time.Advance(FormStateMachine.Grace);
        await host.Get<Sweeper>().SweepAsync(Token);
        Assert.Equal(0, vault.Living);
    }

    private static Task<ProductHost> StartAsync(VendorVault vault) =>
        ProductHost.StartAsync(setup => setup.Services = services => services.AddSingleton<IVault>(provider =>
        {
            vault.Time = provider.GetRequiredService<TimeProvider>();
            return vault;
        }));

    private static async Task AssertNotStoredAsync(ProductHost host, string conversationId, string value)
    {
        foreach (string kind in new[] { RecordKinds.Form, RecordKinds.Consent })
        {
            foreach (StoreRecord record in await host.Setup.Data.ListAsync(new RecordQuery { Kind = kind, Partition = conversationId }, Token))
            {
                Assert.DoesNotContain(value, Encoding.UTF8.GetString(record.Body.Span), StringComparison.Ordinal);
            }
        }

        foreach (ConversationEvent sent in (await host.Get<ConversationEvents>().ListAsync(conversationId, 0, 100, Token)).Events)
        {
            Assert.DoesNotContain(value, System.Text.Json.JsonSerializer.Serialize(sent, SecureChatJson.Options), StringComparison.Ordinal);
        }
    }

    /// <summary>A vault as a vendor writes one in an afternoon: idempotent by submission, and it forgets what it destroyed.</summary>
    private sealed class VendorVault : IVault
    {
        private readonly ConcurrentDictionary<string, SealedValue[]> _sets = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, SealedValue> _living = new(StringComparer.Ordinal);

        public TimeProvider Time { get; set; } = TimeProvider.System;

        public Func<Task>? OnSeal { get; set; }

        public Action? OnSealed { get; set; }

        public Action? OnDestroy { get; set; }

        /// <summary>Answers with the value itself as label and preview.</summary>
        public bool Echoes { get; init; }

        /// <summary>Tokens that keep the format of what they stand for, taken too far.</summary>
        public bool TokensAreValues { get; init; }

        public int Sealed { get; private set; }

        public int Living => _living.Count;

        public ICollection<string> LivingIds => _living.Keys;

        public async ValueTask<SealResult> SealAsync(SealRequest request, CancellationToken cancellationToken)
        {
            if (_sets.TryGetValue(request.SubmissionId, out SealedValue[]? known))
            {
                return new SealResult { Outcome = SealOutcome.AlreadySealed, Values = known };
            }

            if (OnSeal is not null)
            {
                await OnSeal();
            }

            Sealed++;
            SealedValue[] values = [.. request.Fields.Select(field =>
            {
                string text = Encoding.UTF8.GetString(field.Value.Span);
                return new SealedValue
                {
                    ValueId = TokensAreValues ? text : SecureChatId.New(),
                    FieldKey = field.FieldKey,
                    Label = Echoes ? text : field.Label,
                    DataClass = field.DataClass,
                    State = SealedValueState.Sealed,
                    MaskedPreview = Echoes ? text : field.MaskedPreview,
                    ExpiresAt = Time.GetUtcNow() + field.LivesFor,
                    SingleDelivery = field.SingleDelivery,
                };
            })];
            _sets[request.SubmissionId] = values;
            foreach (SealedValue value in values)
            {
                _living[value.ValueId] = value;
            }

            OnSealed?.Invoke();
            return new SealResult { Outcome = SealOutcome.Sealed, Values = values };
        }

        public ValueTask<ClaimResult> ClaimAsync(ClaimRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<ReleaseResult> ReleaseAsync(ReleaseRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<DestroyResult> AcknowledgeAsync(AcknowledgeRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<DestroyResult> DestroyAsync(DestroyRequest request, CancellationToken cancellationToken)
        {
            OnDestroy?.Invoke();
            foreach (string id in request.ValueIds ?? [.. _living.Keys])
            {
                _living.TryRemove(id, out _);
            }

            foreach ((string submissionId, SealedValue[] values) in _sets)
            {
                if (values.All(value => !_living.ContainsKey(value.ValueId)))
                {
                    _sets.TryRemove(submissionId, out _);
                }
            }

            return ValueTask.FromResult(new DestroyResult());
        }

        public ValueTask<IReadOnlyList<SealedValue>> DescribeAsync(string conversationId, string requestId, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<SealedValue>>([.. _sets.Values.SelectMany(static values => values).Where(value => _living.ContainsKey(value.ValueId))]);
    }
}
