using System.Reflection;

namespace SecureChat.Architecture.Tests;

/// <summary>Dependencies run one way: AspNetCore -> Masking -> Abstractions, AI -> Masking, Stores -> Abstractions; only hosts name a store.</summary>
public sealed class DependencyTests
{
    // Who is new here is named here: a project that is forgotten in the table fails.
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Allowed = new(StringComparer.Ordinal)
    {
        ["SecureChat.Abstractions"] = ([], ["Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Options"]),
        ["SecureChat.Masking"] = (["SecureChat.Abstractions"], []),
        ["SecureChat.AI"] = (["SecureChat.Abstractions", "SecureChat.Masking"], ["Microsoft.Extensions.AI.Abstractions"]),
        ["SecureChat.AspNetCore"] = (["SecureChat.Abstractions", "SecureChat.Masking"], ["FluentValidation", "Scrutor"]),
        ["SecureChat.Stores"] = (["SecureChat.Abstractions"], ["Microsoft.Data.Sqlite", "SQLitePCLRaw.bundle_e_sqlite3"]),
        ["SecureChat.Keys.AwsKms"] = (["SecureChat.Abstractions"], ["AWSSDK.KeyManagementService"]),
        ["SecureChat.Stores.PostgreSql"] = (["SecureChat.Abstractions"], ["Npgsql"]),
        ["SecureChat.Testing"] = (["SecureChat.Abstractions"], []),
        ["SecureChat.Cli"] = (["SecureChat.AspNetCore", "SecureChat.Masking"], ["CsvHelper", "Spectre.Console", "System.CommandLine"]),
        ["SecureChat.Conformance"] = (["SecureChat.Abstractions"], ["xunit.v3.assert", "xunit.v3.extensibility.core"]),
    };

    [Fact]
    public void Each_package_names_the_projects_and_packages_of_the_table_and_no_others()
    {
        Project[] packed = [.. Product.Projects.Where(static project => project.IsPacked)];
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), packed.Select(static project => project.Name).Order(StringComparer.Ordinal));
        Assert.All(packed, static project =>
        {
            Assert.Equal(Allowed[project.Name].Projects, project.Projects);
            Assert.Equal(Allowed[project.Name].Packages, project.Packages);
        });
    }

    [Fact]
    public void What_is_compiled_refers_to_nothing_else_either()
    {
        foreach ((_, Assembly assembly) in Product.Packages)
        {
            string name = assembly.GetName().Name!;
            string[] allowed = [.. Allowed[name].Projects, .. Allowed[name].Packages];
            string[] foreign = [.. assembly.GetReferencedAssemblies().Select(static reference => reference.Name!)
                .Where(reference => !reference.StartsWith("System.", StringComparison.Ordinal)
                    && reference is not ("System" or "netstandard" or "mscorlib")
                    && !allowed.Contains(reference, StringComparer.Ordinal)
                    && !(name == "SecureChat.AspNetCore" && reference.StartsWith("Microsoft.", StringComparison.Ordinal))
                    && !(name is "SecureChat.Keys.AwsKms" or "SecureChat.Stores" or "SecureChat.Stores.PostgreSql" or "SecureChat.Testing" && (reference.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || reference.StartsWith("SQLitePCLRaw.", StringComparison.Ordinal)))
                    && !(name == "SecureChat.Keys.AwsKms" && reference == "AWSSDK.Core")
                    && !(name == "SecureChat.Conformance" && reference.StartsWith("xunit.v3.", StringComparison.Ordinal)))];
            Assert.True(foreign.Length == 0, $"{name} refers to {string.Join(", ", foreign)}.");
        }

        // What a vendor without ASP.NET Core loads must not bring it along.
        foreach (Assembly assembly in new[] { Product.Abstractions, Product.Masking, Product.AI, Product.Stores, Product.PostgreSql, Product.AwsKms })
        {
            Assert.DoesNotContain(assembly.GetReferencedAssemblies(), static reference => reference.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Only_hosts_and_tests_refer_to_a_store()
    {
        Assert.All(
            Product.Projects.Where(static project => project.Projects.Any(static reference => reference.StartsWith("SecureChat.Stores", StringComparison.Ordinal))),
            static project => Assert.Matches("^(samples|tests)/", project.Path));
        Assert.Contains(Product.Projects, static project => project.Folder.StartsWith("samples/", StringComparison.Ordinal) && project.Projects.Contains("SecureChat.Stores"));
    }

    [Fact]
    public void The_parties_of_the_tests_are_written_without_product_code()
    {
        Project driver = Assert.Single(Product.Projects, static project => project.Name == "SecureChat.Driver");
        Assert.Empty(driver.Projects);
        Assert.Empty(driver.Packages);
    }

    [Fact]
    public void Only_projects_of_this_repository_are_let_into_internals()
    {
        HashSet<string> ours = [.. Product.Projects.Select(static project => project.Name), "SecureChat.Benchmarks", "SecureChat.Browser.Tests", "SecureChat.Cli"];
        Assert.All(Product.Projects.SelectMany(static project => project.Friends), friend => Assert.Contains(friend, ours));
    }

    [Fact]
    public void FluentValidation_and_Scrutor_show_in_no_public_signature()
    {
        (string Member, Type Type)[] shown = [.. Product.Packages.SelectMany(static package => package.Assembly.GetExportedTypes()).SelectMany(PublicApi.Signature)];
        Assert.NotEmpty(shown);
        string[] foreign = [.. shown.Where(static use => IsForeign(use.Type)).Select(static use => $"{use.Member}: {use.Type}")];
        Assert.True(foreign.Length == 0, string.Join('\n', foreign));

        // The check bites: a signature of this kind is seen.
        Assert.Contains(PublicApi.Signature(typeof(Saboteurs.ShowsFluentValidation)), static use => IsForeign(use.Type));
    }

    private static bool IsForeign(Type type) => type.Assembly.GetName().Name is { } name
        && name is not ("System" or "netstandard")
        && !name.StartsWith("System.", StringComparison.Ordinal)
        && !name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
        && !name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
        && !(name.StartsWith("SecureChat.", StringComparison.Ordinal) && !name.EndsWith(".Tests", StringComparison.Ordinal))

        // The kit is made of tests: their attributes are its purpose.
        && !name.StartsWith("xunit.v3.", StringComparison.Ordinal);
}
