using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.SignalR;

namespace SecureChat.AspNetCore;

/// <summary>Masks the arguments of a call in place. A call whose arguments cannot be checked is refused.</summary>
internal sealed class MaskingHubFilter(HubOptions hub) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        HubInvocationContext masked;
        try
        {
            masked = Mask(invocationContext);
        }
        catch (BlockedDataException)
        {
            throw ChatHubFilter.Refusal(SecureChatErrors.MessageBlocked);
        }
        catch (Exception fault)
        {
            // The type only: a serializer's text quotes what it choked on.
            MaskingTelemetry.Failed(MaskingTelemetry.Hub);
            MaskingTelemetry.HubFailed(invocationContext.ServiceProvider.GetRequiredService<ILogger<MaskingHubFilter>>(), invocationContext.HubMethodName, fault.GetType().Name);
            throw ChatHubFilter.Refusal(SecureChatErrors.MaskingFailed);
        }

        return await next(masked);
    }

    private HubInvocationContext Mask(HubInvocationContext call)
    {
        if (call.HubMethod.IsDefined(typeof(LeaveUnmaskedAttribute), inherit: true))
        {
            return call;
        }

        ParameterInfo[] parameters = call.HubMethod.GetParameters();
        IReadOnlyList<object?> arguments = call.HubMethodArguments;
        if (parameters.Length != arguments.Count)
        {
            throw new InvalidOperationException();
        }

        var values = new ValueMasker(TextMasking.Of(call.ServiceProvider), call.ServiceProvider);
        object?[]? changed = null;
        for (int i = 0; i < parameters.Length; i++)
        {
            ParameterInfo parameter = parameters[i];
            if (arguments[i] is not { } argument || parameter.IsDefined(typeof(LeaveUnmaskedAttribute), inherit: true) || IsOurOwn(parameter, call.ServiceProvider))
            {
                continue;
            }

            object masked = values.Mask(parameter.Name, argument, parameter.ParameterType);
            if (!ReferenceEquals(masked, argument))
            {
                (changed ??= [.. arguments])[i] = masked;
            }
        }

        if (changed is null)
        {
            return call;
        }

        // In place where that is possible: a context made anew has lost which method a renamed one is.
        if (arguments is object?[] own)
        {
            changed.CopyTo(own, 0);
            return call;
        }

        return new HubInvocationContext(call.Context, call.ServiceProvider, call.Hub, call.HubMethod, changed);
    }

    /// <summary>What comes from the host and not from the client: tokens and services.</summary>
    private bool IsOurOwn(ParameterInfo parameter, IServiceProvider services)
    {
        Type type = parameter.ParameterType;
        return type == typeof(CancellationToken)
            || parameter.GetCustomAttributes(inherit: true).Any(static attribute => attribute is IFromServiceMetadata or FromKeyedServicesAttribute)
            || (hub.DisableImplicitFromServicesParameters != true && type != typeof(string) && !type.IsValueType
                && services.GetService<IServiceProviderIsService>()?.IsService(ServiceType(type)) == true);
    }

    // As SignalR decides it: a container says of every IEnumerable that it is a service, so its items are asked for. A list of texts is no service.
    private static Type ServiceType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>) ? type.GetGenericArguments()[0] : type;
}
