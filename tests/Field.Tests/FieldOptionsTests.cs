namespace Meters.Field.Tests;

public class FieldOptionsTests
{
    [Fact]
    public void The_defaults_are_good() => Assert.Empty(new FieldOptions().Check());

    [Fact]
    public void Every_fault_is_named()
    {
        var faults = new FieldOptions
        {
            Meters = 0,
            FramesOutstanding = 9,
            Start = new(1),
            ReconnectSeconds = 61,
            RelayDelay = TimeSpan.FromSeconds(-1),
            FirstRegisterMin = new(2),
            FirstRegisterMax = new(1),
            Faults = new() { CutPerMille = 1_001 },
        }.Check();
        Assert.Equal(7, faults.Count);
        foreach (var word in new[] { "Meters", "FramesOutstanding", "whole hour", "Reconnect", "delay", "range",
            "CutPerMille" })
        {
            Assert.Contains(faults, fault => fault.Contains(word, StringComparison.Ordinal));
        }

        Assert.Throws<ArgumentException>(() => new SimulatedField(new() { Meters = 0 }));
    }

    [Fact]
    public async Task A_field_describes_itself_without_gaps_or_twins()
    {
        await using var field = new SimulatedField(new() { Meters = 1_050, MetersPerConcentrator = 100 });
        var meters = field.Meters.ToList();
        var terminals = field.Terminals.ToList();
        Assert.Equal(1_050, meters.Count);
        Assert.Equal(11, terminals.Count);
        Assert.Equal(1_050, meters.Select(meter => meter.Id).Distinct().Count());
        Assert.Equal(1_050, meters.Select(meter => meter.Address).Distinct().Count());
        Assert.Equal(1_050, meters.Select(meter => (meter.Terminal, meter.Point)).Distinct().Count());
        Assert.Equal(11, terminals.Select(terminal => terminal.Address).Distinct().Count());
        Assert.All(meters, meter => Assert.Equal(terminals[meter.Index / 100].Address, meter.Terminal));
        Assert.All(meters, meter => Assert.Equal(0, meter.FirstRegister.TenthsWh % 100));
        Assert.True(field.TryFind(meters[777].Id, out var index));
        Assert.Equal(777, index);
        Assert.False(field.TryFind(new(meters[^1].Id.Value + 1), out _));
        Assert.False(field.TryFind(new(meters[0].Id.Value - 1), out _));
    }
}
