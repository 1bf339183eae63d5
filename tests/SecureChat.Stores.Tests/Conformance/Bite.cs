using System.Reflection;
using SecureChat.Conformance;

namespace SecureChat.Stores.Tests.Conformance;

/// <summary>Runs the clauses of a suite on something broken. A kit bites when the broken clause goes red, and no other does.</summary>
internal static class Bite
{
    /// <summary>Runs one clause on a suite of its own; answers with its failure.</summary>
    public static async Task<Exception?> RunAsync(Func<IAsyncDisposable> suite, string clause)
    {
        IAsyncDisposable made = suite();
        Exception? failure = await Record.ExceptionAsync(() => (Task)made.GetType().GetMethods()
            .Single(method => method.GetCustomAttribute<ClauseAttribute>()?.Id == clause)
            .Invoke(made, BindingFlags.DoNotWrapExceptions, null, null, null)!);

        // What is broken may break again when it is closed.
        await Record.ExceptionAsync(async () => await made.DisposeAsync());
        return failure;
    }

    /// <summary>Runs every clause: those that are named go red, and with a message; all others stay green.</summary>
    public static async Task AssertOnlyAsync(Func<IAsyncDisposable> suite, string fault, params string[] broken)
    {
        IAsyncDisposable made = suite();
        Type type = made.GetType();
        await made.DisposeAsync();
        foreach (string id in SuiteCoverage.ClausesOf(type).Select(static one => one.Id))
        {
            Exception? failure = await RunAsync(suite, id);
            Assert.True(failure is not null == broken.Contains(id), $"\"{fault}\", {id}: {failure?.ToString() ?? "passed"}");
            Assert.True(failure is null || failure.Message.Length > 20, $"\"{fault}\", {id}: says only \"{failure?.Message}\".");
        }
    }
}
