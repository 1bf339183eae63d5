using System.Reflection;
using System.Reflection.Emit;

namespace SecureChat.Architecture.Tests;

/// <summary>
/// Who calls what, read from the compiled code: calls, constructions and methods that are pointed at. Lambdas, iterators and async
/// methods count for the type they were written in.
/// </summary>
internal sealed class CallGraph
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    private readonly ILookup<MethodBase, Type> _callers;
    private readonly ILookup<Type, Type> _requests;

    public CallGraph(IEnumerable<Type> types)
    {
        (Type Caller, MethodBase Target)[] calls = [.. types.SelectMany(CallsIn)];
        _callers = calls.ToLookup(static call => Definition(call.Target), static call => call.Caller);
        _requests = calls.Where(static call => call.Target is MethodInfo { IsGenericMethod: true } && call.Target.Name.Contains("Service", StringComparison.Ordinal))
            .SelectMany(static call => call.Target.GetGenericArguments().Select(service => (call.Caller, service)))
            .ToLookup(static request => request.service, static request => request.Caller);
    }

    public static CallGraph Of(IEnumerable<Assembly> assemblies) => new(assemblies.SelectMany(static assembly => assembly.GetTypes()));

    /// <summary>
    /// The outermost types that call a method. A contract's method counts however it is called, by contract or by class; calls to the
    /// <paramref name="guards"/> of the contract, and of a class to itself, do not.
    /// </summary>
    public IReadOnlyList<string> CallersOf(MethodBase method, params string[] guards) =>
    [
        .. Implementations(method).Where(target => !guards.Contains(target.DeclaringType!.Name, StringComparer.Ordinal)).Prepend(method)
            .SelectMany(target => _callers[target].Where(caller => caller != target.DeclaringType || method == target))
            .Select(static type => type.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    /// <summary>The outermost types that ask a container for a service by its type.</summary>
    public IReadOnlyList<string> AskersFor(Type service) =>
        [.. _requests[service].Select(static type => type.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static IEnumerable<MethodBase> Implementations(MethodBase method) => method.DeclaringType is { IsInterface: true } contract
        ? Product.Assemblies.SelectMany(static assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && contract.IsAssignableFrom(type))
            .Select(type =>
            {
                InterfaceMapping map = type.GetInterfaceMap(contract);
                return (MethodBase)map.TargetMethods[Array.IndexOf(map.InterfaceMethods, method)];
            })
        : [];

    private static IEnumerable<(Type Caller, MethodBase Target)> CallsIn(Type type)
    {
        Type caller = type;
        while (caller.DeclaringType is { } outer)
        {
            caller = outer;
        }

        const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<MethodBase> bodies = [.. type.GetMethods(Own), .. type.GetConstructors(Own)];
        return bodies.SelectMany(Targets).Select(target => (caller, target));
    }

    private static IEnumerable<MethodBase> Targets(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        Type[]? ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        int at = 0;
        while (at < code.Length)
        {
            short value = code[at++];
            if (value == 0xFE)
            {
                value = (short)(0xFE00 | code[at++]);
            }

            OpCode operation = Codes[value];
            if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineTok)
            {
                MemberInfo? member = method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod);
                if (member is MethodBase target)
                {
                    yield return target;
                }
            }

            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    /// <summary>The method as it was written, whatever it is called for: <c>Outcome&lt;Agent&gt;.Refused</c> is <c>Outcome&lt;T&gt;.Refused</c>.</summary>
    private static MethodBase Definition(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethod: true } generic)
        {
            method = generic.GetGenericMethodDefinition();
        }

        return method.DeclaringType is { IsGenericType: true, IsGenericTypeDefinition: false } type
            ? type.GetGenericTypeDefinition().GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .OfType<MethodBase>().First(candidate => candidate.MetadataToken == method.MetadataToken)
            : method;
    }
}
