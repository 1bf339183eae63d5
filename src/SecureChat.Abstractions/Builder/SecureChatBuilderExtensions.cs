using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SecureChat;

/// <summary>What a host or a vendor plugs into SecureChat.</summary>
public static class SecureChatBuilderExtensions
{
    /// <summary>
    /// Uses <typeparamref name="TStore"/> for both store slots. One instance is made per slot, with a
    /// <see cref="RecordStoreSlot"/> as a constructor argument when the class asks for one. Replaces earlier choices.
    /// </summary>
    public static ISecureChatBuilder UseRecordStore<TStore>(this ISecureChatBuilder builder)
        where TStore : class, IRecordStore
    {
        return builder.UseRecordStore(static (services, slot) =>
        {
            // A vendor class that takes no slot (one constructor without it) must still get two instances.
            bool takesSlot = typeof(TStore).GetConstructors().Any(static constructor =>
                constructor.GetParameters().Any(static parameter => parameter.ParameterType == typeof(RecordStoreSlot)));
            return takesSlot
                ? ActivatorUtilities.CreateInstance<TStore>(services, slot)
                : ActivatorUtilities.CreateInstance<TStore>(services);
        });
    }

    /// <summary>Uses the stores that <paramref name="factory"/> makes, one call per slot. Replaces earlier choices.</summary>
    public static ISecureChatBuilder UseRecordStore(this ISecureChatBuilder builder, Func<IServiceProvider, RecordStoreSlot, IRecordStore> factory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        foreach (RecordStoreSlot slot in Enum.GetValues<RecordStoreSlot>())
        {
            builder.Services.RemoveAllKeyed<IRecordStore>(slot);
            builder.Services.AddKeyedSingleton<IRecordStore>(slot, (services, _) => factory(services, slot));
        }

        // What carries hints between hosts belongs to the store that they share.
        builder.Services.RemoveAll<IConversationFeed>();
        return builder;
    }

    /// <summary>
    /// Carries hints between the hosts that share the store. Comes after the store, whose choice forgets an earlier one; <c>UsePostgreSql</c> brings its own.
    /// </summary>
    public static ISecureChatBuilder UseConversationFeed(this ISecureChatBuilder builder, Func<IServiceProvider, IConversationFeed> factory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        builder.Services.Replace(ServiceDescriptor.Singleton(factory));
        return builder;
    }

    /// <summary>Uses another masker. Default: the engine of SecureChat.Masking.</summary>
    public static ISecureChatBuilder UseMasker<TMasker>(this ISecureChatBuilder builder)
        where TMasker : class, IMasker => builder.Use<IMasker, TMasker>();

    /// <summary>Adds a detector of sensitive data that only this host knows, beside what the engine finds. Without effect on a masker that replaces the engine.</summary>
    public static ISecureChatBuilder AddDetector<TDetector>(this ISecureChatBuilder builder)
        where TDetector : class, ISensitiveDataDetector
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISensitiveDataDetector, TDetector>());
        return builder;
    }

    /// <summary>Uses another vault. Default: ciphertext and keys in the two record stores.</summary>
    public static ISecureChatBuilder UseVault<TVault>(this ISecureChatBuilder builder)
        where TVault : class, IVault => builder.Use<IVault, TVault>();

    /// <summary>Uses another consent store. Default: the record store.</summary>
    public static ISecureChatBuilder UseConsentStore<TStore>(this ISecureChatBuilder builder)
        where TStore : class, IConsentStore => builder.Use<IConsentStore, TStore>();

    /// <summary>
    /// Uses another key provider. Default: ASP.NET Core Data Protection. After several calls the last one wraps; the others, and Data
    /// Protection, open what they wrapped before, until <c>keys rotate</c>, <c>keys rewrap</c> and <c>keys destroy</c> have made them needless.
    /// </summary>
    public static ISecureChatBuilder UseKeyEncryption<TProvider>(this ISecureChatBuilder builder)
        where TProvider : class, IKeyEncryptionProvider
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IKeyEncryptionProvider, TProvider>();
        return builder;
    }

    /// <summary>Uses another key provider, made by a function; otherwise as <see cref="UseKeyEncryption{TProvider}(ISecureChatBuilder)"/>.</summary>
    public static ISecureChatBuilder UseKeyEncryption(this ISecureChatBuilder builder, Func<IServiceProvider, IKeyEncryptionProvider> factory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(factory);
        builder.Services.AddSingleton(factory);
        return builder;
    }

    /// <summary>Uses another step-up verifier.</summary>
    public static ISecureChatBuilder UseStepUp<TVerifier>(this ISecureChatBuilder builder)
        where TVerifier : class, IStepUpVerifier => builder.Use<IStepUpVerifier, TVerifier>();

    /// <summary>Maps the host's signed-in users to visitors.</summary>
    public static ISecureChatBuilder UseVisitorIdentity<TIdentity>(this ISecureChatBuilder builder)
        where TIdentity : class, IVisitorIdentity => builder.Use<IVisitorIdentity, TIdentity>();

    /// <summary>Adds an audit sink.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="required">Whether its failure blocks the action. Default <see langword="true"/>.</param>
    public static ISecureChatBuilder AddAuditSink<TSink>(this ISecureChatBuilder builder, bool required = true)
        where TSink : class, IAuditSink
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(services => new AuditSinkRegistration
        {
            Sink = ActivatorUtilities.CreateInstance<TSink>(services),
            Name = typeof(TSink).Name,
            IsRequired = required,
        });
        return builder;
    }

    /// <summary>Adds a listener for form events.</summary>
    public static ISecureChatBuilder AddEvents<TEvents>(this ISecureChatBuilder builder)
        where TEvents : class, ISecureChatEvents
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecureChatEvents, TEvents>());
        return builder;
    }

    /// <summary>Registers a form written in place.</summary>
    /// <example><code>
    /// chat.AddForm("card-payment", f => f.Purpose("Pay your order").Notice("payments-v1")
    ///     .CardNumber("pan").CardExpiry("exp").SecurityCode("cvc"));
    /// </code></example>
    public static ISecureChatBuilder AddForm(this ISecureChatBuilder builder, string key, Action<SecureFormBuilder> define)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(define);
        var form = new SecureFormBuilder(key);
        define(form);
        builder.Services.AddSingleton(form.Build());
        return builder;
    }

    /// <summary>Registers a form written as a class.</summary>
    public static ISecureChatBuilder AddForm<TForm>(this ISecureChatBuilder builder)
        where TForm : class, ISecureForm
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecureForm, TForm>());
        return builder;
    }

    /// <summary>Registers one version of a privacy notice in one language.</summary>
    public static ISecureChatBuilder AddNotice(this ISecureChatBuilder builder, PrivacyNotice notice)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(notice);
        builder.Services.AddSingleton(notice);
        return builder;
    }

    private static ISecureChatBuilder Use<TContract, TImplementation>(this ISecureChatBuilder builder)
        where TContract : class
        where TImplementation : class, TContract
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Replace(ServiceDescriptor.Singleton<TContract, TImplementation>());
        return builder;
    }
}
