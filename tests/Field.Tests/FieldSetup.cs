using Meters.Field.Households;
using Meters.Ingest;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Field.Tests;

/// <summary>A field against a small master, with both clocks in the test's hands.</summary>
internal sealed class FieldSetup : IAsyncDisposable
{
    public static readonly Instant Start = Instant.Utc(2026, 3, 1);

    private FieldSetup(TestMaster master, SimulatedField field, FakeTimeProvider clock, FakeTimeProvider wire) =>
        (Master, Field, Clock, Wire) = (master, field, clock, wire);

    public TestMaster Master { get; }

    public SimulatedField Field { get; }

    public FakeTimeProvider Clock { get; }

    public FakeTimeProvider Wire { get; }

    public Truth Truth => Field.Truth;

    public static Instant Hour(int number) => Start + TimeSpan.FromHours(number);

    public static FieldSetup Of(
        Func<TestMaster, FieldOptions> options, IConsumption? consumption = null)
    {
        var master = new TestMaster();
        var (clock, wire) = (new FakeTimeProvider(Start.ToDateTimeOffset()), new FakeTimeProvider());
        return new(master, new(options(master), consumption, clock, wire), clock, wire);
    }

    public static FieldSetup Of(int meters = 3, FieldFaults? faults = null) => Of(master => new()
    {
        Endpoint = master.Endpoint,
        Meters = meters,
        Start = Start,
        Faults = faults ?? FieldFaults.None,
    });

    /// <summary>Moves the program's clock to the hour and pushes it.</summary>
    public Task PushAsync(int hour)
    {
        Clock.SetUtcNow(Hour(hour).ToDateTimeOffset());
        return Field.PushHourAsync(Hour(hour), Stop);
    }

    /// <summary>
    /// Moves the wire clock on, second by second, until the task is done: time-outs and back-off pass, and the sockets
    /// in between get real time.
    /// </summary>
    public async Task AdvanceWireUntilAsync(Task task)
    {
        while (await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop)) != task)
        {
            Stop.ThrowIfCancellationRequested();
            Wire.Advance(TimeSpan.FromSeconds(1));
        }

        await task;
    }

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<Received> ForwardAsync(int meter, byte[] content, byte delayMinutes = 5, TimeSpan? age = null)
    {
        var target = Field.Meter(meter);
        var sent = LocalZone.China.ToLocal(Clock.Now() - (age ?? TimeSpan.Zero));
        var bytes = new byte[512];
        var length = RequestFrames.Forward(
            bytes, new(target.Terminal, 2, 5), 31, content, new byte[16], TimeTag.Of(5, sent, delayMinutes));
        return await Master.AskAsync(target.Terminal, bytes.AsMemory(0, length), Stop);
    }

    public Task<Received> ControlAsync(int meter, ControlCode code, TimeSpan? validFor = null, int password = 0)
    {
        var data = new byte[ControlCommand.DataBytes];
        data[0] = 2;
        Bcd.Write(password, data.AsSpan(1, 3));
        var until = LocalZone.China.ToLocal(Clock.Now() + (validFor ?? TimeSpan.FromMinutes(10)));
        new ControlCommand(code, until).Write(data.AsSpan(8));
        var bytes = new byte[64];
        var length = Frames.Write(bytes, Field.Meter(meter).Address, ControlByte.Control, data);
        return ForwardAsync(meter, bytes[..length]);
    }

    public async Task<RelayState?> ReadRelayAsync(int meter)
    {
        var bytes = new byte[64];
        var length = Frames.ReadRequest(bytes, Field.Meter(meter).Address, DataIdentifier.RunStatus3);
        var answer = await ForwardAsync(meter, bytes[..length]);
        Assert.Equal(Afn.Forward, answer.Afn);
        Assert.Equal(5, answer.Pseq);
        Assert.True(ForwardContent.TryReadAnswer(answer.Units, out var port, out var content));
        Assert.Equal(31, port);
        if (content.IsEmpty) return null;
        Assert.Equal(Ingest.Dlt645.FrameStatus.Complete, Ingest.Dlt645.FrameReader.TryRead(content, out var frame,
            out _));
        Assert.True(RelayStatus.TryRead(frame, out var relay));
        return relay;
    }

    public static AnswerKind KindOf(Received answer)
    {
        Assert.Equal(Afn.Forward, answer.Afn);
        Assert.True(ForwardContent.TryReadAnswer(answer.Units, out _, out var content));
        Assert.Equal(Ingest.Dlt645.FrameStatus.Complete, Ingest.Dlt645.FrameReader.TryRead(content, out var frame,
            out _));
        return Answer.Of(frame).Kind;
    }

    /// <summary>What the service would have stored: (terminal, Pn, instant) to value; a twin must agree.</summary>
    public static Dictionary<(TerminalAddress Terminal, int Pn, Instant At), Energy> Decode(
        IEnumerable<Received> frames)
    {
        var stored = new Dictionary<(TerminalAddress, int, Instant), Energy>();
        var points = new DecodedPoints();
        foreach (var frame in frames)
        {
            new UnitReader(frame.Afn, frame.Units, LocalZone.China, points).ReadAll();
            Assert.Equal(0, points.Faults.Length);
            for (var i = 0; i < points.Count; i++)
            {
                if (points.Register[i] != RegisterKind.ForwardActive) continue;
                var key = (frame.Terminal, points.Pn[i], points.At[i]);
                if (stored.TryGetValue(key, out var earlier)) Assert.Equal(earlier, points.Value[i]);
                stored[key] = points.Value[i];
            }
        }

        return stored;
    }

    /// <summary>Everything that the truth says was sent is what the master got, and nothing else.</summary>
    public void AssertTruthAgrees()
    {
        var stored = Decode(Master.Data);
        Assert.Equal(Truth.ReadingsSent, stored.Count);
        Assert.Equal(Truth.ReadingsSent, Truth.ReadingsConfirmed);
        foreach (var meter in Field.Meters)
        {
            var last = meter.FirstRegister;
            foreach (var reading in Truth.ReadingsOf(meter.Index))
            {
                Assert.Equal(reading.Register, stored[(meter.Terminal, meter.Point, reading.At)]);
                Assert.True(reading.Confirmed);
                Assert.True(reading.Register >= last);
                last = reading.Register;
            }

            var total = meter.FirstRegister + Truth.UsedBy(meter.Index);
            Assert.Equal(total, Field.MeterState(meter.Index).Register);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Field.DisposeAsync();
        await Master.DisposeAsync();
    }
}
