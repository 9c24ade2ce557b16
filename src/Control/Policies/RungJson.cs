using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>Reads the ladder.</summary>
internal static class RungJson
{
    private static readonly string[] Properties =
    [
        "name", "threshold", "do", "kind", "minHoursAfterPrevious", "minMinutesAfterPrevious", "minDaysAfterPrevious",
        "minWorkingDaysAfterPrevious", "inCutWindow", "proof", "fallback", "classes", "limitWatts", "limitDays",
    ];

    private static readonly string[] ThresholdProperties = ["amount", "percentOfLastPurchase", "daysOfOwnUse"];

    private static readonly Dictionary<string, RungActions> Actions = new(StringComparer.Ordinal)
    {
        ["sms"] = RungActions.Sms,
        ["alarm"] = RungActions.Alarm,
        ["letter"] = RungActions.Letter,
        ["visit"] = RungActions.Visit,
        ["limit"] = RungActions.Limit,
        ["cut"] = RungActions.Cut,
    };

    private static readonly Dictionary<string, RungKind> Kinds = new(StringComparer.Ordinal)
    {
        ["info"] = RungKind.Info,
        ["remind"] = RungKind.Remind,
        ["warn"] = RungKind.Warn,
        ["final"] = RungKind.Final,
        ["limit"] = RungKind.Limit,
        ["cut"] = RungKind.Cut,
    };

    private static readonly Dictionary<string, RungProof> Proofs = new(StringComparer.Ordinal)
    {
        ["none"] = RungProof.None,
        ["beforeCut"] = RungProof.BeforeCut,
        ["beforeNext"] = RungProof.BeforeNext,
    };

    private static readonly Dictionary<string, RungFallbacks> Fallbacks = new(StringComparer.Ordinal)
    {
        ["alarm"] = RungFallbacks.Alarm,
        ["letter"] = RungFallbacks.Letter,
        ["visit"] = RungFallbacks.Visit,
        ["record"] = RungFallbacks.Record,
    };

    public static List<PolicyRung> Read(JsonPart root, Currency? currency, long hysteresis)
    {
        var rungs = new List<PolicyRung>();
        var list = root.List("rungs", 1, Policy.RungsMax);
        for (var i = 0; i < list.Count; i++)
        {
            var part = list[i];
            if (!part.IsObject(Properties)) continue;
            var name = part.Text("name", 40) ?? "";
            var (kind, value) = ReadThreshold(part, currency);
            var actions = ReadActions(part);

            if (part.Has("minHoursAfterPrevious") && part.Has("minMinutesAfterPrevious"))
            {
                part.Fault("minMinutesAfterPrevious", "either hours or minutes, not both.");
            }

            var delay = TimeSpan.FromHours(part.Whole("minHoursAfterPrevious", 0, 8_784, 0))
                + TimeSpan.FromMinutes(part.Whole("minMinutesAfterPrevious", 0, 527_040, 0));
            rungs.Add(new(
                name, new((byte)i, kind, value, new(hysteresis)), actions, delay, part.Flag("inCutWindow"))
            {
                Kind = ReadKind(part, actions),
                DelayDays = (int)part.Whole("minDaysAfterPrevious", 0, 366, 0),
                DelayWorkingDays = (int)part.Whole("minWorkingDaysAfterPrevious", 0, 60, 0),
                Proof = ReadProof(part),
                Fallbacks = ReadFallbacks(part),
                Classes = part.Words("classes"),
                LimitWatts = ReadLimit(part, actions, "limitWatts", 1_000_000),
                LimitDays = ReadLimit(part, actions, "limitDays", 366),
            });
        }

        return rungs;
    }

    private static RungActions ReadActions(JsonPart rung)
    {
        var actions = RungActions.None;
        foreach (var action in rung.List("do", 1, Actions.Count))
        {
            var flag = Actions.GetValueOrDefault(action.AsText() ?? "");
            if (flag == RungActions.None) action.Fault($"must be {Named(Actions.Keys)}.");
            if ((actions & flag) != 0) action.Fault("named twice.");
            actions |= flag;
        }

        return actions;
    }

    private static RungFallbacks ReadFallbacks(JsonPart rung)
    {
        if (!rung.Has("fallback")) return RungFallbacks.Alarm;
        var fallbacks = RungFallbacks.None;
        foreach (var part in rung.List("fallback", 0, Fallbacks.Count))
        {
            var flag = Fallbacks.GetValueOrDefault(part.AsText() ?? "");
            if (flag == RungFallbacks.None) part.Fault($"must be {Named(Fallbacks.Keys)}.");
            if ((fallbacks & flag) != 0) part.Fault("named twice.");
            fallbacks |= flag;
        }

        return fallbacks;
    }

    private static RungKind? ReadKind(JsonPart rung, RungActions actions)
    {
        if (!rung.Has("kind") || rung.Text("kind", 10) is not { } text) return null;
        if (!Kinds.TryGetValue(text, out var kind))
        {
            rung.Fault("kind", $"must be {Named(Kinds.Keys)}.");
            return null;
        }

        var (cuts, limits) = ((actions & RungActions.Cut) != 0, (actions & RungActions.Limit) != 0);
        if ((kind == RungKind.Cut) != cuts) rung.Fault("kind", "a rung is a 'cut' if and only if it does one.");
        if ((kind == RungKind.Limit) != limits) rung.Fault("kind", "a rung is a 'limit' if and only if it sets one.");
        return kind;
    }

    private static RungProof ReadProof(JsonPart rung)
    {
        if (!rung.Has("proof") || rung.Text("proof", 20) is not { } text) return RungProof.BeforeCut;
        if (Proofs.TryGetValue(text, out var proof)) return proof;
        rung.Fault("proof", $"must be {Named(Proofs.Keys)}.");
        return RungProof.BeforeCut;
    }

    private static int ReadLimit(JsonPart rung, RungActions actions, string property, int max)
    {
        if ((actions & RungActions.Limit) != 0) return (int)rung.Whole(property, 1, max);
        if (rung.Has(property)) rung.Fault(property, "only of a rung that does 'limit'.");
        return 0;
    }

    private static string Named(IEnumerable<string> words)
    {
        var all = words.Select(word => $"'{word}'").ToList();
        return $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }

    private static (PolicyThresholdKind Kind, long Value) ReadThreshold(JsonPart rung, Currency? currency)
    {
        if (rung.Part("threshold") is not { } part) return default;
        if (!part.IsObject(ThresholdProperties)) return default;
        var named = part.Names().Count(ThresholdProperties.Contains);
        if (named == 0 && part.Names().Any()) return default; // Named as unknown already.
        if (named != 1)
        {
            part.Fault("exactly one of 'amount', 'percentOfLastPurchase', 'daysOfOwnUse'.");
            return default;
        }

        if (part.Has("amount")) return (PolicyThresholdKind.Amount, part.Amount("amount", currency, null));
        if (part.Has("percentOfLastPurchase"))
        {
            return (PolicyThresholdKind.PercentOfLastPurchase, part.Whole("percentOfLastPurchase", 0, 1_000));
        }

        var text = part.Text("daysOfOwnUse", 10);
        if (text is null) return default;
        if (Decimals.TryParse(text, 1, out var tenths) && tenths is >= 0 and <= 3_650)
        {
            return (PolicyThresholdKind.DaysOfOwnUse, tenths);
        }

        part.Fault("daysOfOwnUse", "days with at most one decimal, 0 to 365, such as '1.5'.");
        return default;
    }
}
