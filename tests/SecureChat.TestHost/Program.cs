using System.Globalization;
using SecureChat;
using SecureChat.TestHost;

// A host as a process of its own: prints "listening URL" and serves until it is killed or its standard input ends.
// Arguments: FOLDER [sweep=SECONDS] [unopened=SECONDS] [window=SECONDS]
string folder = args[0];
Dictionary<string, double> seconds = args[1..].Select(argument => argument.Split('=')).ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
var kill = new KillSwitch();
WebApplication app = TestApp.Build(new TestHostOptions
{
    Folder = folder,
    WrapStore = (_, store) => new KillingStore(store, kill),
    Configure = options =>
    {
        options.Lifetimes.SweepInterval = TimeSpan.FromSeconds(seconds.GetValueOrDefault("sweep", 1));
        options.Lifetimes.UnopenedValue = TimeSpan.FromSeconds(seconds.GetValueOrDefault("unopened", 1800));
        options.Lifetimes.AuthenticationData = TimeSpan.FromSeconds(Math.Min(300, seconds.GetValueOrDefault("unopened", 300)));
        options.Lifetimes.ViewingWindow = TimeSpan.FromSeconds(seconds.GetValueOrDefault("window", 60));
    },
});

// Arms the switch from outside: the process dies after the Nth write from now.
app.MapPost("/test/kill-after/{writes:int}", (int writes) => kill.Arm(writes));
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"listening {app.Urls.First()}"));

// A test that dies must not leave its host behind: its end closes this pipe.
_ = Task.Run(async () =>
{
    while (await Console.In.ReadLineAsync() is not null)
    {
    }

    await app.StopAsync();
});
await app.RunAsync();
