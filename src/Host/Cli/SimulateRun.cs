using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Meters.Field;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>
/// Registers a field over HTTP, lets its concentrators dial in, and pushes hours that lie in the past of the service's
/// clock. Everything can be run again: additions, payments and readings that stand there already change nothing.
/// </summary>
public sealed class SimulateRun(SimulateOptions options, ServiceClient service, TimeProvider clock, TextWriter progress)
{
    /// <summary>Hours pushed at once: one curve of a day.</summary>
    private const int HoursAtOnce = 24;

    /// <summary>After the end of an hour, so that the service's clock has surely reached it too.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="InvalidOperationException">The service refused a part, or holds another field.</exception>
    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public async Task<SimulateSummary> RunAsync(CancellationToken stopping)
    {
        await ReachAsync(stopping);
        var now = HourOf(clock.Now());
        var start = await StartAsync(now - TimeSpan.FromHours(options.Hours), stopping);
        await using var field = new SimulatedField(FieldOf(start, options.Meters), clock: clock);
        var registration = new FieldRegistration(service, new(options.Meters, options.Seed));
        await registration.AddAsync(field, stopping);
        var payments = options.Pays ? await registration.PayAsync(options.Seed, stopping) : 0;
        await progress.WriteLineAsync(
            $"{options.Meters} homes behind {field.Concentrators.Count} concentrators, from {start}, seed "
            + $"{options.Seed}");
        var (until, hours) = (start, 0);
        try
        {
            await field.StartAsync(stopping);
            await field.PushHourAsync(start, stopping); // The opening registers.
            while (true)
            {
                now = HourOf(clock.Now());
                while (until < now)
                {
                    var some = Math.Min(HoursAtOnce, (int)(now - until).TotalHours);
                    some = options.Speed == 0 ? some : 1;
                    var began = clock.GetTimestamp();
                    await field.PushHoursAsync(until + TimeSpan.FromHours(1), some, stopping);
                    until += TimeSpan.FromHours(some);
                    hours += some;
                    await TellAsync(field, until);
                    await HoldAsync(began, some, stopping);
                }

                if (!options.Live) break;
                await Task.Delay(until + TimeSpan.FromHours(1) - clock.Now() + Margin, clock, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await progress.WriteLineAsync("stopped");
        }

        await field.StopAsync();
        return SimulateSummary.Of(field, until, hours, payments);
    }

    private static Instant HourOf(Instant at) => new(at.UnixMicros - (at.UnixMicros % Instant.MicrosPerHour));

    /// <summary>Both sides answer: a field on its own would dial for ever.</summary>
    private async Task ReachAsync(CancellationToken stopping)
    {
        var ready = await service.GetAsync("/health/ready", stopping);
        if (!ready.IsGood) throw new IOException($"The service is not ready: {ready.Faults[0]}");
        using var socket = new Socket(options.Terminals.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(options.Terminals, stopping).AsTask().WaitAsync(DialTimeout, clock, stopping);
        }
        catch (Exception fault) when (fault is SocketException or TimeoutException)
        {
            throw new IOException($"Nobody takes concentrators at {options.Terminals}: {fault.Message}", fault);
        }
    }

    /// <summary>
    /// Where this field began the last time, or the wish. A field with another seed and the same meters would
    /// contradict what is stored.
    /// </summary>
    private async Task<Instant> StartAsync(Instant wish, CancellationToken stopping)
    {
        await using var alone = new SimulatedField(FieldOf(wish, meters: 1), clock: clock);
        var first = alone.Meter(0);
        var id = first.Id.Value.ToString(CultureInfo.InvariantCulture);
        var to = Uri.EscapeDataString(clock.Now().ToString());
        var answer = await service.GetAsync($"/meters/{id}/readings?from=2000-01-01T00:00:00Z&to={to}&max=1", stopping);
        if (answer.Status == 404) return wish;
        FieldRegistration.Expect("reading what is there", answer);
        using var page = JsonDocument.Parse(answer.Text);
        var row = page.RootElement.GetProperty("items").EnumerateArray().FirstOrDefault();
        if (row.ValueKind != JsonValueKind.Object) return wish;

        if (row.GetProperty("kwh").GetString() != Texts.Kwh(first.FirstRegister)
            || !Texts.TryReadInstant(row.GetProperty("at").GetString(), out var began))
        {
            throw new InvalidOperationException(
                "The service holds readings of these meters from another field: use the seed of then, or another "
                + "store.");
        }

        await progress.WriteLineAsync($"this field is known since {began}: it continues");
        return began;
    }

    private FieldOptions FieldOf(Instant start, int meters) => new()
    {
        Endpoint = options.Terminals,
        Meters = meters,
        MetersPerConcentrator = Math.Clamp(options.Meters / 10, 10, 100),
        Seed = options.Seed,
        Start = start,
    };

    private async Task TellAsync(SimulatedField field, Instant until) => await progress.WriteLineAsync(
        string.Create(CultureInfo.InvariantCulture,
            $"{until}  readings {field.Truth.ReadingsSent:N0}, confirmed {field.Truth.ReadingsConfirmed:N0}, online "
            + $"{field.Counters.Online:N0} of {field.Concentrators.Count:N0}"));

    private async Task HoldAsync(long began, int hours, CancellationToken stopping)
    {
        if (options.Speed == 0) return;
        var left = (TimeSpan.FromHours(hours) / options.Speed) - clock.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, clock, stopping);
    }
}
