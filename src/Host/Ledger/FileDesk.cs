using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Engine;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

/// <summary>What became of a file.</summary>
/// <param name="Faults">Why it was refused; empty when it was taken.</param>
/// <param name="IsNameReused">A file of this name says something else.</param>
/// <param name="IsRepeat">It was taken before.</param>
/// <param name="Lines">Lines that are in the ledger.</param>
/// <param name="Suspense">Of these, those that wait for their owner.</param>
/// <param name="Left">Lines that the ledger refused after all; the file stays unfinished and is tried again.</param>
public sealed record FileResult(
    IReadOnlyList<LineFault> Faults, bool IsNameReused, bool IsRepeat, int Lines, int Suspense, int Left)
{
    public bool IsTaken => Faults.Count == 0 && !IsNameReused;
}

/// <summary>
/// Files of money, whole or not at all: checked line by line, stored as they came, and only then booked. A crash in
/// between is made good at the next start, for every line has a key of its own.
/// </summary>
public sealed class FileDesk(DeskSetup setup, LedgerDesk desk)
{
    /// <summary>Lines on their way to the shards at once.</summary>
    private const int AtOnce = 500;

    private ILedgerStore Rows => setup.Store.Ledger;

    /// <param name="file">As it came.</param>
    /// <param name="amountMax">Largest amount of a line, minor units.</param>
    /// <param name="stopping">Breaks it off; what is stored is gone on with at the next start.</param>
    public async Task<FileResult> TakeAsync(MoneyFile file, long amountMax, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(file);
        var (faults, keys) = Check(file, amountMax);
        if (faults.Count == 0) faults = await ConflictsAsync(file, keys, stopping);
        if (faults.Count > 0) return new(faults, false, false, 0, 0, 0);
        var stored = await Rows.AddFileAsync(file, stopping);
        if (stored.Content != file.Content || stored.Kind != file.Kind || stored.By != file.By)
        {
            return new([], IsNameReused: true, false, 0, 0, 0);
        }

        var (lines, suspense, left) = await ApplyAsync(stored, stopping);
        return new([], false, IsRepeat: stored.DoneAt is not null, lines, suspense, left);
    }

    /// <summary>Books every line that is not booked yet.</summary>
    public async Task<(int Lines, int Suspense, int Left)> ApplyAsync(MoneyFile file, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(file);
        var (lines, suspense, left) = file.Kind == MoneyFileKind.Payments
            ? await ApplyPaymentsAsync(file, stopping)
            : await ApplyBalancesAsync(file, stopping);
        if (file.DoneAt is null && left == 0) await Rows.FinishFileAsync(file.Name, setup.Clock.Now(), stopping);
        return (lines, suspense, left);
    }

    private async Task<(int Lines, int Suspense, int Left)> ApplyPaymentsAsync(
        MoneyFile file, CancellationToken stopping)
    {
        var (lines, suspense) = (0, 0);
        var orders = PaymentImport.Payments(new StringReader(file.Content), file.By, null).Records;
        foreach (var some in orders.Chunk(AtOnce))
        {
            var requests = new List<PaymentRequest>(some.Length);
            foreach (var order in some)
            {
                var request = new PaymentRequest(order);
                await setup.Lanes[ShardOf(order.Account)].EnqueueAsync(request, stopping);
                requests.Add(request);
            }

            foreach (var request in requests)
            {
                var (_, record) = await request.AnswerAsync(stopping);
                if (record is null) continue;
                lines++;
                if (record.Split.IsSuspense) suspense++;
            }
        }

        return (lines, suspense, orders.Count - lines);
    }

    private async Task<(int Lines, int Suspense, int Left)> ApplyBalancesAsync(
        MoneyFile file, CancellationToken stopping)
    {
        var lines = 0;
        var orders = OpeningImport.Orders(new StringReader(file.Content), file.By, _ => null).Records;
        foreach (var some in orders.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(order => desk.PostAsync(order, stopping)));
            lines += answers.Count(answer => answer.Record is not null);
        }

        return (lines, 0, orders.Count - lines);
    }

    private (IReadOnlyList<LineFault> Faults, IReadOnlyList<string> Keys) Check(MoneyFile file, long amountMax)
    {
        var text = new StringReader(file.Content);
        if (file.Kind == MoneyFileKind.OpeningBalances)
        {
            var balances = OpeningImport.Orders(text, file.By, order =>
                !setup.Registry.TryAccount(order.Account, out var account) ? ("account", "is not known.")
                : Fault(account.Currency, order.Currency, order.Amount, amountMax));
            return (balances.Faults, [.. balances.Records.Select(order => order.Key)]);
        }

        var channel = default(PaymentChannel?);
        var payments = PaymentImport.Payments(text, file.By, null, order =>
        {
            channel ??= order.Channel;
            if (!order.MayWait) return ("channel", "counter payments come one by one, not in a file.");
            if (order.Channel != channel) return ("channel", "is another than in the first line.");
            if (order.Key.Any(c => c is <= ' ' or > '~')) return ("key", "must be printable ASCII without blanks.");
            return setup.Registry.TryAccount(order.Account, out var account)
                ? Fault(account.Currency, order.Currency, order.Amount, amountMax)
                : Fault(order.Currency.Code, order.Currency, order.Amount, amountMax);
        });
        return (payments.Faults, [.. payments.Records.Select(order => order.Key)]);
    }

    private static (string Field, string Sentence)? Fault(string own, Currency currency, Money amount, long amountMax)
    {
        if (own != currency.Code) return ("currency", $"the account's is {own}.");
        return Int128.Abs(amount.Minor) > amountMax ? ("amount", "is above the limit for one payment.") : null;
    }

    /// <summary>A key that is in the ledger with other content would stop the file half-way.</summary>
    private async Task<IReadOnlyList<LineFault>> ConflictsAsync(
        MoneyFile file, IReadOnlyList<string> keys, CancellationToken stopping)
    {
        var faults = new List<LineFault>();
        if (file.Kind == MoneyFileKind.OpeningBalances)
        {
            var orders = OpeningImport.Orders(new StringReader(file.Content), file.By, _ => null).Records;
            foreach (var order in orders)
            {
                var known = await Rows.FindOperationAsync(order.Key, stopping);
                if (known is null || known.Order == order) continue;
                faults.Add(new(0, "account", $"{order.Account} has its opening balance already."));
            }

            return faults;
        }

        foreach (var order in PaymentImport.Payments(new StringReader(file.Content), file.By, null).Records)
        {
            var known = await Rows.FindPaymentAsync(order.Key, stopping);
            if (known is null || known.Order == order) continue;
            faults.Add(new(0, "key", $"'{order.Key}' was used for another payment."));
        }

        return faults;
    }

    private int ShardOf(AccountId account) =>
        setup.Registry.TryAccount(account, out var record) ? record.Shard : 0;
}
