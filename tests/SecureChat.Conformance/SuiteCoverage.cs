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
    /// <summary>
    /// The concrete <see cref="IRecordStore"/> classes, public or not, of <paramref name="implementing"/> for which
    /// <paramref name="tests"/> has no concrete <see cref="RecordStoreConformanceTests"/> marked <see cref="ConformanceOfAttribute"/>.
    /// </summary>
    public static IReadOnlyList<Type> FindUncovered(Assembly implementing, Assembly tests)
    {
        ArgumentNullException.ThrowIfNull(implementing);
        ArgumentNullException.ThrowIfNull(tests);
        HashSet<Type> covered =
        [
            .. tests.GetTypes()
                .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsSubclassOf(typeof(RecordStoreConformanceTests)))
                .Select(static type => type.GetCustomAttribute<ConformanceOfAttribute>()?.Implementation)
                .OfType<Type>(),
        ];
        return
        [
            .. implementing.GetTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IRecordStore)) && !covered.Contains(type))
                .OrderBy(static type => type.FullName, StringComparer.Ordinal),
        ];
    }

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
