using System.Text.Encodings.Web;
using System.Text.Json;
using Meters.Units;

namespace Meters.Host.Sms;

/// <summary>
/// The embedded default: one JSON line per message at the end of a file, synced to disk before it counts as delivered.
/// A line that a crash cut short stays as it is; the next begins on a new line.
/// </summary>
public sealed class FileOutbox : ISmsChannel, IAsyncDisposable
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        // A file for people, not a web page: Chinese stays Chinese.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream _file;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private bool _atLineStart;

    /// <exception cref="IOException">The file cannot be opened, or another process writes it.</exception>
    public FileOutbox(string path, TimeProvider clock)
    {
        _clock = clock;
        _file = new(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
        });
        _file.Seek(0, SeekOrigin.End);
        _atLineStart = _file.Length == 0;
        if (_atLineStart) return;
        _file.Seek(-1, SeekOrigin.End);
        _atLineStart = _file.ReadByte() == '\n';
    }

    public async Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!PhoneNumbers.TryNormalise(message.Phone, out var phone))
        {
            return new SmsResult.Rejected("not a phone number", IsAddress: true);
        }

        if (string.IsNullOrWhiteSpace(message.Text)) return new SmsResult.Rejected("the text is empty");
        var line = new OutboxLine(message.Notice.Value, _clock.Now().ToString(), phone, message.Language, message.Text);
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, Readable), (byte)'\n'];
        await _one.WaitAsync(stopping);
        try
        {
            if (!_atLineStart) bytes = [(byte)'\n', .. bytes];
            _atLineStart = false; // Until it is known to have been written whole.
            // Once begun it is finished: a cancelled write would cut the line.
            await _file.WriteAsync(bytes, CancellationToken.None);
            _file.Flush(flushToDisk: true);
            _atLineStart = true;
            return new SmsResult.Delivered();
        }
        catch (IOException fault)
        {
            return new SmsResult.TryLater($"the outbox cannot be written: {fault.GetType().Name}");
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _one.Dispose();
    }
}

/// <summary>One line of the outbox.</summary>
/// <param name="Notice">Notice id.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Phone">Normalised.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Text">As sent.</param>
public sealed record OutboxLine(long Notice, string At, string Phone, string Language, string Text);
