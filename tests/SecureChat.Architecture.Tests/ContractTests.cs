using System.Reflection;
using System.Text.RegularExpressions;

namespace SecureChat.Architecture.Tests;

/// <summary>What a contract type looks like, so that it can grow without breaking a vendor, and nobody can change or leak it by accident.</summary>
public sealed class ContractTests
{
    private static Type[] Contracts => Product.Abstractions.GetExportedTypes();

    [Fact]
    public void Contract_types_are_sealed_or_static_or_interfaces_or_the_base_of_our_exceptions()
    {
        string[] open = [.. Contracts
            .Where(static type => type.IsClass && !type.IsSealed && type != typeof(SecureChatException))
            .Select(static type => type.Name)];
        Assert.Empty(open);

        // A public field or a mutable struct could be changed behind the back of who checked it.
        Assert.Empty(Contracts.SelectMany(static type => type.GetFields()).Where(static field => !field.IsLiteral && !field.IsSpecialName && !field.DeclaringType!.IsEnum).Select(static field => field.Name));
        Assert.All(
            Contracts.Where(static type => type is { IsValueType: true, IsEnum: false }),
            static type => Assert.True(type.IsDefined(typeof(System.Runtime.CompilerServices.IsReadOnlyAttribute)), type.Name));
    }

    [Fact]
    public void Properties_of_contract_types_are_set_while_the_object_is_made_or_not_at_all()
    {
        string[] mutable = [.. Contracts.SelectMany(static type => type.GetProperties())
            .Where(static property => property.DeclaringType!.Assembly == Product.Abstractions && property.SetMethod is { IsPublic: true } && !PublicApi.IsInitOnly(property))
            .Select(static property => $"{property.DeclaringType!.Name}.{property.Name}")];
        Assert.Empty(mutable);
        Assert.Contains(typeof(Saboteurs.Shown).GetProperties(), static property => property.SetMethod is { IsPublic: true } && !PublicApi.IsInitOnly(property));
    }

    [Fact]
    public void No_contract_type_is_a_record_so_none_prints_its_members_and_a_new_member_breaks_nobody()
    {
        Assert.DoesNotContain(Contracts, IsRecord);
        Assert.True(IsRecord(typeof(Saboteurs.PositionalToken)));
        Assert.True(IsRecord(typeof(Saboteurs.PositionalValue)));
    }

    [Fact]
    public void Contracts_answer_ValueTask_and_take_a_token_last_that_cannot_be_forgotten()
    {
        string[] wrong = [.. Contracts.Where(static type => type.IsInterface).SelectMany(static type => type.GetMethods())
            .Where(static method => typeof(Task).IsAssignableFrom(method.ReturnType)
                || (IsValueTask(method.ReturnType)
                    && (method.GetParameters() is not [.., { HasDefaultValue: false } last] || last.ParameterType != typeof(CancellationToken)
                        || !method.Name.EndsWith("Async", StringComparison.Ordinal))))
            .Select(static method => $"{method.DeclaringType!.Name}.{method.Name}")];
        Assert.Empty(wrong);
        Assert.Equal(6, typeof(IVault).GetMethods().Count(static method => IsValueTask(method.ReturnType)));
    }

    [Fact]
    public void Hub_methods_take_exactly_one_sealed_class_because_stock_logging_prints_arguments()
    {
        MethodInfo[] methods = HubApi.Methods;
        Assert.NotEmpty(methods);
        Assert.All(methods, static method =>
        {
            Type argument = Assert.Single(method.GetParameters()).ParameterType;
            Assert.True(argument is { IsClass: true, IsSealed: true } && argument.Assembly == Product.AspNetCore && !IsRecord(argument), $"{method.Name} takes {argument}.");
        });
    }

    [Fact]
    public void Public_types_live_in_a_namespace_of_ours_or_where_a_host_looks_for_the_call()
    {
        foreach ((_, Assembly assembly) in Product.Packages)
        {
            string own = assembly == Product.Abstractions ? "SecureChat" : assembly.GetName().Name!;
            Assert.All(assembly.GetExportedTypes(), type => Assert.True(
                type.Namespace == own || (IsExtension(type) && type.Namespace is "SecureChat" or "Microsoft.AspNetCore.Builder" or "Microsoft.Extensions.DependencyInjection" or "Microsoft.Extensions.Hosting" or "Microsoft.Extensions.Logging"),
                $"{type.FullName} of {assembly.GetName().Name} is in the wrong namespace."));
        }

        Assert.Equal("Microsoft.Extensions.DependencyInjection", typeof(Microsoft.Extensions.DependencyInjection.SecureChatServiceCollectionExtensions).Namespace);
        Assert.Equal("Microsoft.AspNetCore.Builder", typeof(Microsoft.AspNetCore.Builder.SecureChatEndpointRouteBuilderExtensions).Namespace);
    }

    [Fact]
    public void Public_classes_that_are_no_contracts_cannot_be_inherited_either()
    {
        string[] open = [.. Product.Packages.SelectMany(static package => package.Assembly.GetExportedTypes())
            .Where(static type => type is { IsClass: true, IsSealed: false } && type != typeof(SecureChatException) && type.Namespace != typeof(SecureChat.Conformance.RecordStoreConformanceTests).Namespace)
            .Select(static type => type.Name)];
        Assert.Empty(open);

        // Of the kit only suites are there to be inherited.
        Assert.All(
            Product.Kit.GetExportedTypes().Where(static type => type is { IsClass: true, IsSealed: false }),
            static type => Assert.True(type.IsAbstract && type.Name.EndsWith("ConformanceTests", StringComparison.Ordinal), type.Name));
    }

    [Fact]
    public void A_public_type_stands_in_a_file_of_its_name()
    {
        foreach ((string folder, Assembly assembly) in Product.Packages)
        {
            HashSet<string> files = [.. Repository.Files(folder, "*.cs").Select(static file => Path.GetFileNameWithoutExtension(file))];
            Assert.All(assembly.GetExportedTypes().Where(static type => !type.IsNested), type => Assert.Contains(type.Name.Split('`')[0], files));
        }
    }

    [Fact]
    public void The_compiler_demands_documentation_of_everything_public_and_treats_warnings_as_errors()
    {
        string common = Repository.Read("eng/Common.props"), library = Repository.Read("eng/Library.props");
        Assert.Contains("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>", common, StringComparison.Ordinal);
        Assert.Contains("<Nullable>enable</Nullable>", common, StringComparison.Ordinal);
        Assert.Contains("<GenerateDocumentationFile>true</GenerateDocumentationFile>", library, StringComparison.Ordinal);
        foreach (Project project in Product.Projects.Where(static project => project.IsPacked))
        {
            string text = Repository.Read(project.Path);
            Assert.DoesNotMatch("CS1591|NoWarn|TreatWarningsAsErrors|<Nullable>", text);
            Assert.True(project.Folder.StartsWith("src/", StringComparison.Ordinal) || text.Contains("<GenerateDocumentationFile>true", StringComparison.Ordinal), project.Name);
        }

        // What is switched off in one place is switched off with a reason: a pragma names its rule and says why on the same line.
        Assert.All(
            Product.Projects.Where(static project => project.IsPacked).SelectMany(static project => Repository.Files(project.Folder, "*.cs")),
            static file => Assert.All(
                Repository.Read(file).Split('\n').Where(static line => line.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal)),
                line => Assert.True(Regex.IsMatch(line, @"disable [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* // \w+ \w+"), $"{file}: {line}")));
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null;

    private static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static bool IsExtension(Type type) => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Extensions", StringComparison.Ordinal);
}
