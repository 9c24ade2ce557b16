using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Load;

/// <summary>
/// Many terminals that push hours as fast as the service confirms them: the source of load for benchmarks. There are no
/// homes behind it and nothing is repeated: a connection that ends, or a frame that is denied, is an error of the run.
/// </summary>
public sealed class LoadField : IDisposable
{
    private readonly LoadOptions _options;
    private readonly TimeProvider _wire;
    private readonly LoadTerminal[] _terminals;
    private readonly SemaphoreSlim _connects;
    private Latencies _latencies = new();

    /// <exception cref="ArgumentException">Options are wrong; the message names all faults.</exception>
    public LoadField(LoadOptions options, TimeProvider? wire = null)
    {
        var faults = options.Check();
        if (faults.Count > 0) throw new ArgumentException(string.Join(' ', faults), nameof(options));
        _options = options;
        _wire = wire ?? TimeProvider.System;
        _connects = new(options.ConnectsAtOnce);
        _terminals = new LoadTerminal[options.Terminals];
        for (var i = 0; i < _terminals.Length; i++) _terminals[i] = new(options, i, Record, _wire);
    }

    /// <summary>For registration, by index.</summary>
    public IEnumerable<FieldTerminal> Terminals => Enumerable.Range(0, _options.Terminals).Select(
        i => new FieldTerminal(i, _options.TerminalOf(i), $"Load {i + 1}", _options.Zone.Id, $"L{(i / 10) + 1:D3}"));

    /// <summary>For registration, by index; made as it is walked.</summary>
    public IEnumerable<FieldMeter> Meters => Enumerable.Range(0, _options.Meters).Select(i => new FieldMeter(
        i, new(_options.FirstMeterNumber + i), new(_options.FirstMeterAddress + i),
        _options.TerminalOf(i / _options.MetersPerTerminal), (i % _options.MetersPerTerminal) + 1, 31, 1,
        RegisterOf(_options, i, Epoch), true));

    /// <summary>Instant at which <see cref="LoadOptions.FirstRegister"/> stood, for meter 0.</summary>
    public static Instant Epoch { get; } = Instant.Utc(2025, 1, 1);

    /// <summary>What the load sends for that meter and hour: the whole truth of it.</summary>
    public Energy RegisterOf(int meter, Instant hourEnd) => RegisterOf(_options, meter, hourEnd);

    /// <summary>Connects and logs in; completes when every login is answered.</summary>
    /// <exception cref="IOException">The service hung up or denied a login.</exception>
    public Task StartAsync(CancellationToken stopping) =>
        Task.WhenAll(_terminals.Select(terminal => terminal.StartAsync(_connects, stopping)));

    /// <summary>Pushes the hours of all meters; completes when every frame is confirmed.</summary>
    /// <exception cref="IOException">The service hung up or denied a frame.</exception>
    public async Task<LoadResult> PushAsync(Instant firstHourEnd, int hours, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hours, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(hours % _options.PointsPerUnit, 0, nameof(hours));
        _latencies = new();
        var (frames, bytes) = (_terminals.Sum(t => t.FramesConfirmed), _terminals.Sum(t => t.BytesSent));
        var began = _wire.GetTimestamp();
        await Task.WhenAll(_terminals.Select(terminal => terminal.PushAsync(firstHourEnd, hours, stopping)));
        var elapsed = _wire.GetElapsedTime(began);
        return new(_terminals.Sum(t => t.FramesConfirmed) - frames, (long)_options.Meters * hours,
            _terminals.Sum(t => t.BytesSent) - bytes, elapsed, _latencies.At(500), _latencies.At(990),
            _latencies.At(1_000));
    }

    public void Dispose()
    {
        foreach (var terminal in _terminals) terminal.Dispose();
        _connects.Dispose();
    }

    internal static Energy RegisterOf(LoadOptions options, int meter, Instant hourEnd)
    {
        var hours = (hourEnd.UnixMicros - Epoch.UnixMicros) / Instant.MicrosPerHour;
        var steps = (hours * options.StepsPerHour) + (meter % 1_000);
        return new(options.FirstRegister.TenthsWh + (steps * Formats.A11Step));
    }

    private void Record(TimeSpan confirmed) => _latencies.Add(confirmed);
}
