using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meters.Host.Demo;

namespace Meters.Host.Tests.Sms;

/// <summary>
/// A Kannel of its own with an sms-service that calls the test, and its fake phone network: what a phone sends comes
/// in there, and what a phone gets is in its log. Configured as docs/notices.md says.
/// </summary>
internal sealed class InboundKannel : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<Process> _processes = [];
    private int _smsc;
    private int _phones;

    public static async Task<InboundKannel> StartAsync(Uri service, string token, CancellationToken stopping)
    {
        var kannel = new InboundKannel();
        var (admin, smsbox, smsc, sendsms) = (FreePort(), FreePort(), FreePort(), FreePort());
        kannel._smsc = smsc;
        var file = Path.Combine(kannel._folder.Path, "kannel.conf");
        await File.WriteAllTextAsync(
            file, Settings(service, token, admin, smsbox, smsc, sendsms, kannel._folder.Path), stopping);
        kannel.Start("bearerbox", file);
        await ListensAsync(smsbox, stopping);
        await ListensAsync(smsc, stopping);
        kannel.Start("smsbox", file);
        await ListensAsync(sendsms, stopping);
        return kannel;
    }

    /// <summary>A phone sends one message and waits for an answer that holds these words; its log comes back.</summary>
    public async Task<string> SendAsync(string message, string awaited, CancellationToken stopping)
    {
        var log = Path.Combine(_folder.Path, $"phone-{++_phones}.log");
        Start(FakeSmsc(), "-F", log, "-H", "127.0.0.1", "-r", $"{_smsc}", "-m", "1", message);
        while (true)
        {
            var text = File.Exists(log) ? await ReadAsync(log, stopping) : "";
            if (text.Contains(awaited, StringComparison.Ordinal))
            {
                await EndAsync(_processes[^1]); // The fake network has room for one.
                _processes.RemoveAt(_processes.Count - 1);
                return text;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stopping);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes)) await EndAsync(process);
        _folder.Dispose();
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static string Settings(
        Uri service, string token, int admin, int smsbox, int smsc, int sendsms, string folder) =>
        $"""
        group = core
        admin-port = {admin}
        admin-interface = 127.0.0.1
        admin-password = test
        smsbox-port = {smsbox}
        smsbox-interface = 127.0.0.1
        box-allow-ip = 127.0.0.1
        log-file = "{folder}/bearerbox.log"
        log-level = 0

        group = smsc
        smsc = fake
        smsc-id = FAKE
        port = {smsc}
        connect-allow-ip = 127.0.0.1

        group = smsbox
        bearerbox-host = 127.0.0.1
        sendsms-port = {sendsms}
        sendsms-interface = 127.0.0.1
        log-file = "{folder}/smsbox.log"
        log-level = 0
        global-sender = meters

        group = sms-service
        keyword = default
        get-url = "{service}sms/inbound?id=%I&from=%p&text=%a&token={Uri.EscapeDataString(token)}"
        accept-x-kannel-headers = true
        concatenation = true
        max-messages = 5
        omit-empty = true

        """;

    /// <summary>Debian keeps it beside Kannel's libraries, and not on the path.</summary>
    private static string FakeSmsc()
    {
        var places = Directory.GetDirectories("/usr/lib").Prepend("/usr/lib");
        return places.Select(folder => Path.Combine(folder, "kannel", "test", "fakesmsc")).FirstOrDefault(File.Exists)
            ?? "fakesmsc";
    }

    private void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _processes.Add(process);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static async Task<string> ReadAsync(string path, CancellationToken stopping)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(stopping);
    }

    private static async Task ListensAsync(int port, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, stopping);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stopping);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
