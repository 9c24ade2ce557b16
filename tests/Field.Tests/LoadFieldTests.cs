using Meters.Field.Load;
using Meters.Ingest.Gdw3761;

namespace Meters.Field.Tests;

public class LoadFieldTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(1, 1, 230)]
    [InlineData(4, 1, 230)]
    [InlineData(2, 6, 300)]
    public async Task Every_reading_of_every_hour_arrives_and_is_counted(int outstanding, int points, int frameBytes)
    {
        await using var master = new TestMaster();
        using var load = new LoadField(new()
        {
            Endpoint = master.Endpoint,
            Terminals = 3,
            MetersPerTerminal = 31,
            FramesOutstanding = outstanding,
            PointsPerUnit = points,
            FrameBytesMax = frameBytes,
        });
        await load.StartAsync(FieldSetup.Stop);
        var result = await load.PushAsync(FieldSetup.Hour(1), 12, FieldSetup.Stop);
        Assert.Equal(3 * 31 * 12, result.Readings);
        Assert.Equal(master.Data.Count, result.Frames);
        Assert.Equal(master.Data.Sum(frame => frame.Frame.Length), result.Bytes);
        Assert.All(master.Data, frame => Assert.InRange(frame.Frame.Length, 20, frameBytes));
        Assert.True(result.ConfirmMedian <= result.ConfirmP99 && result.ConfirmP99 <= result.ConfirmMax);
        Assert.True(result.ReadingsPerSecond > 0);

        var stored = FieldSetup.Decode(master.Data);
        Assert.Equal(result.Readings, stored.Count);
        foreach (var meter in load.Meters)
        {
            for (var hour = 1; hour <= 12; hour++)
            {
                var at = FieldSetup.Hour(hour);
                Assert.Equal(load.RegisterOf(meter.Index, at), stored[(meter.Terminal, meter.Point, at)]);
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task No_more_frames_are_outstanding_than_allowed()
    {
        await using var master = new TestMaster { Confirms = frame => frame.Afn == Afn.Link };
        using var load = new LoadField(new() { Endpoint = master.Endpoint, Terminals = 1, FramesOutstanding = 3 });
        await load.StartAsync(FieldSetup.Stop);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(FieldSetup.Stop);
        var push = load.PushAsync(FieldSetup.Hour(1), 10, stop.Token);
        await master.UntilDataAsync(3, FieldSetup.Stop);
        Assert.Equal(3, master.Data.Count);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_service_that_hangs_up_is_an_error_of_the_run()
    {
        await using var master = new TestMaster { Confirms = frame => frame.Afn == Afn.Link };
        using var load = new LoadField(new() { Endpoint = master.Endpoint, Terminals = 1 });
        await load.StartAsync(FieldSetup.Stop);
        var push = load.PushAsync(FieldSetup.Hour(1), 1, FieldSetup.Stop);
        await master.UntilDataAsync(1, FieldSetup.Stop);
        master.HangUp(load.Terminals.Single().Address);
        await Assert.ThrowsAnyAsync<IOException>(() => push);
    }

    [Fact]
    public void Bad_options_are_all_named()
    {
        var fault = Assert.Throws<ArgumentException>(() => new LoadField(new()
        {
            Endpoint = new(System.Net.IPAddress.Loopback, 1),
            Terminals = 0,
            PointsPerUnit = 24,
            FrameBytesMax = 64,
        }));
        Assert.Contains("Terminals", fault.Message, StringComparison.Ordinal);
        Assert.Contains("24 points", fault.Message, StringComparison.Ordinal);
    }
}
