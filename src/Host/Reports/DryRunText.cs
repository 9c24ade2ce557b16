using System.Text;

namespace Meters.Host.Reports;

/// <summary>A dry run in plain sentences.</summary>
public static class DryRunText
{
    public static string Of(DryRunResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        var c = result.Currency;
        Say(text, $"{result.Kind} {result.Version} on the accounts of {result.On}, {result.From} to {result.To}");
        var sample = result.Accounts.Count + result.Skipped.Count < result.AccountsOn ? ", an even sample" : "";
        Say(text, $"{result.Accounts.Count} of {result.AccountsOn} accounts tried{sample}. What people used and paid "
            + "is taken as it was.");
        if (result.Skipped.Count > 0)
        {
            Say(text, $"{result.Skipped.Count} accounts could not be rated and are left out.");
        }

        if (result.RecordedOtherwise.Count > 0)
        {
            Say(text, $"{result.RecordedOtherwise.Count} accounts have recorded charges other than today's tariff's.");
        }

        text.Append('\n');
        var totals = result.Totals;
        Say(text, $"Charges: {totals.Old} {c} as it is, {totals.New} {c} as tried, change {totals.Change} {c}.");
        Say(text, $"{totals.PayMore} pay more, {totals.PayLess} pay less, {totals.PayTheSame} the same.");
        foreach (var share in totals.Shares.Where(share => share.Accounts > 0))
        {
            Say(text, $"  {share.Change,-30} {share.Accounts,8}");
        }

        AddLargest(text, "Most more", totals.LargestRises, c);
        AddLargest(text, "Most less", totals.LargestFalls, c);
        text.Append("\nLadder, accounts that came to each rung:\n");
        Say(text, $"  {"rung",-16} {"does",-12} {"as it is",10} {"as tried",10} {"no longer",10} {"newly",10}");
        foreach (var rung in result.Rungs)
        {
            Say(text, $"  {rung.Rung,-16} {rung.Does,-12} {rung.Old,10} {rung.New,10} {rung.OnlyOld,10} "
                + $"{rung.OnlyNew,10}");
            if (rung.AccountsOnlyNew.Count > 0)
            {
                Say(text, $"    newly: {string.Join(", ", rung.AccountsOnlyNew)}"
                    + (rung.OnlyNew > rung.AccountsOnlyNew.Count ? " ..." : ""));
            }
        }

        return text.ToString();
    }

    private static void AddLargest(
        StringBuilder text, string what, IReadOnlyList<DryRunAccount> accounts, string currency)
    {
        if (accounts.Count == 0) return;
        Say(text, $"{what}:");
        foreach (var account in accounts)
        {
            Say(text, $"  account {account.Account}: {account.Old} to {account.New} {currency} ({account.Change})");
        }
    }

    private static void Say(StringBuilder text, string line) => text.Append(line).Append('\n');
}
