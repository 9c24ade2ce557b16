using Meters.Field.Households;
using Meters.Ingest.Gdw3761;

namespace Meters.Field.Tests;

public class PushTests
{
    private const int Limit = 30_000;

    [Fact(Timeout = Limit)]
    public async Task Every_concentrator_logs_in_before_it_says_anything_else()
    {
        await using var setup = FieldSetup.Of(meters: 250);
        await setup.Field.StartAsync(FieldSetup.Stop);
        Assert.Equal(3, setup.Field.Counters.Online);
        await setup.PushAsync(1);
        foreach (var terminal in setup.Field.Terminals)
        {
            var first = setup.Master.All.First(frame => frame.Terminal == terminal.Address);
            Assert.Equal((Afn.Link, 0xC9), (first.Afn, first.Control));
        }

        setup.AssertTruthAgrees();
        Assert.Equal(250, setup.Truth.ReadingsSent);
    }

    [Fact(Timeout = Limit)]
    public async Task A_push_completes_only_when_every_frame_is_confirmed()
    {
        await using var setup = FieldSetup.Of(meters: 60);
        setup.Master.Confirms = frame => frame.Afn == Afn.Link;
        await setup.Field.StartAsync(FieldSetup.Stop);
        var push = setup.PushAsync(1);
        await setup.Master.UntilAsync(frames => frames.Exists(f => f.Afn == Afn.HistoryData), FieldSetup.Stop);
        Assert.False(push.IsCompleted);
        Assert.Single(setup.Master.Data); // One outstanding: the next waits for the confirm of the first.
        Assert.Equal(0, setup.Truth.ReadingsConfirmed);
        setup.Master.Confirms = _ => true;
        setup.Wire.Advance(TimeSpan.FromSeconds(10));
        await push;
        setup.AssertTruthAgrees();
    }

    [Fact(Timeout = Limit)]
    public async Task An_unconfirmed_frame_is_repeated_byte_for_byte_with_its_pseq()
    {
        await using var setup = FieldSetup.Of();
        setup.Master.Confirms = frame => frame.Afn == Afn.Link || setup.Master.DataSeen >= 3;
        await setup.Field.StartAsync(FieldSetup.Stop);
        var push = setup.PushAsync(1);
        for (var count = 1; count < 3; count++)
        {
            await setup.Master.UntilDataAsync(count, FieldSetup.Stop);
            setup.Wire.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal(count, setup.Master.Data.Count);
            setup.Wire.Advance(TimeSpan.FromSeconds(1));
        }

        await push;
        var data = setup.Master.Data;
        Assert.Equal(3, data.Count);
        Assert.All(data, frame => Assert.Equal(data[0].Frame, frame.Frame));
        Assert.Equal(2, setup.Field.Counters.FramesRepeated);
        setup.AssertTruthAgrees();
    }

    [Fact(Timeout = Limit)]
    public async Task After_too_many_repeats_it_dials_again_and_sends_the_frame_after_the_login()
    {
        await using var setup = FieldSetup.Of();
        setup.Master.Confirms = frame => frame.Afn == Afn.Link || setup.Master.Connections > 1;
        await setup.Field.StartAsync(FieldSetup.Stop);
        var push = setup.PushAsync(1);
        for (var count = 1; count <= 4; count++)
        {
            await setup.Master.UntilDataAsync(count, FieldSetup.Stop);
            setup.Wire.Advance(TimeSpan.FromSeconds(10));
        }

        await setup.AdvanceWireUntilAsync(push);
        Assert.Equal(2, setup.Master.Connections);
        var after = setup.Master.All
            .SkipWhile(frame => frame.Afn != Afn.HistoryData)
            .First(frame => frame.Afn != Afn.HistoryData);
        Assert.Equal(Afn.Link, after.Afn);
        setup.AssertTruthAgrees();
    }

    [Fact(Timeout = Limit)]
    public async Task A_service_that_hangs_up_mid_push_loses_nothing()
    {
        await using var setup = FieldSetup.Of(master => new()
        {
            Endpoint = master.Endpoint,
            Meters = 100,
            Start = FieldSetup.Start,
            ConfirmTimeoutSeconds = 3_600,
        });
        var began = setup.Wire.GetTimestamp();
        setup.Master.Confirms = frame => frame.Afn == Afn.Link || setup.Master.Connections > 1
            || setup.Master.DataSeen < 3;
        await setup.Field.StartAsync(FieldSetup.Stop);
        var push = setup.PushAsync(1);
        await setup.Master.UntilDataAsync(3, FieldSetup.Stop);
        setup.Master.HangUp(setup.Field.Concentrators[0].Address);
        await setup.AdvanceWireUntilAsync(push);
        setup.AssertTruthAgrees();

        // The new login sends the frame again, not the time-out.
        Assert.True(setup.Wire.GetElapsedTime(began) < TimeSpan.FromMinutes(30));
        Assert.Equal(100, setup.Truth.ReadingsConfirmed);
    }

    [Fact(Timeout = Limit)]
    public async Task A_denied_frame_is_not_confirmed_and_comes_again()
    {
        await using var setup = FieldSetup.Of();
        setup.Master.Confirms = frame => frame.Afn == Afn.Link || setup.Master.DataSeen > 1;
        await setup.Field.StartAsync(FieldSetup.Stop);
        var push = setup.PushAsync(1);
        await setup.Master.UntilDataAsync(1, FieldSetup.Stop);
        var terminal = setup.Field.Concentrators[0];
        var deny = new byte[64];
        var length = LinkFrames.Deny(deny, terminal.Address, 0, setup.Master.Data[0].Pseq);
        await setup.Master.SendAsync(terminal.Address, deny.AsMemory(0, length));
        length = LinkFrames.LinkTest(deny, terminal.Address, 2, 9);
        // Deny was taken before this.
        await setup.Master.AskAsync(terminal.Address, deny.AsMemory(0, length), FieldSetup.Stop);
        Assert.Equal(1, setup.Field.Counters.FramesDenied);
        Assert.False(push.IsCompleted);
        setup.Wire.Advance(TimeSpan.FromSeconds(10));
        await push;
    }

    [Fact(Timeout = Limit)]
    public async Task Frames_keep_to_their_size_and_fill_it()
    {
        await using var setup = FieldSetup.Of(meters: 100);
        await setup.Field.StartAsync(FieldSetup.Stop);
        await setup.PushAsync(1);
        Assert.All(setup.Master.Data, frame => Assert.InRange(frame.Frame.Length, 20, 300));
        Assert.Equal(6, setup.Master.Data.Count); // Eighteen units of 15 bytes in 300.
        Assert.All(setup.Master.Data, frame => Assert.Equal(0x70, frame.Seq & 0xF0));
    }

    [Fact(Timeout = Limit)]
    public async Task A_day_in_one_push_goes_out_as_curves_with_fillers_for_gaps()
    {
        await using var setup = FieldSetup.Of(
            master => new()
            {
                Endpoint = master.Endpoint,
                Meters = 5,
                Start = FieldSetup.Start,
                FrameBytesMax = 1_000,
            },
            new Gappy());
        await setup.Field.StartAsync(FieldSetup.Stop);
        setup.Clock.SetUtcNow(FieldSetup.Hour(24).ToDateTimeOffset());
        await setup.Field.PushHoursAsync(FieldSetup.Hour(1), 24, FieldSetup.Stop);
        var frame = Assert.Single(setup.Master.Data);
        Assert.Equal(16 + (5 * 107), frame.Frame.Length);
        setup.AssertTruthAgrees();
        Assert.Equal(5 * 22, setup.Truth.ReadingsSent);
        Assert.Null(setup.Truth.RegisterOf(0, FieldSetup.Hour(5)));
    }

    [Fact(Timeout = Limit)]
    public async Task Several_frames_may_be_outstanding_and_confirms_may_come_in_any_order()
    {
        await using var setup = FieldSetup.Of(master => new()
        {
            Endpoint = master.Endpoint,
            Meters = 100,
            Start = FieldSetup.Start,
            FramesOutstanding = 4,
            FrameBytesMax = 100,
        });
        setup.Master.Confirms = frame => frame.Afn == Afn.Link;
        await setup.Field.StartAsync(FieldSetup.Stop);
        var push = setup.PushAsync(1);
        await setup.Master.UntilDataAsync(4, FieldSetup.Stop);
        var terminal = setup.Field.Concentrators[0].Address;
        var waiting = setup.Master.Data;
        Assert.Equal(4, waiting.Count);
        setup.Master.Confirms = _ => true;
        foreach (var frame in Enumerable.Reverse(waiting))
        {
            var confirm = new byte[64];
            var length = LinkFrames.Confirm(confirm, terminal, 0, frame.Pseq);
            await setup.Master.SendAsync(terminal, confirm.AsMemory(0, length));
        }

        await push;
        setup.AssertTruthAgrees();
    }

    [Fact(Timeout = Limit)]
    public async Task The_opening_reading_and_every_hour_after_it_add_up()
    {
        await using var setup = FieldSetup.Of(meters: 4);
        await setup.Field.StartAsync(FieldSetup.Stop);
        await setup.PushAsync(0);
        for (var hour = 1; hour <= 30; hour++) await setup.PushAsync(hour);
        setup.AssertTruthAgrees();
        Assert.Equal(4 * 31, setup.Truth.ReadingsSent);
        foreach (var meter in setup.Field.Meters)
        {
            Assert.Equal(meter.FirstRegister, setup.Truth.RegisterOf(meter.Index, FieldSetup.Start));
            var sum = Energy.Zero;
            foreach (var at in setup.Truth.Instants) sum += setup.Truth.UsedBy(meter.Index, at)!.Value;
            Assert.Equal(sum, setup.Truth.UsedBy(meter.Index));
        }

        await Assert.ThrowsAsync<InvalidOperationException>(() => setup.PushAsync(30));
    }

    [Fact(Timeout = Limit)]
    public async Task A_heartbeat_goes_out_on_the_wire_clock()
    {
        await using var setup = FieldSetup.Of();
        await setup.Field.StartAsync(FieldSetup.Stop);
        for (var count = 1; count <= 3; count++)
        {
            setup.Wire.Advance(TimeSpan.FromSeconds(60));
            var wanted = count;
            await setup.Master.UntilAsync(frames => frames.Count(IsHeartbeat) == wanted, FieldSetup.Stop);
            await setup.PushAsync(count); // A round trip: the heartbeat's confirm was sent before the push's.
        }
    }

    [Fact(Timeout = Limit)]
    public async Task Whatever_faults_the_dice_give_everything_arrives_in_the_end()
    {
        var faults = new FieldFaults
        {
            SilentMeterPerMille = 100,
            OfflinePerMille = 150,
            OfflineHours = 2,
            LostFramePerMille = 30,
            BadChecksumPerMille = 30,
            DuplicatePerMille = 200,
            PreamblePerMille = 300,
            CutPerMille = 300,
            GluedPerMille = 200,
        };
        await using var setup = FieldSetup.Of(master => new()
        {
            Endpoint = master.Endpoint,
            Meters = 90,
            MetersPerConcentrator = 30,
            Start = FieldSetup.Start,
            Faults = faults,
            Seed = 5,
        });
        await setup.AdvanceWireUntilAsync(setup.Field.StartAsync(FieldSetup.Stop));
        for (var hour = 1; hour <= 24; hour++) await setup.AdvanceWireUntilAsync(setup.PushAsync(hour));
        Assert.True(setup.Truth.ReadingsSent < 90 * 24);
        await setup.AdvanceWireUntilAsync(setup.Field.PushHeldAsync(FieldSetup.Stop));
        Assert.Equal(90 * 24, setup.Truth.ReadingsSent);
        setup.AssertTruthAgrees();
        Assert.True(setup.Truth.ReadingsRepeated > 0);
        Assert.True(setup.Field.Counters.FramesRepeated > 0);
        Assert.True(setup.Field.Counters.Connects > 3);
        Assert.True(setup.Master.SkippedBytes > 0);
        Assert.True(setup.Master.FalseStarts > 0);
    }

    [Fact(Timeout = Limit)]
    public async Task The_same_seed_sends_the_same_readings_in_the_same_frames()
    {
        var runs = new List<List<byte[]>>();
        for (var run = 0; run < 2; run++)
        {
            await using var setup = FieldSetup.Of(meters: 20, FieldFaults.Mild);
            await setup.Field.StartAsync(FieldSetup.Stop);
            for (var hour = 1; hour <= 48; hour++) await setup.PushAsync(hour);
            runs.Add([.. setup.Master.Data.Select(frame => frame.Frame)]);
        }

        Assert.Equal(runs[0], runs[1]);
    }

    [Fact(Timeout = Limit)]
    public async Task An_absent_concentrator_holds_its_readings_and_fills_them_in_later()
    {
        await using var setup = FieldSetup.Of(meters: 2);
        await setup.Field.StartAsync(FieldSetup.Stop);
        setup.Field.SetAway(0, true);
        for (var hour = 1; hour <= 5; hour++) await setup.PushAsync(hour);
        Assert.Equal(10, setup.Field.Concentrators[0].Held);
        Assert.Equal(0, setup.Truth.ReadingsSent);
        setup.Field.SetAway(0, false);
        await setup.AdvanceWireUntilAsync(setup.PushAsync(6));
        Assert.Equal(12, setup.Truth.ReadingsConfirmed);
        setup.AssertTruthAgrees();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_reference_file_is_replayed_with_every_kilowatt_hour_and_every_gap()
    {
        Assert.True(ConsumptionCsv.TryOpen(Needs.Data("main-fleet-sgsc-60d.csv.gz"), out var file, out var fault),
            fault?.ToString());
        Assert.Equal((360, 512_655L), (file!.Meters.Count, file.Rows));
        await using var setup = FieldSetup.Of(master => new()
        {
            Endpoint = master.Endpoint,
            Meters = 360,
            Start = FieldSetup.Start,
            FrameBytesMax = 4_000,
            FramesOutstanding = 2,
        }, new ReplayedConsumption(file, FieldSetup.Hour(1)));
        await setup.Field.StartAsync(FieldSetup.Stop);
        for (var day = 0; day < 60; day++)
        {
            setup.Clock.SetUtcNow(FieldSetup.Hour((day + 1) * 24).ToDateTimeOffset());
            await setup.Field.PushHoursAsync(FieldSetup.Hour((day * 24) + 1), 24, FieldSetup.Stop);
        }

        Assert.Equal(file.Rows, setup.Truth.ReadingsSent);
        var total = Energy.Zero;
        foreach (var meter in setup.Field.Meters) total += setup.Truth.UsedBy(meter.Index);
        Assert.Equal(file.Total, total);
        setup.AssertTruthAgrees();
    }

    private static bool IsHeartbeat(Received frame) => frame.Afn == Afn.Link && frame.Units[2] == 4;

    private sealed class Gappy : IConsumption
    {
        public bool TryUse(int meterIndex, Instant hourEnd, out Energy used)
        {
            used = new(1_234);
            return (hourEnd.UnixMicros / Instant.MicrosPerHour) % 24 is not (5 or 11);
        }
    }
}
