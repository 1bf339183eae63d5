namespace SecureChat.AspNetCore;

/// <summary>
/// Appends the log's head to <see cref="SecureChatAuditOptions.HeadFile"/> whenever the log has grown, and once more when the host
/// stops. Keep the file, or a copy of it, where whoever can write the database cannot write.
/// </summary>
internal sealed class AuditHeadExporter(
    AuditLog log, IOptions<SecureChatOptions> options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<AuditHeadExporter> logger) : BackgroundService
{
    private readonly SecureChatAuditOptions _options = options.Value.Audit;
    private readonly SemaphoreSlim _once = new(1, 1);
    private AuditHead? _last;
    private bool _isMismatch;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_options.HeadFile is { Length: > 0 })
        {
            await TryExportAsync(cancellationToken);
        }
    }

    public override void Dispose()
    {
        _once.Dispose();
        base.Dispose();
    }

    /// <summary>Exports the head if the log has grown since the last time.</summary>
    /// <returns>Whether a line was written.</returns>
    internal async ValueTask<bool> ExportAsync(CancellationToken cancellationToken)
    {
        string path = _options.HeadFile!;
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_last is null && File.Exists(path))
            {
                _last = (await AuditHeadFile.ReadAsync(path, time, cancellationToken)).MaxBy(static head => head.Sequence);
            }

            // Before a new head goes out the old one must still be in the log. Otherwise the log was cut or rewritten since, and
            // a further head would only vouch for the new one.
            if (_isMismatch || !await ContainsAsync(_last, cancellationToken))
            {
                _isMismatch = true;
                AuditTelemetry.HeadMismatch(logger, _last!.Sequence);
                return false;
            }

            AuditHead head = await log.ReadHeadAsync(cancellationToken);
            if (head.Sequence <= (_last?.Sequence ?? 0))
            {
                return false;
            }

            await AuditHeadFile.AppendAsync(path, head, time, cancellationToken);
            _last = head;
            return true;
        }
        finally
        {
            _once.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.HeadFile is not { Length: > 0 })
        {
            return;
        }

        await lifetime.WaitForStartAsync(stoppingToken);
        using var timer = new PeriodicTimer(_options.HeadInterval, time);
        do
        {
            await TryExportAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TryExportAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExportAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception fault)
        {
            // An unwritable head file is an operator's problem, not a reason to stop the host: the next interval tries again.
            AuditTelemetry.HeadExportFailed(logger, fault.GetType().Name);
        }
    }

    private async ValueTask<bool> ContainsAsync(AuditHead? head, CancellationToken cancellationToken)
    {
        if (head is null || head.Sequence == 0)
        {
            return true;
        }

        IReadOnlyList<AuditEntry> entries = await log.ListAsync(head.Sequence - 1, 1, cancellationToken);
        return entries.Count == 1
            && entries[0].Sequence == head.Sequence
            && string.Equals(entries[0].ChainHash, head.ChainHash, StringComparison.Ordinal);
    }
}
