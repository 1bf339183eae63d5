namespace SecureChat.AspNetCore;

/// <summary>
/// A hub method, or one parameter of it, receives what the client sent as it is, although masking is on for the hub: see
/// <c>AddSecureChatMasking()</c>. What it receives must not reach a log or a store in clear.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class LeaveUnmaskedAttribute : Attribute;
