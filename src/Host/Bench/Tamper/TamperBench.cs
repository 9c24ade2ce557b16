using System.Globalization;
using System.Text.Json;
using Meters.Host.Audit;
using Meters.Host.Cli;
using Meters.Host.Demo;
using Meters.Storage;

namespace Meters.Host.Bench.Tamper;

/// <param name="Trials">In memory.</param>
/// <param name="SqlTrials">Through real SQL on copies of the store.</param>
/// <param name="Seed">Of journal and trials.</param>
public sealed record TamperBenchOptions(int Trials, int SqlTrials, int Seed);

/// <param name="Found">Trials after which the audit found a difference.</param>
/// <param name="Located">Trials of which it named the right place.</param>
public sealed record TamperResult(
    int Trials, int SqlTrials, int Seed, long Links, long Readings, int Found, int Located, decimal Seconds,
    IReadOnlyDictionary<string, int> ByKind, IReadOnlyList<string> Missed)
{
    public bool Holds => Located == Trials + SqlTrials && Found == Located;

    public string ToJson() => JsonSerializer.Serialize(this, CliJson.Form);

    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"""
        {Trials:N0} trials in memory and {SqlTrials:N0} through SQL, seed {Seed},
        on {Links:N0} links and {Readings:N0} readings: found {Found:N0}, located {Located:N0}, {Seconds} s
        {string.Join(Environment.NewLine, ByKind.Select(k => $"  {k.Key}: {k.Value:N0}"))}
        """);
}

/// <summary>Tampers with a journal, one thing at a time, and has the audit find and name it.</summary>
public sealed class TamperBench(TamperBenchOptions options)
{
    private const int MissedMax = 20;

    private readonly SortedDictionary<string, int> _byKind = new(StringComparer.Ordinal);
    private readonly List<string> _missed = [];
    private int _found;
    private int _located;

    /// <exception cref="InvalidOperationException">The journal has differences before anything was done.</exception>
    public async Task<TamperResult> RunAsync(CancellationToken stopping)
    {
        using var scratch = new ScratchFolder();
        var (made, roots) = (Path.Combine(scratch.Path, "made"), Path.Combine(scratch.Path, "roots"));
        var lastRoot = await TamperJournal.MakeAsync("sqlite:" + made, roots, options.Seed, stopping);
        var began = TimeProvider.System.GetTimestamp();
        await using var store = await Stores.OpenReadOnlyAsync("sqlite:" + made, stopping);
        var clean = await Auditor.RunAsync(store, roots, stopping);
        if (!clean.Holds) throw new InvalidOperationException("The journal is wrong as it is. " + clean.ToText());
        var image = await store.Journal.AuditAsync(TamperImage.LoadAsync, stopping);
        var trials = new TamperTrials(image, lastRoot, new Random(options.Seed));
        for (var i = 0; i < options.Trials; i++) await InMemoryAsync(image, trials.Next(), roots, stopping);
        var records = await store.Journal.AuditAsync(
            source => TamperRecords.LoadAsync(source, new(options.Seed)), stopping);
        for (var i = 0; i < options.SqlTrials; i++)
        {
            var trial = i % 2 == 0 ? records.Next() : trials.Next();
            await ThroughSqlAsync(made, Path.Combine(scratch.Path, "copy"), trial, roots, stopping);
        }

        var took = TimeProvider.System.GetElapsedTime(began);
        return new(
            options.Trials, options.SqlTrials, options.Seed, clean.Links, clean.Readings, _found, _located,
            decimal.Round((decimal)took.TotalMilliseconds / 1_000, 1), _byKind, _missed);
    }

    private async Task InMemoryAsync(
        TamperImage image, TamperTrial trial, string roots, CancellationToken stopping)
    {
        var findings = new Findings();
        var index = await RootIndex.ReadAsync(roots, findings, stopping);
        await new Auditor(image.With(trial.Steps), index, findings, rates: false).RunAsync(stopping);
        Judge(trial, findings.Kept);
    }

    private async Task ThroughSqlAsync(
        string made, string copy, TamperTrial trial, string roots, CancellationToken stopping)
    {
        Directory.CreateDirectory(copy);
        File.Copy(
            Path.Combine(made, Stores.SqliteFileName), Path.Combine(copy, Stores.SqliteFileName), overwrite: true);
        await ScratchFile.ExecuteAsync(copy, trial.Steps.Select(TamperSql.Of), stopping);
        await using (var store = await Stores.OpenReadOnlyAsync("sqlite:" + copy, stopping))
        {
            var report = await Auditor.RunAsync(store, roots, stopping);
            Judge(trial, report.Findings);
        }

        Directory.Delete(copy, recursive: true);
    }

    private void Judge(TamperTrial trial, IReadOnlyList<AuditFinding> findings)
    {
        var kind = $"{trial.Kind} {trial.Table}";
        _byKind[kind] = _byKind.GetValueOrDefault(kind) + 1;
        if (findings.Count > 0) _found++;
        if (trial.IsLocated(findings)) _located++;
        else if (_missed.Count < MissedMax)
        {
            _missed.Add($"{trial}; named: {string.Join("; ", findings.Take(5).Select(f => $"{f.Where} ({f.What})"))}");
        }
    }
}
