using System.Reflection;
using Microsoft.Extensions.Logging;
using SecureChat.AspNetCore;

namespace SecureChat.Architecture.Tests;

/// <summary>
/// Rules that rest on "only this class does that", read from the compiled code: one way out for a value (E13), one way from raw text to
/// masked text (P1), and a guard around every class a vendor may replace.
/// </summary>
public sealed class CallTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly CallGraph Calls = CallGraph.Of(Product.Assemblies);

    /// <summary>Helpers without a store of their own; <see cref="Only_its_guard_holds_a_class_that_a_vendor_may_replace"/> says why that is enough.</summary>
    private static readonly string[] HandedAGuardedStore = [nameof(AuditVerifier), nameof(SequenceId), nameof(StoreClock)];

    /// <summary>What is called, and the only types that may. Each of them must do so still, or the row has become a hole.</summary>
    public static TheoryData<string, Type, string, string[]> Rules => new()
    {
        // One release function: authorise, step up, audit, claim, release (P2, P4, E13).
        { "the vault's release", typeof(IVault), nameof(IVault.ReleaseAsync), [nameof(GuardedVault)] },
        { "the guarded release", typeof(GuardedVault), nameof(GuardedVault.ReleaseAsync), [nameof(RevealService)] },
        { "the vault's claim", typeof(IVault), nameof(IVault.ClaimAsync), [nameof(GuardedVault)] },
        { "the guarded claim", typeof(GuardedVault), nameof(GuardedVault.ClaimAsync), [nameof(RevealService)] },
        { "the reveal", typeof(RevealService), nameof(RevealService.RevealAsync), [nameof(FormEndpoints)] },
        { "opening a sealed value", typeof(ValueCipher), nameof(ValueCipher.TryOpen), [nameof(KeptValues), nameof(RecordVault)] },

        // What was kept out of a message leaves by the submission of its form alone, behind the check of the consent (P5).
        { "opening a kept value", typeof(KeptValues), nameof(KeptValues.OpenAsync), [nameof(FormService)] },
        { "keeping a piece of a message", typeof(KeptValues), nameof(KeptValues.KeepAsync), [nameof(TextKeeper)] },
        { "sealing to a browser", typeof(IReleaseSealer), nameof(IReleaseSealer.Seal), [nameof(RecordVault)] },
        { "making a sealer", typeof(ReleaseSealer), ConstructorInfo.ConstructorName, [nameof(RevealService)] },
        { "making an envelope", typeof(ReleaseEnvelope), ConstructorInfo.ConstructorName, [nameof(Hpke)] },
        { "encrypting to a claim key", typeof(Hpke), nameof(Hpke.Seal), [nameof(Hpke), nameof(ReleaseSealer)] },
        { "making a receipt of the audit log", typeof(AuditReceipt), ConstructorInfo.ConstructorName, [nameof(AuditLog)] },

        // One way from raw text to masked text; reading back what was masked is the other way to have some (P1).
        { "declaring text masked", typeof(MaskedText), nameof(MaskedText.FromMasker), [nameof(GuardedMasker)] },
        { "making masked text", typeof(MaskedText), ConstructorInfo.ConstructorName, [nameof(MaskedText)] },

        // Guarding is ours and wraps by type, so nobody talks to a vendor's class but its guard.
        { "a masker", typeof(IMasker), nameof(IMasker.MaskAsync), [nameof(GuardedMasker)] },
        { "a vault's seal", typeof(IVault), nameof(IVault.SealAsync), [nameof(GuardedVault)] },
        { "a vault's acknowledge", typeof(IVault), nameof(IVault.AcknowledgeAsync), [nameof(GuardedVault)] },
        { "a vault's destroy", typeof(IVault), nameof(IVault.DestroyAsync), [nameof(GuardedVault)] },
        { "a vault's describe", typeof(IVault), nameof(IVault.DescribeAsync), [nameof(GuardedVault)] },
        { "a consent store", typeof(IConsentStore), "*", [nameof(GuardedConsentStore)] },
        { "a record store", typeof(IRecordStore), "*", [nameof(GuardedRecordStore), .. HandedAGuardedStore] },
        { "an audit sink", typeof(IAuditSink), "*", [nameof(AuditSinkPump)] },
        { "a step-up verifier", typeof(IStepUpVerifier), "*", [nameof(StepUpService)] },
        { "an event listener", typeof(ISecureChatEvents), "*", [nameof(FormNotifier)] },
        { "a visitor identity", typeof(IVisitorIdentity), "*", [nameof(VisitorSubjects)] },
        { "a key provider's wrap", typeof(IKeyEncryptionProvider), nameof(IKeyEncryptionProvider.WrapAsync), [nameof(KeyProviders)] },
        { "a key provider's unwrap", typeof(IKeyEncryptionProvider), nameof(IKeyEncryptionProvider.UnwrapAsync), [nameof(KeyProviders)] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void P1_P2_P4_E13_Only_the_named_types_call(string what, Type type, string member, string[] callers)
    {
        MethodBase[] methods = [.. Methods(type, member)];
        Assert.NotEmpty(methods);
        string[] actual = [.. methods.SelectMany(method => Calls.CallersOf(method, callers)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.True(actual.SequenceEqual(callers.Order(StringComparer.Ordinal), StringComparer.Ordinal), $"{what} is called by {string.Join(", ", actual)}; allowed: {string.Join(", ", callers)}.");
    }

    /// <summary>Contracts of vendors; who is given one or holds one; who asks a container for one.</summary>
    public static TheoryData<Type, string[], string[]> Held => new()
    {
        { typeof(IMasker), [nameof(GuardedMasker)], [] },
        { typeof(IVault), [nameof(GuardedVault)], [] },
        { typeof(IConsentStore), [nameof(GuardedConsentStore)], [] },

        // Wraps both at once; the start-up check compares and describes what is registered.
        { typeof(IRecordStore), [nameof(GuardedRecordStore), nameof(SecureChatStores)], [nameof(StartupChecks)] },
        // Sinks registered plainly are wrapped where they arrive.
        { typeof(IAuditSink), [nameof(AuditLog), "AuditSinkRegistration"], [] },
        { typeof(IKeyEncryptionProvider), [nameof(KeyProviders)], [nameof(StartupChecks)] },

        // At start: is there one?
        { typeof(IStepUpVerifier), [nameof(StepUpService)], [nameof(StepUpStep)] },
        { typeof(ISecureChatEvents), ["Queue"], [nameof(FormNotifier)] },
        { typeof(IVisitorIdentity), [nameof(VisitorSubjects)], [nameof(ChatServices)] },
    };

    [Theory]
    [MemberData(nameof(Held))]
    public void Only_its_guard_holds_a_class_that_a_vendor_may_replace(Type contract, string[] holders, string[] askers)
    {
        string[] actual = [.. Product.Assemblies.SelectMany(Product.Written)
            .Where(type => type.GetFields(Any).Any(field => Mentions(field.FieldType, contract))
                || type.GetConstructors(Any).Any(constructor => constructor.GetParameters().Any(parameter => Mentions(parameter.ParameterType, contract))))
            .Select(static type => type.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Assert.Equal(holders.Order(StringComparer.Ordinal), actual);
        Assert.Equal(askers.Order(StringComparer.Ordinal), Calls.AskersFor(contract));
    }

    [Fact]
    public void E13_The_check_sees_a_call_past_the_guards()
    {
        var sabotaged = CallGraph.Of([.. Product.Assemblies, typeof(Saboteurs).Assembly]);
        Assert.Equal([nameof(GuardedVault), nameof(Saboteurs)], sabotaged.CallersOf(Methods(typeof(IVault), nameof(IVault.ReleaseAsync)).Single()));
        Assert.Equal([nameof(GuardedMasker), nameof(Saboteurs)], sabotaged.CallersOf(Methods(typeof(MaskedText), nameof(MaskedText.FromMasker)).Single()));
        Assert.Equal([nameof(GuardedMasker), nameof(Saboteurs)], sabotaged.CallersOf(Methods(typeof(IMasker), nameof(IMasker.MaskAsync)).Single()));
        Assert.Equal([nameof(GuardedRecordStore), nameof(Saboteurs)], sabotaged.CallersOf(Methods(typeof(IRecordStore), nameof(IRecordStore.GetAsync)).Single(), nameof(GuardedRecordStore)));
    }

    [Fact]
    public void E13_No_answer_of_another_endpoint_can_carry_an_envelope()
    {
        // Who can hold a released value at all: the types that name an envelope in a field.
        Type[] holders = [.. Product.Assemblies.SelectMany(Product.Written)
            .Where(static type => type.GetFields(Any).Any(static field => Mentions(field.FieldType, typeof(ReleaseEnvelope)) || Mentions(field.FieldType, typeof(ReleasedValue)) || Mentions(field.FieldType, typeof(RevealedEnvelope))))];
        Assert.Equal(["ReleaseResult", "ReleasedValue", "RevealAnswer"], holders.Select(static type => type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void E43_Product_code_logs_only_through_generated_methods_and_never_hands_an_exception_on()
    {
        foreach (MethodInfo method in typeof(LoggerExtensions).GetMethods(Any).Where(static method => method.IsPublic))
        {
            Assert.Empty(Calls.CallersOf(method));
        }
    }

    private static IEnumerable<MethodBase> Methods(Type type, string member) => type.GetMembers(Any).OfType<MethodBase>()
        .Where(method => member == "*" ? !method.IsStatic && !method.IsSpecialName : method.Name == member);

    private static bool Mentions(Type type, Type part) => type == part || (type.HasElementType && Mentions(type.GetElementType()!, part)) || type.GetGenericArguments().Any(argument => Mentions(argument, part));
}
