using Meters.Storage.Contract;

namespace Meters.Host.Audit.Frames;

/// <summary>
/// Takes the readings of accounts from where they came: registers out of raw frames, by a decoder of its own, and
/// values of persons and estimates out of their documents. What is stored is compared with it.
/// </summary>
internal sealed class AccountFrames(MeterPlaces places, IAuditSource source, Findings findings)
{
    /// <summary>Frames in memory at once.</summary>
    public const int FramesAtOnce = 1_000;

    private const string Check = "frames";
    private const string Energies = "energies of intervals";
    private const int Estimated = 2;
    private const int Removed = 12;
    private const int Disputed = 8;
    private const long RollOver = 10_000_000_000;
    private const long MicrosPerMinute = 60_000_000;

    /// <summary>Readings before this instant are taken as they are stored, microseconds since 1970.</summary>
    public long Since { get; init; } = long.MinValue;

    /// <summary>Readings whose register is in their raw frame.</summary>
    public long InFrames { get; private set; }

    /// <summary>Other readings, by what stands behind them.</summary>
    public SortedDictionary<string, long> Others { get; } = new(StringComparer.Ordinal);

    /// <returns>The accounts with the registers that their frames say, in the same order.</returns>
    public async Task<IReadOnlyList<AuditAccount>> RunAsync(IReadOnlyList<AuditAccount> accounts)
    {
        var told = accounts.ToArray();
        var rows = new List<Row>();
        for (var a = 0; a < told.Length; a++)
        {
            for (var i = 0; i < told[a].Readings.Count; i++)
            {
                if (told[a].Readings[i].At >= Since) rows.Add(new(told[a].Readings[i].Frame, a, i));
                else Count("before the first day asked for");
            }
        }

        rows.Sort((one, other) => one.Frame.CompareTo(other.Frame));
        for (var from = 0; from < rows.Count;)
        {
            var ids = new List<long>();
            var to = from;
            for (; to < rows.Count; to++)
            {
                if (ids.Count > 0 && ids[^1] == rows[to].Frame) continue;
                if (ids.Count == FramesAtOnce) break;
                ids.Add(rows[to].Frame);
            }

            var frames = await source.FramesAsync(ids);
            while (from < to)
            {
                var end = from;
                while (end < to && rows[end].Frame == rows[from].Frame) end++;
                Take(accounts, told, rows[from..end], frames.TryGetValue(rows[from].Frame, out var raw) ? raw : null);
                from = end;
            }
        }

        return told;
    }

    private void Take(IReadOnlyList<AuditAccount> stored, AuditAccount[] told, List<Row> rows, RawFrame? raw)
    {
        var behind = raw is null ? null : new FrameContent(raw.Value, places);
        foreach (var (id, account, index) in rows)
        {
            var row = stored[account].Readings[index];
            if (Differs(row, stored[account], behind, out var register) is { } what)
            {
                findings.Add(Check, Places.Reading(row.Channel, row.At), what, FormattableString.Invariant(
                    $"raw_frame {id}"));
            }

            if (register is not { } value || value == row.Register) continue;
            if (ReferenceEquals(told[account], stored[account]))
            {
                told[account] = told[account] with { Readings = [.. told[account].Readings] };
            }

            told[account].Readings[index] = row with { Register = value };
        }
    }

    /// <returns>What is wrong, in a sentence; null where nothing is.</returns>
    /// <param name="row">As stored.</param>
    /// <param name="account">Whose.</param>
    /// <param name="behind">What it came in.</param>
    /// <param name="register">What that says; null for nothing to compare with.</param>
    private string? Differs(AuditReading row, AuditAccount account, FrameContent? behind, out long? register)
    {
        register = null;
        if (places.WhyNot(row.Channel >> 4, row.At) is { } absent) return absent;
        if (behind is null)
        {
            Count("without a raw frame");
            return "Its raw frame is not kept.";
        }

        if (behind.IsDocument) return OfDocument(row, behind.Document, ref register);
        if (behind.Frame is not { } frame) return "Its raw frame's bytes are no frame.";
        if (row.Quality == Removed)
        {
            Count("taken out");
            return null;
        }

        var quality = row.Quality is >= Disputed and < Removed ? row.Quality - Disputed : row.Quality;
        if (quality == Estimated) return "It is an estimate, and names a terminal's frame.";
        if (frame.Address != behind.Raw.Terminal.Raw) return "Its raw frame is another terminal's.";
        if (places.Of(row.Channel) is not { } meter || meter.Terminal != behind.Raw.Terminal)
        {
            return "Its raw frame is of another terminal than its meter.";
        }

        if (behind.RegisterOf(meter, row) is { } found)
        {
            register = found;
            if (found == row.Register)
            {
                InFrames++;
                return null;
            }

            return $"It is {row.Register}; its raw frame says {found}, in tenths of a watt-hour.";
        }

        return behind.EnergyOf(meter, row) is var (energy, minutes)
            ? OfEnergy(row, account, energy, minutes)
            : "Its raw frame does not have it.";
    }

    private string? OfDocument(AuditReading row, PlainDocument? document, ref long? register)
    {
        if (document is null) return "The document behind it cannot be read.";
        Count(document.Kind);
        var isOld = document.Kind == PlainDocument.Replacement && places.ReplacedBy(row.Channel) == document.Channel;
        if (document.Channel != row.Channel && !isOld) return $"The {document.Kind} behind it is of another register.";
        var values = document.Values.Where(value => value.At == row.At).ToList();
        if (values.Count == 0) return $"The {document.Kind} behind it does not have it.";

        var isMarked = row.Quality is Estimated or Estimated + Disputed or Removed;
        if (document.Kind == PlainDocument.Estimate && !isMarked)
        {
            return "It came from an estimate, and is not marked as one.";
        }

        var said = isOld ? values[0].TenthsWh : values[^1].TenthsWh;
        if (said is not { } value) return row.Quality == Removed ? null : $"The {document.Kind} behind it took it out.";
        if (row.Quality == Removed) return null;
        register = value;
        return value == row.Register
            ? null
            : $"It is {row.Register}; the {document.Kind} behind it says {value}, in tenths of a watt-hour.";
    }

    /// <summary>
    /// The energy goes on from the value at its start. Where that one came later than the energy, another stood there.
    /// </summary>
    private string? OfEnergy(AuditReading row, AuditAccount account, long energy, int minutes)
    {
        Count(Energies);
        var start = account.Readings.FindIndex(
            one => one.Channel == row.Channel && one.At == row.At - (minutes * MicrosPerMinute));
        if (start < 0 || account.Readings[start].Frame > row.Frame) return null;
        var sum = account.Readings[start].Register + energy;
        if (sum >= RollOver) sum -= RollOver;
        return sum == row.Register
            ? null
            : $"It is {row.Register}; its raw frame adds {energy} to {account.Readings[start].Register}.";
    }

    private void Count(string kind) => Others[kind] = Others.GetValueOrDefault(kind) + 1;

    private readonly record struct Row(long Frame, int Account, int Index);
}
