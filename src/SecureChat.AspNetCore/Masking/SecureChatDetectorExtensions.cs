using System.Reflection;
using SecureChat.AspNetCore;

namespace SecureChat;

/// <summary>Finds detectors of the host's own.</summary>
public static class SecureChatDetectorExtensions
{
    /// <summary>
    /// Registers every class of <paramref name="assembly"/> that implements <see cref="ISensitiveDataDetector"/>, internal ones included, as a singleton. A class
    /// that is registered already stays registered once. Nothing is scanned unless this is called.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="assembly">The assembly to look into; its referenced assemblies are not searched.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static ISecureChatBuilder AddDetectorsFromAssembly(this ISecureChatBuilder builder, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(assembly);
        builder.Services.Scan(scan => scan
            .FromAssemblies(assembly)
            .AddClasses(static classes => classes.AssignableTo<ISensitiveDataDetector>(), publicOnly: false)
            .UsingRegistrationStrategy(new OncePerClass())
            .As<ISensitiveDataDetector>()
            .WithSingletonLifetime());
        return builder;
    }
}
