using Microsoft.Extensions.DependencyInjection.Extensions;
using SecureChat.Masking;

namespace SecureChat.AspNetCore;

/// <summary>The engine of this host, made of its options and detectors.</summary>
internal static class ChatMasking
{
    public const string HealthCheckName = "securechat-masking";

    public static IServiceCollection AddMasking(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => EngineOf(provider));
        services.TryAddSingleton<IMasker>(static provider => new EngineMasker(provider.GetRequiredService<MaskingEngine>()));
        services.AddHealthChecks().AddCheck<MaskingHealthCheck>(HealthCheckName);
        return services;
    }

    /// <summary>Makes the engine of a host that has options or detectors of its own, so that what is wrong with them keeps it from starting.</summary>
    public static void Check(IServiceProvider services)
    {
        SecureChatMaskingOptions options = services.GetRequiredService<IOptions<SecureChatOptions>>().Value.Masking;
        if (!IsUsual(options.Engine) || services.GetServices<ISensitiveDataDetector>().Any())
        {
            _ = services.GetRequiredService<MaskingEngine>();
        }

        if (options.Trial is not null)
        {
            _ = services.GetRequiredService<MaskingTrial>();
        }
    }

    /// <exception cref="SecureChatConfigurationException">They are wrong (<c>SC1004</c>); the message says how.</exception>
    public static MaskingEngine Make(MaskingEngineOptions options, string path)
    {
        try
        {
            return MaskingEngine.Create(options);
        }
        catch (ArgumentException fault)
        {
            throw new SecureChatConfigurationException(SecureChatErrors.OptionsInvalid, $"{path}: {fault.Message}");
        }
    }

    private static MaskingEngine EngineOf(IServiceProvider services)
    {
        const string Path = "Masking.Engine";
        MaskingEngineOptions options = services.GetRequiredService<IOptions<SecureChatOptions>>().Value.Masking.Engine;
        ISensitiveDataDetector[] detectors = [.. services.GetServices<ISensitiveDataDetector>()];
        if (IsUsual(options) && detectors.Length == 0)
        {
            return MaskingEngine.Default;
        }

        MaskingEngine engine = Make(options.With(detectors), Path);
        if (options.Policy.IsDryRun)
        {
            throw new SecureChatConfigurationException(
                SecureChatErrors.OptionsInvalid, $"{Path}: a dry run would store what is sensitive as it is. Put the options into Masking.Trial, which counts what they would do.");
        }

        CheckSealed(options.Policy, services.GetRequiredService<FormCatalog>(), Path);
        return engine;
    }

    /// <summary>What is sealed out of a message needs a form that hands it over: without one it would be kept for nobody.</summary>
    private static void CheckSealed(MaskingPolicy policy, FormCatalog forms, string path)
    {
        foreach (MaskingRule rule in policy.Rules.Where(static rule => rule.Action == MaskAction.Seal))
        {
            string? without = rule.Kinds is { Count: > 0 } kinds ? kinds.FirstOrDefault(kind => !forms.TryFindTaker(kind, out _, out _)) : "every kind";
            if (without is not null)
            {
                throw new SecureChatConfigurationException(
                    SecureChatErrors.OptionsInvalid,
                    $"{path}: a rule seals {PlainText.Quote(without)}, but no form takes it. Name the kinds of the rule one by one, and give each to a field: AddForm(\"...\", f => f.CardNumber(\"pan\", x => x.TakesFromText(DataKinds.PaymentCard))).");
            }
        }
    }

    private static bool IsUsual(MaskingEngineOptions options) =>
        options is { Kinds: null, Locales: null, AllowList: null, Patterns.Count: 0, Detectors.Count: 0 } && ReferenceEquals(options.Policy, MaskingPolicy.Default);
}
