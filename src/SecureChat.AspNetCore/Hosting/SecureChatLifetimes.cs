namespace SecureChat.AspNetCore;

/// <summary>How long things live.</summary>
public sealed class SecureChatLifetimes
{
    /// <summary>How long a form can be submitted. Default 15 minutes; 1 minute to 24 hours.</summary>
    public TimeSpan FormOpen { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a value lives unopened. Default 30 minutes; 1 minute to 30 days.</summary>
    public TimeSpan UnopenedValue { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a card security code lives unopened. Default 5 minutes; 30 seconds to 15 minutes.</summary>
    public TimeSpan AuthenticationData { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a value that was kept out of a message waits for the visitor's consent, and how long it then lives unopened. 30 s to 5 min, default 5 min.</summary>
    public TimeSpan KeptValue { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an opened value can be seen. Default 60 seconds; 10 seconds to 10 minutes.</summary>
    public TimeSpan ViewingWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The most that <see cref="ViewingWindow"/> may be.</summary>
    internal static readonly TimeSpan LongestViewingWindow = TimeSpan.FromMinutes(10);

    /// <summary>How long an idle conversation stays open. Default 24 hours; 5 minutes to 30 days.</summary>
    public TimeSpan IdleConversation { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long the transcript of an ended conversation stays readable before its key is destroyed, and the records of its forms with it. Default 30 days; 0 to 3650 days.</summary>
    public TimeSpan Transcript { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often the sweeper looks for due work. Default 5 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Overdue work older than this makes the host unhealthy. Default 2 minutes; 10 seconds to 1 day.</summary>
    public TimeSpan OverdueUnhealthy { get; set; } = TimeSpan.FromMinutes(2);
}
