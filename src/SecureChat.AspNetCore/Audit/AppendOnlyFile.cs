namespace SecureChat.AspNetCore;

/// <summary>
/// Appends whole lines to a file that several processes of one machine may share. The file is opened with no sharing for each
/// append, which is a lock between processes on every platform: opening for append without it would let two processes write at
/// the same offset. Readable by the owner only.
/// </summary>
internal static class AppendOnlyFile
{
    private const int MaxTries = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Appends and answers when the bytes are on the disk. On a fault nothing of them stays.</summary>
    public static async Task AppendAsync(string path, ReadOnlyMemory<byte> lines, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        FileStream file = await OpenAsync(path, options, time, cancellationToken);
        await using (file)
        {
            // A process that died in the middle of a line left a piece of it. Nobody was told that it is safe, so it goes; left
            // there it would run into our first line.
            long end = EndOfLastLine(file);
            file.SetLength(end);
            file.Position = end;
            try
            {
                await file.WriteAsync(lines, CancellationToken.None);
                file.Flush(flushToDisk: true);
            }
            catch
            {
                file.SetLength(end);
                throw;
            }
        }
    }

    /// <summary>Reads all of it between two appends.</summary>
    public static async Task<byte[]> ReadAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read };
        FileStream file = await OpenAsync(path, options, time, cancellationToken);
        await using (file)
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken);
            return content.ToArray();
        }
    }

    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async Task<FileStream> OpenAsync(string path, FileStreamOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException fault) when (tries < MaxTries && fault.GetType() == typeof(IOException))
            {
                // Somebody else is appending. Missing files and folders are subclasses and fail at once.
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static long EndOfLastLine(FileStream file)
    {
        Span<byte> piece = stackalloc byte[4096];
        long end = file.Length;
        while (end > 0)
        {
            int length = (int)Math.Min(piece.Length, end);
            file.Position = end - length;
            file.ReadExactly(piece[..length]);
            int at = piece[..length].LastIndexOf((byte)'\n');
            if (at >= 0)
            {
                return end - length + at + 1;
            }

            end -= length;
        }

        return 0;
    }
}
