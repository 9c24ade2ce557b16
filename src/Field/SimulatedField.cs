using System.Diagnostics.CodeAnalysis;
using Meters.Field.Devices;
using Meters.Field.Households;
using Meters.Units;

namespace Meters.Field;

/// <summary>
/// The other side: concentrators, meters and relays on real TCP connections. Hours pass only when they are pushed, so
/// the host decides how fast time runs; nothing sleeps or polls. Calls of the Push methods must not overlap.
/// </summary>
public sealed class SimulatedField : IAsyncDisposable
{
    private readonly SimulatedConcentrator[] _concentrators;
    private readonly SemaphoreSlim _connects;
    private bool _isStopped;

    /// <param name="consumption">Null for the field's own household generator.</param>
    /// <param name="clock">The program's clock; <see cref="TimeProvider.System"/> where null.</param>
    /// <param name="wire">The clock of time-outs and heartbeats; <see cref="TimeProvider.System"/> where null.</param>
    /// <exception cref="ArgumentException">Options are wrong; the message names all faults.</exception>
    public SimulatedField(
        FieldOptions options, IConsumption? consumption = null, TimeProvider? clock = null, TimeProvider? wire = null)
    {
        var faults = options.Check();
        if (faults.Count > 0) throw new ArgumentException(string.Join(' ', faults), nameof(options));
        Options = options;
        Truth = new(options.Meters, options.RecordReadings);
        _connects = new(options.ConnectsAtOnce);
        consumption ??= new HouseholdGenerator(options.Seed, options.Zone);
        var setup = new ConcentratorSetup(options, consumption, Truth, Counters,
            clock ?? TimeProvider.System, wire ?? TimeProvider.System, _connects);
        _concentrators = new SimulatedConcentrator[options.Concentrators];
        for (var i = 0; i < _concentrators.Length; i++) _concentrators[i] = new(setup, i);
    }

    public FieldOptions Options { get; }

    public Truth Truth { get; }

    public FieldCounters Counters { get; } = new();

    public IReadOnlyList<SimulatedConcentrator> Concentrators => _concentrators;

    /// <summary>For registration, by index.</summary>
    public IEnumerable<FieldTerminal> Terminals => _concentrators.Select(concentrator => new FieldTerminal(
        concentrator.Index, concentrator.Address, $"Concentrator {concentrator.Index + 1}", Options.Zone.Id,
        $"F{(concentrator.Index / 10) + 1:D3}"));

    /// <summary>For registration, by index. Made as it is walked: a million meters need no list.</summary>
    public IEnumerable<FieldMeter> Meters => Enumerable.Range(0, Options.Meters).Select(Options.MeterOf);

    /// <summary>Meters number on, so a number is found without a table.</summary>
    public bool TryFind(MeterId id, out int index)
    {
        var offset = id.Value - Options.FirstMeterNumber;
        index = offset >= 0 && offset < Options.Meters ? (int)offset : -1;
        return index >= 0;
    }

    public FieldMeter Meter(int index) => Options.MeterOf(Checked(index));

    /// <summary>The meter as it is now.</summary>
    public SimulatedMeter MeterState(int index) => ConcentratorOf(index).MeterAt(PlaceOf(index));

    /// <summary>Connects all; completes when every login is answered.</summary>
    public Task StartAsync(CancellationToken stopping) =>
        Task.WhenAll(_concentrators.Select(concentrator => concentrator.StartAsync(stopping)));

    /// <summary>
    /// All meters use the hour that ends at <paramref name="hourEnd"/> and report it. Completes when every frame is
    /// confirmed; a concentrator that is away and a meter that is silent follow with a later hour. The program's clock
    /// must have reached the hour's end; hours must be pushed in order. The field's start itself is the opening
    /// reading.
    /// </summary>
    public Task PushHourAsync(Instant hourEnd, CancellationToken stopping) => PushHoursAsync(hourEnd, 1, stopping);

    /// <summary>As <see cref="PushHourAsync"/> for several hours at once, as curves of up to 24 points.</summary>
    /// <exception cref="InvalidOperationException">An hour that is over, or half an hour.</exception>
    public Task PushHoursAsync(Instant firstHourEnd, int hours, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hours, 1);
        if (firstHourEnd.UnixMicros % Instant.MicrosPerHour != 0 || firstHourEnd < Options.Start)
        {
            throw new InvalidOperationException($"{firstHourEnd} is no whole hour of this field.");
        }

        return Task.WhenAll(_concentrators.Select(c => c.PushAsync(firstHourEnd, hours, stopping)));
    }

    /// <summary>
    /// Every concentrator comes back and every meter speaks: what was held is pushed. Completes when all is confirmed,
    /// and then <see cref="Truth.ReadingsSent"/> is everything that the meters ever showed, lost hours apart.
    /// </summary>
    public Task PushHeldAsync(CancellationToken stopping) =>
        Task.WhenAll(_concentrators.Select(concentrator => concentrator.PushHeldAsync(stopping)));

    /// <summary>The customer presses the button of the meter. False when closing is not permitted.</summary>
    public bool PressButton(int index) => ConcentratorOf(index).PressButton(PlaceOf(index));

    /// <summary>By hand: the meter stays silent until told otherwise.</summary>
    public void SetSilent(int index, bool silent) => ConcentratorOf(index).SetSilent(PlaceOf(index), silent);

    /// <summary>By hand: the concentrator's clock is off by so much from now on.</summary>
    public void SetClockError(int concentrator, TimeSpan ahead) => _concentrators[concentrator].SetClockError(ahead);

    /// <summary>By hand: the concentrator hangs up and stays away until told otherwise.</summary>
    public void SetAway(int concentrator, bool away) => _concentrators[concentrator].SetAway(away);

    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await Task.WhenAll(_concentrators.Select(concentrator => concentrator.StopAsync()));
    }

    [SuppressMessage("Usage", "CA1816", Justification = "Nothing here has a finalizer.")]
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var concentrator in _concentrators) concentrator.Dispose();
        _connects.Dispose();
    }

    private SimulatedConcentrator ConcentratorOf(int index) =>
        _concentrators[Checked(index) / Options.MetersPerConcentrator];

    private int PlaceOf(int index) => index % Options.MetersPerConcentrator;

    private int Checked(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Options.Meters);
        return index;
    }
}
