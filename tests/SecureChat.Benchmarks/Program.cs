using SecureChat.Benchmarks;

// start-child is this program started again by the measurement of a host's start.
// --quick          shows that everything runs; its times mean little, so no budget fails it
// --only WORD      only the groups whose name holds the word: masker, seal, form, http, chat, postgresql, start
if (args is ["start-child", var kind, var childFolder])
{
    return await StartChild.RunAsync(kind, childFolder);
}

bool isQuick = args.Contains("--quick");
string? only = args.SkipWhile(static argument => argument != "--only").Skip(1).FirstOrDefault();
Scale scale = isQuick ? Scale.Quick : Scale.Full;
(string Name, Func<Task<IEnumerable<Row>>> Run)[] groups =
[
    ("masker", () => Task.FromResult(MaskerBenchmarks.Run(scale))),
    ("seal", () => Task.FromResult(SealBenchmark.Run(scale))),
    ("form", async () => await FormBenchmark.RunAsync(scale)),
    ("http", async () => await HttpFormBenchmark.RunAsync(scale)),
    ("chat", async () => await ChatBenchmark.RunAsync(scale)),
    ("postgresql", async () => await ChatBenchmark.RunOnPostgreSqlAsync(scale)),
    ("start", async () => await StartBenchmark.RunAsync(scale)),
];

Console.WriteLine("| what | n | baseline | subject | ratio | budget | |");
Console.WriteLine("|---|---|---|---|---|---|---|");
int missed = 0;
foreach ((string name, Func<Task<IEnumerable<Row>>> run) in groups)
{
    if (only is not null && !name.Contains(only, StringComparison.OrdinalIgnoreCase))
    {
        continue;
    }

    foreach (Row row in await run())
    {
        string verdict = row.Budget.Length == 0 ? "" : row.IsOk ? "ok" : "missed";
        missed += row.IsOk ? 0 : 1;
        Console.WriteLine($"| {row.Name} | {(row.Samples == 0 ? "" : row.Samples)} | {row.Baseline} | {row.Subject} | {row.Ratio} | {row.Budget} | {verdict} |");
    }
}

return isQuick || missed == 0 ? 0 : 1;
