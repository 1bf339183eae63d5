using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace SecureChat.Architecture.Tests;

/// <summary>Prints what a package promises to its users, one member a line, in an order that does not depend on the source.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
    };

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder("# What this package shows. Written and compared by SecureChat.Architecture.Tests.\n");
        foreach (Type type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append('\n').Append(Header(type)).Append('\n');
            foreach (string line in Lines(type))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Every type that a public type shows in its bases and members, with the place.</summary>
    public static IEnumerable<(string Member, Type Type)> Signature(Type type)
    {
        IEnumerable<(string, Type)> shown = type.GetInterfaces().Append(type.BaseType ?? typeof(object)).Select(shownType => (type.Name, shownType));
        foreach (MemberInfo member in Members(type))
        {
            string place = $"{type.Name}.{member.Name}";
            shown = shown.Concat(member switch
            {
                MethodBase method => [.. method.GetParameters().Select(parameter => (place, parameter.ParameterType)), (place, (method as MethodInfo)?.ReturnType ?? type)],
                PropertyInfo property => [(place, property.PropertyType)],
                FieldInfo field => [(place, field.FieldType)],
                EventInfo made => [(place, made.EventHandlerType!)],
                _ => [],
            });
            shown = shown.Concat(member.GetCustomAttributesData().Select(attribute => (place, attribute.AttributeType)));
        }

        return shown.Concat(type.GetCustomAttributesData().Select(attribute => (type.Name, attribute.AttributeType)))
            .SelectMany(static use => Parts(use.Item2).Select(part => (use.Item1, part)));
    }

    /// <summary>Public and protected members, accessors left out.</summary>
    public static IEnumerable<MemberInfo> Members(Type type) => type.GetMembers(Declared).Where(static member => member switch
    {
        MethodBase { IsSpecialName: true } method => IsSeen(method) && (method.IsConstructor || method.Name.StartsWith("op_", StringComparison.Ordinal)),
        MethodBase method => IsSeen(method),
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsSeen),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        EventInfo made => IsSeen(made.AddMethod!),
        _ => false,
    });

    public static bool IsInitOnly(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
        {
            return Parts(type.GetElementType()!);
        }

        return type.IsGenericParameter ? type.GetGenericParameterConstraints().Where(constraint => constraint != type) : type.GetGenericArguments().SelectMany(Parts).Prepend(type);
    }

    private static string Header(Type type)
    {
        string kind =
            type.IsEnum ? $"enum {Name(type)} : {Name(Enum.GetUnderlyingType(type))}"
            : type.IsInterface ? $"interface {Name(type)}"
            : type.IsValueType ? $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}struct {Name(type)}"
            : type is { IsAbstract: true, IsSealed: true } ? $"static class {Name(type)}"
            : $"{(type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class {Name(type)}";
        List<string> bases = [];
        if (!type.IsEnum)
        {
            if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object))
            {
                bases.Add(Name(parent));
            }

            bases.AddRange(type.GetInterfaces().Where(contract => type.BaseType?.IsAssignableTo(contract) != true).Select(Name).Order(StringComparer.Ordinal));
        }

        return $"{Attributes(type)}{kind}{(bases.Count == 0 ? "" : $" : {string.Join(", ", bases)}")}";
    }

    private static IEnumerable<string> Lines(Type type) => type.IsEnum
        ? Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{Enum.GetName(type, value)} = {Convert.ToString(value, CultureInfo.InvariantCulture)}")
        : Members(type).Select(static member => (member.Name, Line: Line(member)))
            .OrderBy(static pair => pair.Name, StringComparer.Ordinal).ThenBy(static pair => pair.Line, StringComparer.Ordinal)
            .Select(static pair => pair.Line);

    private static string Line(MemberInfo member) => Attributes(member) + member switch
    {
        ConstructorInfo constructor => $"{Visibility(constructor)}{Product.NameOf(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method => $"{Visibility(method)}{Modifiers(method)}{Named(Nullability.Create(method.ReturnParameter))} {method.Name}{Generics(method)}({Parameters(method)}){Constraints(method)}",
        PropertyInfo property => PropertyLine(property),
        FieldInfo { IsLiteral: true } field => $"const {Name(field.FieldType)} {field.Name} = {Literal(field.GetRawConstantValue())}",
        FieldInfo field => $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Named(Nullability.Create(field))} {field.Name}",
        EventInfo made => $"event {Named(Nullability.Create(made))} {made.Name}",
        _ => throw new InvalidOperationException($"{member} is of a kind that is not printed yet."),
    };

    // A context remembers what it has seen and is not thread-safe.
    private static NullabilityInfoContext Nullability => new();

    private static string PropertyLine(PropertyInfo property)
    {
        MethodInfo seen = property.GetAccessors(nonPublic: true).First(IsSeen);
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string get = property.GetMethod is { } getter && IsSeen(getter) ? "get; " : "";
        string set = property.SetMethod is { } setter && IsSeen(setter) ? IsInitOnly(property) ? "init; " : "set; " : "";
        return $"{Visibility(seen)}{Modifiers(seen)}{required}{Named(Nullability.Create(property))} {property.Name} {{ {get}{set}}}";
    }

    private static string Visibility(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodBase method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return method.IsAbstract ? "" : "default ";
        }

        return method.IsStatic ? "static "
            : method.IsAbstract ? "abstract "
            : method is MethodInfo { IsVirtual: true } own && own.GetBaseDefinition() != own ? "override "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual "
            : "";
    }

    // The compiler itself marks constructors of types with required members, for compilers that do not know them.
    private static string Attributes(MemberInfo member) => member.IsDefined(typeof(CompilerFeatureRequiredAttribute)) ? "" : string.Concat(member.GetCustomAttributesData()
        .Where(static attribute => attribute.AttributeType == typeof(ObsoleteAttribute) || attribute.AttributeType == typeof(ExperimentalAttribute))
        .Select(static attribute => $"[{attribute.AttributeType.Name.Replace("Attribute", "", StringComparison.Ordinal)}] "));

    private static string Parameters(MethodBase method)
    {
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select((parameter, at) =>
        {
            string way = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? parameter.IsIn ? "in " : "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
            string standard = !parameter.HasDefaultValue ? ""
                : parameter.DefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? " = default"
                : $" = {Literal(parameter.DefaultValue)}";
            return $"{(isExtension && at == 0 ? "this " : "")}{way}{Named(Nullability.Create(parameter))} {parameter.Name}{standard}";
        }));
    }

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(static argument => argument.Name))}>" : "";

    private static string Constraints(MethodInfo method) => method.IsGenericMethodDefinition
        ? string.Concat(method.GetGenericArguments().Select(static argument =>
        {
            GenericParameterAttributes attributes = argument.GenericParameterAttributes;
            List<string> rules = [];
            if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            {
                rules.Add("class");
            }

            rules.AddRange(argument.GetGenericParameterConstraints().Select(Name));
            if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            {
                rules.Add("new()");
            }

            return rules.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", rules)}";
        }))
        : "";

    private static string Named(NullabilityInfo info)
    {
        Type type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        bool isNull = info.ReadState == NullabilityState.Nullable || (info.ReadState == NullabilityState.Unknown && info.WriteState == NullabilityState.Nullable);
        string name = Nullable.GetUnderlyingType(type) is { } underlying ? Name(underlying)
            : type.IsArray ? $"{(info.ElementType is { } element ? Named(element) : Name(type.GetElementType()!))}[]"
            : type.IsGenericType ? $"{BareName(type)}<{string.Join(", ", info.GenericTypeArguments.Length == 0 ? type.GetGenericArguments().Select(Name) : info.GenericTypeArguments.Select(Named))}>"
            : Name(type);
        return isNull ? name + "?" : name;
    }

    private static string Name(Type type) =>
        Keywords.TryGetValue(type, out string? keyword) ? keyword
        : Nullable.GetUnderlyingType(type) is { } underlying ? Name(underlying) + "?"
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : type.IsGenericParameter ? type.Name
        : type.IsGenericType ? $"{BareName(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : BareName(type);

    private static string BareName(Type type) => type.DeclaringType is { } outer && !type.IsGenericParameter
        ? $"{BareName(outer)}.{type.Name.Split('`')[0]}"
        : $"{type.Namespace}.{type.Name.Split('`')[0]}";

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        Enum named => named.ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
