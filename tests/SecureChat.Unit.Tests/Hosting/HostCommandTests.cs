using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SecureChat.AspNetCore;

namespace SecureChat.Unit.Tests.Hosting;

public sealed class HostCommandTests
{
    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:5000")]
    [InlineData("/environment", "Production")]
    [InlineData("Logging:LogLevel:Default=Debug")]
    [InlineData("-h")]
    [InlineData("")]
    public async Task Ordinary_arguments_are_no_command(params string[] args)
    {
        await using TestHost host = TestHost.Build();
        using var output = new StringWriter();
        Assert.False(await host.App.RunSecureChatCommandAsync(args, output, TestContext.Current.CancellationToken));
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task Help_lists_every_command_and_needs_no_store()
    {
        (bool ran, int code, string output) = await RunAsync(static setup => setup.AddStores = false, "help");
        Assert.True(ran);
        Assert.Equal(0, code);
        Assert.Contains("help", output, StringComparison.Ordinal);
        Assert.Contains("echo twice", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("audit")]
    [InlineData("ECHO")]
    public async Task An_unknown_word_prints_the_usage_and_ends_with_2(params string[] args)
    {
        (bool ran, int code, string output) = await RunAsync(null, args);
        Assert.True(ran);
        Assert.Equal(2, code);
        Assert.Contains("SecureChat commands of this host", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_gets_its_arguments_and_prepared_stores_and_its_exit_code_is_kept()
    {
        HostSetup? seen = null;
        (bool ran, int code, string output) = await RunAsync(setup => seen = setup, "echo", "--head", "file");
        Assert.True(ran);
        Assert.Equal(7, code);
        Assert.Equal("echo: --head file", output.Trim());
        Assert.Equal(1, seen!.Data.Prepared);
    }

    [Fact]
    public async Task The_longest_name_wins()
    {
        (_, _, string output) = await RunAsync(null, "echo", "twice", "x");
        Assert.Equal("echo twice: x", output.Trim());
    }

    [Theory]
    [InlineData("echo", false)]
    [InlineData("echo twice", true)]
    public async Task Start_up_steps_run_only_for_commands_that_need_them(string command, bool runs)
    {
        int steps = 0;
        await RunAsync(setup => setup.Services += services => services.AddSingleton<IStartupStep>(new CountingStep(() => steps++)), command.Split(' '));
        Assert.Equal(runs ? 1 : 0, steps);
    }

    [Fact]
    public async Task A_host_that_is_set_up_wrongly_says_so_and_ends_with_1()
    {
        (bool ran, int code, string output) = await RunAsync(static setup => setup.AddStores = false, "echo");
        Assert.True(ran);
        Assert.Equal(1, code);
        Assert.Contains(SecureChatErrors.NoRecordStore.Code, output, StringComparison.Ordinal);
        Assert.Contains("UseSqlite", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_a_command_ends_with_1_and_its_message_is_not_printed()
    {
        (_, int code, string output) = await RunAsync(null, "fail");
        Assert.Equal(1, code);
        Assert.Contains("SC6021", output, StringComparison.Ordinal);
        Assert.DoesNotContain("4111111111111111", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_SecureChat_is_told_the_missing_line()
    {
        await using TestHost host = TestHost.Build(static setup => setup.AddSecureChat = setup.UseSecureChat = setup.MapSecureChat = false);
        SecureChatConfigurationException refusal = await Assert.ThrowsAsync<SecureChatConfigurationException>(
            async () => await host.App.RunSecureChatCommandAsync(["help"], TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.Equal(SecureChatErrors.CallMissing.Code, refusal.Error.Code);
    }

    private static async Task<(bool Ran, int Code, string Output)> RunAsync(Action<HostSetup>? configure, params string[] args)
    {
        await using TestHost host = TestHost.Build(setup =>
        {
            setup.Services = static services =>
            {
                services.AddSingleton<IHostCommand>(new EchoCommand("echo", false));
                services.AddSingleton<IHostCommand>(new EchoCommand("echo twice", true));
                services.AddSingleton<IHostCommand, FailingCommand>();
            };
            configure?.Invoke(setup);
        });
        using var output = new StringWriter();
        int before = Environment.ExitCode;
        try
        {
            bool ran = await host.App.RunSecureChatCommandAsync(args, output, TestContext.Current.CancellationToken);
            Assert.Empty(host.App.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses);
            return (ran, Environment.ExitCode, output.ToString());
        }
        finally
        {
            // The code belongs to the process that runs the tests.
            Environment.ExitCode = before;
        }
    }

    private sealed class EchoCommand(string name, bool needsSteps) : IHostCommand
    {
        public string Name => name;

        public string Usage => $"{name}    says it again";

        public bool NeedsStartupSteps => needsSteps;

        public async ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
        {
            await output.WriteLineAsync($"{name}: {string.Join(' ', args)}");
            return 7;
        }
    }

    private sealed class FailingCommand : IHostCommand
    {
        public string Name => "fail";

        public string Usage => "fail";

        public ValueTask<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("4111111111111111");
    }

    private sealed class CountingStep(Action count) : IStartupStep
    {
        public int Order => 0;

        public ValueTask RunAsync(CancellationToken cancellationToken)
        {
            count();
            return ValueTask.CompletedTask;
        }
    }
}
