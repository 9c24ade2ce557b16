using System.Text.Json;
using Meters.Host.Import;

namespace Meters.Host.Cli;

/// <summary>What became of a file: for people, for machines, and as an exit code.</summary>
public sealed class ImportReport(string kind)
{
    private readonly List<string> _faults = [];
    private bool _isBadFile;
    private bool _isAway;

    /// <summary>Records in the file; 0 where it has faults.</summary>
    public int Rows { get; set; }

    /// <summary>Taken by the service, those included that it had already with equal content.</summary>
    public int Taken { get; set; }

    /// <summary>Of these, had already; counted for payments only.</summary>
    public int Repeated { get; set; }

    /// <summary>The change that waits for a second person, where one is needed.</summary>
    public long? Change { get; set; }

    /// <summary>Of those taken, payments whose account is not known: they wait in suspense.</summary>
    public int Waiting { get; set; }

    /// <summary>Records refused.</summary>
    public int Refused { get; set; }

    /// <summary>The service is away or does not know the key: what follows would fare no better.</summary>
    public bool IsOver { get; private set; }

    public void AddFileFaults(IEnumerable<LineFault> faults) => AddFileFaults(faults.Select(fault => fault.ToString()));

    public void AddFileFaults(IEnumerable<string> faults)
    {
        _faults.AddRange(faults);
        _isBadFile = _faults.Count > 0;
    }

    public void AddRefusal(string what, ServiceAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        _faults.AddRange(answer.Faults.Select(fault => $"{what}: {fault}"));
        IsOver |= answer.IsAway || answer.Status is 401 or 403;
        _isAway |= answer.IsAway;
    }

    /// <summary>It was taken, and says that something does not agree.</summary>
    public void AddDifference(string sentence) => _faults.Add(sentence);

    public void AddAway(string sentence)
    {
        _faults.Add(sentence);
        IsOver = _isAway = true;
    }

    /// <summary>Writes it, and gives the exit code.</summary>
    public async Task<int> TellAsync(bool json)
    {
        foreach (var fault in _faults) await Console.Error.WriteLineAsync(fault);
        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(
                new { Kind = kind, Rows, Taken, Repeated, Waiting, Refused, NotSent, Change, Faults = _faults },
                CliJson.Form));
        }
        else
        {
            await Console.Out.WriteLineAsync(ToText());
        }

        return _isBadFile ? ExitCodes.Usage
            : _isAway ? ExitCodes.Unavailable
            : _faults.Count > 0 ? ExitCodes.CheckFailed
            : ExitCodes.Done;
    }

    private int NotSent => Rows - Taken - Refused;

    private string ToText()
    {
        if (_isBadFile) return $"{kind}: the file has faults; nothing was sent.";
        if (Change is { } change)
        {
            return $"{kind}: accounts are on it, so it was proposed as change {change}. It holds from its instant once "
                + $"a second person has approved it: POST /changes/{change}/approve.";
        }

        var text = $"{kind}: {Rows} in the file, {Taken} taken";
        if (Repeated > 0) text += $" ({Repeated} of them known before)";
        if (Waiting > 0) text += $", {Waiting} of them in suspense";
        if (Refused > 0) text += $", {Refused} refused";
        if (NotSent > 0) text += $", {NotSent} not sent; run it again when the cause is gone";
        return text + ".";
    }
}
