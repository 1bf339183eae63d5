using System.Reflection;
using SecureChat.AspNetCore;

namespace SecureChat;

/// <summary>Finds forms written as classes.</summary>
public static class SecureChatFormBuilderExtensions
{
    /// <summary>
    /// Registers every class of <paramref name="assembly"/> that implements <see cref="ISecureForm"/>, internal ones included, as a
    /// singleton. Classes that are registered already stay registered once, so the call may be repeated and mixed with
    /// <c>AddForm&lt;T&gt;()</c>. Nothing is scanned unless this is called.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="assembly">The assembly to look into; its referenced assemblies are not searched.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <example><code>
    /// builder.Services.AddSecureChat().AddFormsFromAssembly(typeof(Program).Assembly);
    /// </code></example>
    public static ISecureChatBuilder AddFormsFromAssembly(this ISecureChatBuilder builder, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(assembly);
        builder.Services.Scan(scan => scan
            .FromAssemblies(assembly)
            .AddClasses(static classes => classes.AssignableTo<ISecureForm>(), publicOnly: false)
            .UsingRegistrationStrategy(new OncePerClass())
            .As<ISecureForm>()
            .WithSingletonLifetime());
        return builder;
    }

    /// <summary>Like <see cref="AddFormsFromAssembly(ISecureChatBuilder, Assembly)"/>, for the assembly that contains <typeparamref name="T"/>.</summary>
    /// <typeparam name="T">Any type of the assembly, for example the form itself.</typeparam>
    public static ISecureChatBuilder AddFormsFromAssemblyContaining<T>(this ISecureChatBuilder builder) => builder.AddFormsFromAssembly(typeof(T).Assembly);
}
