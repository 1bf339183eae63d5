using Microsoft.Extensions.DependencyInjection.Extensions;
using Scrutor;

namespace SecureChat.AspNetCore;

/// <summary>Scrutor's own "skip" looks at the contract only: with it the second class of an assembly would be dropped.</summary>
internal sealed class OncePerClass : RegistrationStrategy
{
    public override void Apply(IServiceCollection services, ServiceDescriptor descriptor) => services.TryAddEnumerable(descriptor);
}
