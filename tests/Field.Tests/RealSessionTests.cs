using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Meters.Ingest;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Field.Tests;

/// <summary>
/// The field against the service's own sessions on Kestrel: both sides read the protocol the same way.
/// </summary>
public class RealSessionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact(Timeout = 60_000)]
    public async Task What_the_field_sent_is_what_the_service_took_whatever_went_wrong_between()
    {
        await using var service = await Service.StartAsync();
        var faults = new FieldFaults
        {
            SilentMeterPerMille = 100,
            OfflinePerMille = 100,
            OfflineHours = 2,
            DuplicatePerMille = 200,
            PreamblePerMille = 300,
            CutPerMille = 300,
            GluedPerMille = 200,
            BadChecksumPerMille = 3,
            LostFramePerMille = 3,
        };
        await using var field = service.Field(90, faults);
        await field.StartAsync(FieldSetup.Stop);
        for (var hour = 0; hour <= 24; hour++)
        {
            service.Clock.SetUtcNow(FieldSetup.Hour(hour).ToDateTimeOffset());
            await field.PushHourAsync(FieldSetup.Hour(hour), FieldSetup.Stop);
        }

        await field.PushHeldAsync(FieldSetup.Stop);
        Assert.Equal(90 * 25, field.Truth.ReadingsSent);
        Assert.Equal(90 * 25, field.Truth.ReadingsConfirmed);
        Assert.Equal(90 * 25, service.Stored.Count);
        Assert.Equal(0, service.Faults);
        foreach (var meter in field.Meters)
        {
            foreach (var reading in field.Truth.ReadingsOf(meter.Index))
            {
                Assert.Equal(reading.Register, service.Stored[(meter.Id, reading.At)]);
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_service_cuts_reads_back_and_reconnects_through_its_sessions()
    {
        await using var service = await Service.StartAsync();
        await using var field = service.Field(3, FieldFaults.None);
        await field.StartAsync(FieldSetup.Stop);
        var (session, meter) = (service.SessionOf(field), field.Meter(2));
        var until = FieldSetup.Start + TimeSpan.FromMinutes(10);

        var trip = await session.MeterControlAsync(meter.Address, ControlCode.Trip, until, Patience, FieldSetup.Stop);
        Assert.Equal(RequestStatus.Accepted, trip.Status);
        var open = await session.ReadRelayAsync(meter.Address, Patience, FieldSetup.Stop);
        Assert.Equal((RequestStatus.Data, RelayState.Open), (open.Status, open.Relay));
        Assert.Equal(RelayState.Open, field.Truth.RelayOf(2));

        await session.MeterControlAsync(meter.Address, ControlCode.PermitClose, until, Patience, FieldSetup.Stop);
        var closed = await session.ReadRelayAsync(meter.Address, Patience, FieldSetup.Stop);
        Assert.Equal(RelayState.Closed, closed.Relay);
        await session.MeterControlAsync(meter.Address, ControlCode.AlarmOn, until, Patience, FieldSetup.Stop);
        Assert.True(field.Truth.AlarmIsOn(2));

        field.SetSilent(2, true);
        var silent = await session.ReadRelayAsync(meter.Address, Patience, FieldSetup.Stop);
        Assert.NotEqual(RequestStatus.Data, silent.Status);
        field.SetSilent(2, false);

        var read = await session.ReadMeterAsync(meter.Address, DataIdentifier.ForwardActive, Patience, FieldSetup.Stop);
        Assert.Equal(RequestStatus.Data, read.Status);
        Assert.Equal(meter.FirstRegister, Assert.Single(field.Truth.SpotReadings).Register);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_service_asks_for_tables_curves_days_clocks_and_alarms()
    {
        await using var service = await Service.StartAsync();
        await using var field = service.Field(75, FieldFaults.None, metersPerConcentrator: 75);
        await field.StartAsync(FieldSetup.Stop);
        var session = service.SessionOf(field);
        var table = await session.ReadMeterTableAsync(Patience, FieldSetup.Stop);
        Assert.Equal((RequestStatus.Data, 75, 0), (table.Status, table.Entries.Count, table.BadRecords));

        service.Clock.SetUtcNow(FieldSetup.Hour(20).ToDateTimeOffset());
        field.SetAway(0, true); // Used, and never pushed.
        await field.PushHoursAsync(FieldSetup.Hour(1), 20, FieldSetup.Stop);
        field.SetAway(0, false);
        await field.PushHeldAsync(FieldSetup.Stop);
        session = service.SessionOf(field);
        var curve = await session.RequestCurveAsync(7, LocalZone.China.ToLocal(FieldSetup.Hour(1)), 20, Patience,
            FieldSetup.Stop);
        Assert.Equal(RequestStatus.Data, curve.Status);
        Assert.Equal(RequestStatus.Data, (await session.RequestDailyAsync(7, new(2026, 3, 1), Patience,
            FieldSetup.Stop)).Status);
        Assert.Equal(RequestStatus.Data, (await session.RequestCurrentAsync(7, Patience, FieldSetup.Stop)).Status);
        Assert.Equal(RequestStatus.Accepted, (await session.SetClockAsync(Patience, FieldSetup.Stop)).Status);
        Assert.Equal(TimeSpan.Zero, field.Concentrators[0].ClockError);
        var until = FieldSetup.Hour(21);
        Assert.Equal(RequestStatus.Accepted, (await session.TerminalAlarmAsync(true, until, Patience,
            FieldSetup.Stop)).Status);
        Assert.True(field.Concentrators[0].TerminalAlarmIsOn);
        var text = TerminalText.Parts("请缴费").Single();
        Assert.Equal(RequestStatus.Accepted, (await session.ShowTextAsync(TerminalTextKind.Normal, 2, text, until,
            Patience, FieldSetup.Stop)).Status);
        Assert.Equal((TerminalTextKind.Normal, "请缴费"), field.Concentrators[0].Texts[2]);
        Assert.Equal(RequestStatus.Expired, (await session.ShowTextAsync(TerminalTextKind.Normal, 3, text,
            FieldSetup.Hour(1), Patience, FieldSetup.Stop)).Status);
        Assert.Equal(field.Truth.ReadingsSent, service.Stored.Count);
    }

    private sealed class Service : ITerminalDirectory, IFrameSink, IFrameIds, IAsyncDisposable
    {
        private readonly Dictionary<TerminalAddress, TerminalEntry> _entries = [];
        private readonly SessionTable _table = new();
        private WebApplication? _host;
        private long _lastFrame;
        private int _faults;

        public FakeTimeProvider Clock { get; } = new(FieldSetup.Start.ToDateTimeOffset());

        public ConcurrentDictionary<(MeterId Meter, Instant At), Energy> Stored { get; } = new();

        /// <summary>Faults of frames, and readings that disagree with an earlier one.</summary>
        public int Faults => _faults;

        public static async Task<Service> StartAsync()
        {
            var service = new Service();
            var builder = WebApplication.CreateSlimBuilder();
            builder.Services.AddSingleton(new SessionServices(new(), service, service, service,
                new PasswordSecurityModule(),
                service.Clock, TimeProvider.System, service._table, new IngestMetrics(),
                NullLogger<TerminalSession>.Instance));
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
                IPAddress.Loopback, 0, listen => listen.UseConnectionHandler<TerminalConnectionHandler>()));
            service._host = builder.Build();
            await service._host.StartAsync(FieldSetup.Stop);
            return service;
        }

        /// <summary>A field that is registered here and reports here.</summary>
        public SimulatedField Field(int meters, FieldFaults faults, int metersPerConcentrator = 30)
        {
            var field = new SimulatedField(new()
            {
                Endpoint = new(IPAddress.Loopback, new Uri(_host!.Urls.Single()).Port),
                Meters = meters,
                MetersPerConcentrator = metersPerConcentrator,
                Start = FieldSetup.Start,
                Faults = faults,
                Seed = 5,
                ConfirmTimeoutSeconds = 1,
            }, clock: Clock);
            foreach (var terminal in field.Meters.GroupBy(meter => meter.Terminal))
            {
                _entries[terminal.Key] = new(terminal.Key, LocalZone.China,
                    terminal.ToDictionary(meter => meter.Point, meter => meter.Id),
                    terminal.ToDictionary(meter => meter.Address, meter => meter.Id));
            }

            return field;
        }

        public TerminalSession SessionOf(SimulatedField field)
        {
            Assert.True(_table.TryGet(field.Concentrators[0].Address, out var session));
            return session;
        }

        public bool TryFind(TerminalAddress address, [NotNullWhen(true)] out TerminalEntry? entry) =>
            _entries.TryGetValue(address, out entry);

        public FrameId Next() => new(Interlocked.Increment(ref _lastFrame));

        public ValueTask AcceptAsync(ReceivedFrame frame, CancellationToken stopping)
        {
            if (frame.Faults.Count > 0) Interlocked.Increment(ref _faults);
            foreach (var reading in frame.Readings)
            {
                var value = Stored.GetOrAdd((reading.Channel.Meter, reading.At), reading.Register);
                if (value != reading.Register) Interlocked.Increment(ref _faults);
            }

            frame.Complete(FrameOutcome.Stored);
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            await _host!.StopAsync();
            await _host.DisposeAsync();
        }
    }
}
