using System.Globalization;
using System.Text.Json.Nodes;

namespace Meters.Host.Bench.Year.Oracle;

/// <summary>One step of a ladder, as the oracle reads it.</summary>
internal sealed record Step(
    string Unit, decimal Level, HashSet<string> Does, int Days, int WorkingDays, TimeSpan Delay,
    HashSet<string> Fallback, HashSet<string> Classes, int LimitDays, bool NeedsProof, string Kind)
{
    /// <summary>Whether it is meant for this customer.</summary>
    public bool Is(Home home) => Classes.Count == 0 || Classes.Overlaps(home.Classes);
}

/// <summary>
/// A policy document as the oracle reads it, from docs/schemas/policy.schema.json and docs alone: nothing of the
/// engine's reader, calendar or ladder is used here.
/// </summary>
internal sealed class RuleBook
{
    private readonly int _decimals;

    public RuleBook(string json)
    {
        var all = JsonNode.Parse(json)!;
        Name = $"{all["id"]}/{all["version"]}";
        _decimals = all["currency"]!.GetValue<string>() is "JPY" or "KRW" ? 0 : 2;
        Steps = [.. all["rungs"]!.AsArray().Select(StepOf!)];
        Steps = [.. Steps.Select((step, i) => step with { Kind = KindOf(i) })];
        Hysteresis = Minor(all["hysteresis"]);
        ConnectAt = Minor(all["reconnect"]!["atLeast"]);
        PercentOfDues = Number(all["reconnect"]!["percentOfDues"], 0);
        Within = TimeSpan.FromMinutes(Number(all["reconnect"]!["withinMinutes"], 1_440));
        ReadingAge = TimeSpan.FromHours(Number(all["readingAgeHoursMax"], 3));
        Proof = TimeSpan.FromHours(Number(all["noticeProofHours"], 24));
        ContactsMin = Number(all["contactsMin"], 0);
        CutAttemptsMax = Number(all["cutAttemptsMax"], 3);
        var grace = all["grace"];
        GraceDays = Number(grace?["days"], 0);
        GraceWorkingDays = Number(grace?["workingDays"], 0);
        CreditDays = Number(all["credit"]?["emergency"]?["days"], 0);
        NeverCut = Words(all["protection"]?["neverCut"]);
        NeedsApproval = Words(all["protection"]?["needsApproval"]);
        Calendar = new(all);
    }

    public string Name { get; }

    public IReadOnlyList<Step> Steps { get; }

    public long Hysteresis { get; }

    public long ConnectAt { get; }

    public int PercentOfDues { get; }

    public TimeSpan Within { get; }

    public TimeSpan ReadingAge { get; }

    public TimeSpan Proof { get; }

    public int ContactsMin { get; }

    /// <summary>After so many cuts without effect people must go there.</summary>
    public int CutAttemptsMax { get; }

    public int GraceDays { get; }

    public int GraceWorkingDays { get; }

    public int CreditDays { get; }

    public HashSet<string> NeverCut { get; }

    public HashSet<string> NeedsApproval { get; }

    public RuleCalendar Calendar { get; }

    public bool Cuts => Steps[^1].Does.Contains("cut");

    /// <summary>Said, or read off what the step does: a warning where the meter sounds or the cut comes next.</summary>
    private string KindOf(int index)
    {
        var step = Steps[index];
        if (step.Kind.Length > 0) return step.Kind;
        var warns = step.Does.Contains("alarm")
            || (index + 1 < Steps.Count && Steps[index + 1].Does.Contains("cut"));
        return warns ? "warn" : "remind";
    }

    public static HashSet<string> Words(JsonNode? list) =>
        [.. (list?.AsArray() ?? []).Select(word => word!.GetValue<string>())];

    public static int Number(JsonNode? node, int otherwise) => node?.GetValue<int>() ?? otherwise;

    private long Minor(JsonNode? amount)
    {
        var major = decimal.Parse(amount?.GetValue<string>() ?? "0", CultureInfo.InvariantCulture);
        return (long)(major * (_decimals == 0 ? 1 : 100));
    }

    private Step StepOf(JsonNode rung)
    {
        var threshold = rung["threshold"]!.AsObject().First();
        var level = threshold.Key switch
        {
            "amount" => Minor(threshold.Value),
            "daysOfOwnUse" => decimal.Parse(threshold.Value!.GetValue<string>(), CultureInfo.InvariantCulture),
            _ => threshold.Value!.GetValue<int>(),
        };
        var delay = TimeSpan.FromHours(Number(rung["minHoursAfterPrevious"], 0))
            + TimeSpan.FromMinutes(Number(rung["minMinutesAfterPrevious"], 0));
        return new(
            threshold.Key,
            level,
            Words(rung["do"]),
            Number(rung["minDaysAfterPrevious"], 0),
            Number(rung["minWorkingDaysAfterPrevious"], 0),
            delay,
            rung["fallback"] is null ? ["alarm"] : Words(rung["fallback"]),
            Words(rung["classes"]),
            Number(rung["limitDays"], 0),
            rung["proof"]?.GetValue<string>() != "none",
            rung["kind"]?.GetValue<string>() ?? "");
    }
}
