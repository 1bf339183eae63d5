namespace SecureChat.AspNetCore;

/// <summary>What follows from a field's data class.</summary>
internal static class FieldPolicy
{
    /// <summary>How long an unopened value of the field lives: stated, or the option of its class; authentication data never beyond its option (P7).</summary>
    public static TimeSpan LivesFor(SecureFormField field, SecureChatLifetimes lifetimes)
    {
        if (field.DataClass != DataClass.AuthenticationData)
        {
            return field.LivesFor ?? lifetimes.UnopenedValue;
        }

        return field.LivesFor is { } stated && stated < lifetimes.AuthenticationData ? stated : lifetimes.AuthenticationData;
    }

    /// <summary>Taken and destroyed in one step, without retry (P7).</summary>
    public static bool IsSingleDelivery(SecureFormField field) => field.DataClass == DataClass.AuthenticationData;
}
