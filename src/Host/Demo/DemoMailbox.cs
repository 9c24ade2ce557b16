using System.Text.Json;

namespace Meters.Host.Demo;

/// <summary>An SMS as a customer's phone shows it.</summary>
public sealed record ReceivedSms(string Phone, string Text);

/// <summary>Reads what the file outbox has delivered since the last look.</summary>
public sealed class DemoMailbox(string outbox)
{
    private long _position;

    public async Task<IReadOnlyList<ReceivedSms>> NewAsync(CancellationToken stopping)
    {
        if (!File.Exists(outbox)) return [];
        await using var file = new FileStream(outbox, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(_position, SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        var list = new List<ReceivedSms>();
        while (await reader.ReadLineAsync(stopping) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var (phone, text) = (json.RootElement.GetProperty("phone"), json.RootElement.GetProperty("text"));
            list.Add(new(phone.GetString()!, text.GetString()!));
        }

        _position = file.Position;
        return list;
    }
}
