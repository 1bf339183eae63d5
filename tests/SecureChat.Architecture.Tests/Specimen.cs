using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace SecureChat.Architecture.Tests;

/// <summary>
/// An object of a type with a text in every field that can hold one, made past its constructors: what it prints shows what a log, an
/// exception or a debugger would. Each text names the field it lies in.
/// </summary>
internal sealed class Specimen
{
    private const int Depth = 5;

    private readonly List<string> _fields = [];

    private Specimen(Type type) => Object = Make(type, Depth)!;

    public object Object { get; }

    /// <summary>The fields whose content <see cref="object.ToString"/> shows, as <c>Type.Member</c>.</summary>
    public static IReadOnlyList<string> Shown(Type type)
    {
        var specimen = new Specimen(type);
        string text = specimen.Object.ToString() ?? "";
        return
        [
            .. specimen._fields.Where((_, at) => Forms(CanaryOf(at)).Any(form => text.Contains(form, StringComparison.OrdinalIgnoreCase)))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The fields of a type, those of its bases included, that hold text or bytes.</summary>
    public static bool CarriesText(Type type) => FieldsOf(type).Any(static field => IsText(field.FieldType));

    private static string CanaryOf(int at) => string.Create(CultureInfo.InvariantCulture, $"canary{at:D4}end");

    private static IEnumerable<string> Forms(string canary)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(canary);
        return [canary, Convert.ToHexString(bytes), BitConverter.ToString(bytes), Convert.ToBase64String(bytes)];
    }

    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(object) || type == typeof(byte[]) || type == typeof(char[]) || type == typeof(StringBuilder)
        || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>) || type == typeof(ReadOnlyMemory<char>) || type == typeof(Memory<char>)
        || (type.IsGenericType && type.GetInterfaces().Append(type).Contains(typeof(IEnumerable)) && type.GetGenericArguments().Any(IsText));

    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? level = type; level is not null && level.Assembly.GetName().Name!.StartsWith("SecureChat.", StringComparison.Ordinal); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    // <Text>k__BackingField and the captured parameter <text>P are "Text" and "text" to a reader.
    private static string NameOf(FieldInfo field) =>
        $"{Product.NameOf(field.DeclaringType!)}.{(field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name)}";

    private string Canary(string field)
    {
        _fields.Add(field);
        return CanaryOf(_fields.Count - 1);
    }

    private object? Make(Type type, int depth)
    {
        if (depth == 0 || !type.Assembly.GetName().Name!.StartsWith("SecureChat.", StringComparison.Ordinal) || type.IsInterface || type.IsAbstract || typeof(Delegate).IsAssignableFrom(type))
        {
            return null;
        }

        if (type.IsEnum)
        {
            return Activator.CreateInstance(type);
        }

        object made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (FieldInfo field in FieldsOf(type))
        {
            if (Fill(field.FieldType, NameOf(field), depth) is { } content)
            {
                field.SetValue(made, content);
            }
        }

        return made;
    }

    private object? Fill(Type type, string field, int depth)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        if (inner == typeof(string) || inner == typeof(object))
        {
            return Canary(field);
        }

        if (inner == typeof(StringBuilder))
        {
            return new StringBuilder(Canary(field));
        }

        if (inner == typeof(ReadOnlyMemory<byte>))
        {
            return new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(Canary(field)));
        }

        if (inner == typeof(Memory<byte>))
        {
            return new Memory<byte>(Encoding.UTF8.GetBytes(Canary(field)));
        }

        if (inner == typeof(ReadOnlyMemory<char>))
        {
            return Canary(field).AsMemory();
        }

        if (inner == typeof(Memory<char>))
        {
            return new Memory<char>(Canary(field).ToCharArray());
        }

        if (inner == typeof(byte[]))
        {
            return Encoding.UTF8.GetBytes(Canary(field));
        }

        if (inner == typeof(char[]))
        {
            return Canary(field).ToCharArray();
        }

        if (inner.IsArray || (inner.IsGenericType && typeof(IEnumerable).IsAssignableFrom(inner)))
        {
            return FillMany(inner, field, depth);
        }

        return Make(inner, depth - 1);
    }

    private object? FillMany(Type type, string field, int depth)
    {
        Type[] arguments = type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments();
        if (arguments.Length == 1)
        {
            Array one = Array.CreateInstance(arguments[0], 1);
            one.SetValue(Fill(arguments[0], field, depth), 0);
            return type.IsAssignableFrom(one.GetType()) ? one : Collect(type, one);
        }

        if (arguments.Length == 2 && arguments[0] == typeof(string))
        {
            Type concrete = typeof(Dictionary<,>).MakeGenericType(arguments);
            if (type.IsAssignableFrom(concrete))
            {
                var made = (IDictionary)Activator.CreateInstance(concrete)!;
                if (Fill(arguments[1], field, depth) is { } content)
                {
                    made.Add(Canary(field), content);
                }

                return made;
            }
        }

        return null;
    }

    // List<T>, HashSet<T> and others that are made of a sequence.
    private static object? Collect(Type type, Array one) =>
        type.GetConstructors().FirstOrDefault(constructor => constructor.GetParameters() is [var only] && only.ParameterType.IsInstanceOfType(one))?.Invoke([one]);
}
