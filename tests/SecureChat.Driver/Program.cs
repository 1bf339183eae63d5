using SecureChat.Driver;

// What the scripts in eng/ call: a party or a whole scenario as a process of its own.
using var stopping = new CancellationTokenSource(TimeSpan.FromMinutes(10));
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopping.Cancel();
};

try
{
    switch (args)
    {
        case ["main-job", string root, string setupToken, string dataFolder]:
            return await MainJob.RunAsync(new Uri(root), setupToken, dataFolder, Console.Out, stopping.Token);
        case ["main-job-development", string root, string signInToken]:
            return await MainJob.RunInDevelopmentAsync(new Uri(root), signInToken, Console.Out, stopping.Token);
        case ["main-job-existing", string root, string customerPassword, string clerkPassword, string authenticatorKey, string dataFolder]:
            return await MainJob.RunInExistingAppAsync(new Uri(root), customerPassword, clerkPassword, authenticatorKey, dataFolder, Console.Out, stopping.Token);
        case ["replay", string root, string file]:
            return await Replay.RunAsync(new Uri(root), file, Console.Out, stopping.Token);
        case ["visitor", string root]:
            return await PartyProgram.RunVisitorAsync(new Uri(root), Console.In, Console.Out, stopping.Token);
        case ["agent", string root, string cookie]:
            return await PartyProgram.RunAgentAsync(new Uri(root), cookie, Console.In, Console.Out, stopping.Token);
        default:
            Console.Error.WriteLine("usage: main-job URL SETUP-TOKEN DATA-FOLDER | main-job-development URL SIGN-IN-TOKEN | main-job-existing URL CUSTOMER-PASSWORD CLERK-PASSWORD AUTHENTICATOR-KEY DATA-FOLDER | replay URL FILE.jsonl | visitor URL | agent URL COOKIE");
            return 2;
    }
}
catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or HttpRequestException or HubCallException or OperationCanceledException or System.Net.WebSockets.WebSocketException)
{
    Console.Error.WriteLine(fault.Message);
    return 1;
}
