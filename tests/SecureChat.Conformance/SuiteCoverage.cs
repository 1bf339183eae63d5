using System.Reflection;

namespace SecureChat.Conformance;

/// <summary>Finds implementations that no suite tests. A vendor's one-line fact over it keeps the next provider from being forgotten.</summary>
/// <example><code>
/// [Fact]
/// public void Every_store_has_a_suite() =>
///     Assert.Empty(SuiteCoverage.FindUncovered(typeof(AcmeRecordStore).Assembly, GetType().Assembly));
/// </code></example>
public static class SuiteCoverage
{
    private static readonly (Type Contract, Type Suite)[] Suites =
    [
        (typeof(IRecordStore), typeof(RecordStoreConformanceTests)),
        (typeof(IVault), typeof(VaultConformanceTests)),
        (typeof(IConsentStore), typeof(ConsentStoreConformanceTests)),
        (typeof(IAuditSink), typeof(AuditSinkConformanceTests)),
        (typeof(IMasker), typeof(MaskerConformanceTests)),
        (typeof(IConversationFeed), typeof(ConversationFeedConformanceTests)),
        (typeof(IKeyEncryptionProvider), typeof(KeyEncryptionProviderConformanceTests)),
    ];

    /// <summary>
    /// The concrete classes, public or not, of <paramref name="implementing"/> that implement a contract of which this kit has a suite
    /// (<see cref="IRecordStore"/>, <see cref="IVault"/>, <see cref="IConsentStore"/>, <see cref="IAuditSink"/>, <see cref="IMasker"/>,
    /// <see cref="IConversationFeed"/>, <see cref="IKeyEncryptionProvider"/>) and for which <paramref name="tests"/> has no concrete class that inherits
    /// that suite and is marked <see cref="ConformanceOfAttribute"/>.
    /// </summary>
    public static IReadOnlyList<Type> FindUncovered(Assembly implementing, Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(implementing);
        ArgumentNullException.ThrowIfNull(tests);
        return
        [
            .. Suites.SelectMany(pair => implementing.GetTypes()
                    .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(pair.Contract) && !Covered(tests, pair.Suite).Contains(type)))
                .Distinct()
                .OrderBy(static type => type.FullName, StringComparer.Ordinal),
        ];
    }

    private static HashSet<Type> Covered(Assembly tests, Type suite) =>
    [
        .. tests.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsSubclassOf(suite))
            .Select(static type => type.GetCustomAttribute<ConformanceOfAttribute>()?.Implementation)
            .OfType<Type>(),
    ];

    /// <summary>The clauses of a suite, by id.</summary>
    public static IReadOnlyList<ClauseAttribute> ClausesOf(Type suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return
        [
            .. suite.GetMethods(BindingFlags.Public | BindingFlags.Instance)
                .Select(static method => method.GetCustomAttribute<ClauseAttribute>())
                .OfType<ClauseAttribute>()
                .OrderBy(static clause => clause.Id, StringComparer.Ordinal),
        ];
    }
}
