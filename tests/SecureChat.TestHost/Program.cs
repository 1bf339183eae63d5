using System.Globalization;
using SecureChat;
using SecureChat.AspNetCore;
using SecureChat.TestHost;

// A host as a process of its own: prints "listening URL" and serves until it is killed or its standard input ends.
// Arguments: FOLDER [sweep=SECONDS] [unopened=SECONDS] [window=SECONDS] [ahead=SECONDS] [busy=1] [unsafe=FAULT]
// A file FOLDER/postgresql with a connection string puts the records there instead of into SQLite files in the folder.
//        or: FOLDER COMMAND..., a command of the product ("audit verify") on the folder's files.
string folder = args[0];
bool isCommand = args.Length > 1 && !args[1].Contains('=', StringComparison.Ordinal);
Dictionary<string, string> settings = isCommand ? [] : args[1..].Select(argument => argument.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
var kill = new KillSwitch();
var time = new ShiftedTime { Ahead = TimeSpan.FromSeconds(Number("ahead", 0)) };
WebApplication app = TestApp.Build(new TestHostOptions
{
    Folder = folder,
    Time = time,
    PostgreSql = File.Exists(Path.Combine(folder, "postgresql")) ? File.ReadAllText(Path.Combine(folder, "postgresql")) : null,
    WrapStore = (slot, store) => new KillingStore(UnsafeStores.Wrap(settings.GetValueOrDefault("unsafe"), slot, store), kill, time),
    Configure = options =>
    {
        options.Lifetimes.SweepInterval = TimeSpan.FromSeconds(Number("sweep", 1));
        options.Lifetimes.UnopenedValue = TimeSpan.FromSeconds(Number("unopened", 1800));
        options.Lifetimes.AuthenticationData = TimeSpan.FromSeconds(Math.Min(300, Number("unopened", 300)));
        options.Lifetimes.ViewingWindow = TimeSpan.FromSeconds(Number("window", 60));
        if (Number("busy", 0) > 0)
        {
            // Visitors who talk as fast as they can.
            options.Limits.VisitorMessageBurst = 1_000;
            options.Limits.VisitorMessagesPerSecond = 100;
            options.Limits.ConversationMessagesPerSecond = 1_000;
        }
    },
});
if (isCommand)
{
    await app.RunSecureChatCommandAsync(args[1..]);
    return;
}

// Arms the switch from outside: the process dies after the Nth write from now.
app.MapPost("/test/kill-after/{writes:int}", (int writes) => kill.Arm(writes));

// Time and the sweeper, moved by the test instead of waited for.
app.MapPost("/test/ahead/{seconds:double}", (double seconds) => { time.Ahead = TimeSpan.FromSeconds(seconds); });
app.MapPost("/test/sweep", async (Sweeper sweeper, CancellationToken token) => await sweeper.SweepAsync(token));

// A command on keys inside the serving host, so that the switch can kill it in the middle.
app.MapPost("/test/keys/{command}", async (string command, IEnumerable<IHostCommand> commands, CancellationToken token) =>
{
    using var output = new StringWriter();
    int code = await commands.Single(candidate => candidate.Name == $"keys {command}").RunAsync([], output, token);
    return Results.Text(output.ToString(), statusCode: code == 0 ? 200 : 409);
});
app.MapGet("/test/verify", async (CancellationToken token) =>
{
    using var output = new StringWriter();
    await AuditCommands.VerifyAsync(app.Services, output, headFile: null, token);
    return output.ToString();
});
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

double Number(string name, double otherwise) =>
    settings.TryGetValue(name, out string? text) ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
