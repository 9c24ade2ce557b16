using Meters.Billing.Journal;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Meters.Units;

namespace Meters.Storage.Sqlite;

/// <summary>Writes the lists of one commit, within the transaction that its caller holds open.</summary>
internal sealed class SqliteCommit(SqliteStatements statements, int shard)
{
    /// <param name="commit">What to write.</param>
    /// <param name="firstCorrection">Position of the first correction in the shard's chain.</param>
    public void Write(ShardCommit commit, long firstCorrection)
    {
        WriteHot(commit);
        WriteLedger(commit);
        WriteFacts(commit, firstCorrection);
        WriteSnapshots(commit);
        WriteWakes(commit);
        WriteUnregistered(commit);
    }

    private void WriteHot(ShardCommit commit)
    {
        statements.Insert(
            "INSERT INTO raw_frame (id, terminal, received_at, bytes)", 4, "", commit.Frames, BindFrame);
        statements.Insert(
            "INSERT INTO reading (channel, at, register, charge, quality, frame_id)",
            6,
            "",
            commit.Readings,
            static (row, rated) =>
            {
                var reading = rated.Reading;
                row.Add(reading.Channel.Value);
                row.Add(reading.At.UnixMicros);
                row.Add(reading.Register.TenthsWh);
                row.Add(rated.Charge);
                row.Add((long)reading.Quality);
                row.Add(reading.Frame.Value);
            });
        var replaced = statements.Each(
            "UPDATE reading SET register = ?3, charge = ?4, quality = ?5, frame_id = ?6 WHERE channel = ?1 AND at = ?2",
            commit.Replacements,
            static (row, rated) =>
            {
                row.Add(rated.Reading.Channel.Value);
                row.Add(rated.Reading.At.UnixMicros);
                row.Add(rated.Reading.Register.TenthsWh);
                row.Add(rated.Charge);
                row.Add((long)rated.Reading.Quality);
                row.Add(rated.Reading.Frame.Value);
            });
        if (replaced != commit.Replacements.Count)
        {
            throw new InvalidDataException($"{commit.Replacements.Count} readings to replace, {replaced} found.");
        }

        WriteUnrated(commit);
        var changed = statements.Each(
            "UPDATE reading SET charge = ?3 WHERE channel = ?1 AND at = ?2",
            commit.ChargeChanges,
            static (row, change) =>
            {
                row.Add(change.Channel.Value);
                row.Add(change.At.UnixMicros);
                row.Add(change.Charge);
            });
        if (changed == commit.ChargeChanges.Count) return;
        throw new InvalidDataException($"{commit.ChargeChanges.Count} charges to change, {changed} readings found.");
    }

    /// <summary>Rows that stand unrated are few, and a start must find them without reading all others.</summary>
    private void WriteUnrated(ShardCommit commit)
    {
        statements.Each(
            "INSERT OR IGNORE INTO unrated_reading (channel, at) VALUES (?1, ?2)", commit.Unrated, BindPlace);
        statements.Each(
            "DELETE FROM unrated_reading WHERE channel = ?1 AND at = ?2", commit.RatedAgain, BindPlace);

        static void BindPlace(SqliteBinder row, (ChannelId Channel, Instant At) place)
        {
            row.Add(place.Channel.Value);
            row.Add(place.At.UnixMicros);
        }
    }

    private void WriteLedger(ShardCommit commit)
    {
        statements.Insert(
            $"INSERT INTO payment ({BillingRows.Payment})", 14, "", commit.Payments, SqliteMoney.BindPayment);
        SqliteMoney.WriteOperations(statements, commit);
        statements.Insert($"INSERT INTO ledger ({BillingRows.Entry})", 14, "", commit.Entries, BindEntry);
        var through = commit.ClosesThrough?.UnixMicros;
        statements.Insert(
            "INSERT INTO day_charge (account, day, closes_through, exact, posted, carry, average_day)",
            7,
            "",
            commit.DayCharges,
            (row, line) =>
            {
                row.Add(line.Account.Value);
                row.Add(line.Day.DaysSinceEpoch);
                row.Add(through);
                row.Add(line.Exact);
                row.Add(line.Posted.Minor);
                row.Add(line.Carry);
                row.Add(line.AverageDay.Minor);
            });
        statements.Insert(
            "INSERT INTO day_line (account, day, line, exact, posted)",
            5,
            "",
            commit.DayLines,
            static (row, line) =>
            {
                row.Add(line.Account.Value);
                row.Add(line.Day.DaysSinceEpoch);
                row.Add(line.Line);
                row.Add(line.Exact);
                row.Add(line.Posted.Minor);
            });
        statements.Insert(
            $"INSERT INTO late_fee ({BillingRows.LateFee})",
            9,
            "",
            commit.LateFees,
            static (row, fee) =>
            {
                row.Add(fee.Account.Value);
                row.Add(fee.Day.DaysSinceEpoch);
                row.Add(fee.Line);
                row.Add(fee.Since.DaysSinceEpoch);
                row.Add(fee.Overdue.Minor);
                row.Add(fee.OverdueDays);
                row.Add(fee.Most.Minor);
                row.Add(fee.Fee.Minor);
                row.Add(fee.Unpaid.Minor);
            });
        if (commit.ClosesDay is not { } day) return;
        statements.Each(
            "UPDATE shard SET closed_day = ?2, closes_through = ?3 WHERE shard = ?1",
            [day],
            (row, closed) =>
            {
                row.Add(shard);
                row.Add(closed.DaysSinceEpoch);
                row.Add(through);
            });
    }

    /// <summary>After all else, for it proves what was written.</summary>
    public void Write(ShardJournal journal)
    {
        if (journal.Links.Count == 0) return;
        statements.Insert($"INSERT INTO journal ({ShardJournal.Columns})", 9, "", journal.Links, BindLink);
        statements.Each(
            "UPDATE shard SET journal_seq = ?2, journal_hash = ?3 WHERE shard = ?1",
            [journal],
            (row, end) =>
            {
                row.Add(shard);
                row.Add(end.Seq);
                row.Add(end.Head.AsSpan());
            });
    }

    private void WriteFacts(ShardCommit commit, long nextCorrection)
    {
        statements.Insert(
            "INSERT INTO accrual_correction (seq, account, day, closed_through, delta, posted, lines)",
            7,
            "",
            commit.Corrections,
            (row, correction) =>
            {
                row.Add(nextCorrection++);
                row.Add(correction.Account.Value);
                row.Add(correction.Day.DaysSinceEpoch);
                row.Add(correction.ClosedThrough.DaysSinceEpoch);
                row.Add(correction.Delta);
                row.Add(correction.Posted.Minor);
                row.Add(correction.Lines);
            });
        statements.Insert(
            $"INSERT INTO quarantine ({BillingRows.Quarantine})", 10, "", commit.Quarantine, BindQuarantine);
        statements.Insert(
            $"INSERT INTO crossing ({BillingRows.Crossing})",
            7,
            "ON CONFLICT DO NOTHING",
            commit.Crossings,
            static (row, crossing) =>
            {
                row.Add(crossing.Account.Value);
                row.Add(crossing.Threshold);
                row.Add(crossing.Arm);
                row.Add(crossing.At.UnixMicros);
                row.Add(crossing.Balance.Minor);
                row.Add(crossing.Level.Minor);
                row.Add((long)crossing.Direction);
            });
        statements.Insert(
            "INSERT OR REPLACE INTO threshold_state (account, crossed_mask, arm)",
            3,
            "",
            commit.Thresholds,
            static (row, state) =>
            {
                row.Add(state.Account.Value);
                row.Add(state.CrossedMask);
                row.Add(state.Arm);
            });
    }

    private void WriteSnapshots(ShardCommit commit)
    {
        statements.Insert(
            """
            INSERT OR REPLACE INTO account_snapshot (account, entry_id, journal, accrued_open, accrued_next,
                last_purchase, average_day, closed_through, lines)
            """,
            9,
            "",
            commit.AccountSnapshots,
            static (row, snapshot) =>
            {
                row.Add(snapshot.Account.Value);
                row.Add(snapshot.EntryId);
                row.Add(snapshot.Journal.Minor);
                row.Add(snapshot.AccruedOpen);
                row.Add(snapshot.AccruedNext);
                row.Add(snapshot.LastPurchase.Minor);
                row.Add(snapshot.AverageDay.Minor);
                row.Add(snapshot.ClosedThrough.DaysSinceEpoch);
                row.Add(snapshot.Lines);
            });
        statements.Insert(
            $"INSERT OR REPLACE INTO channel_snapshot ({BillingRows.ChannelSnapshot})",
            9,
            "",
            commit.ChannelSnapshots,
            static (row, snapshot) =>
            {
                row.Add(snapshot.Channel.Value);
                row.Add(snapshot.FirstAt.UnixMicros);
                row.Add(snapshot.LastAt.UnixMicros);
                row.Add(snapshot.LastRegister.TenthsWh);
                row.Add(snapshot.LastUsage.TenthsWh);
                row.Add((long)snapshot.LastQuality);
                row.Add(snapshot.PeriodStart.UnixMicros);
                row.Add(snapshot.PeriodBase.TenthsWh);
                row.Add(unchecked((long)snapshot.SeenHours));
            });
    }

    /// <summary>
    /// A payment voids the cuts that policy decided before it: fence, case and commands in the same commit. A person's
    /// cut is not about money.
    /// </summary>
    private void WriteWakes(ShardCommit commit)
    {
        var paid = commit.Paid();
        statements.Each(
            """
            INSERT INTO control_case (account, due_at, revision, fence) VALUES (?1, ?2, 1, ?3)
            ON CONFLICT (account) DO UPDATE SET
                due_at = min(due_at, excluded.due_at), revision = revision + 1, fence = fence + excluded.fence,
                told = 0
            """,
            commit.Wake.Union(paid).Order(),
            (row, account) =>
            {
                row.Add(account.Value);
                row.Add(commit.At.UnixMicros);
                row.Add(paid.Contains(account) ? 1 : 0);
            });
        statements.Each(
            $"""
            UPDATE command SET state = 12, detail = 'A payment came first.'
            WHERE account = ?1 AND kind = 1 AND origin = 1 AND state IN {ControlRows.Unsent}
            """,
            paid.Order(),
            static (row, account) => row.Add(account.Value));
    }

    private void WriteUnregistered(ShardCommit commit)
    {
        statements.Insert(
            "INSERT INTO unregistered_frame (id, terminal, received_at, bytes)", 4, "", commit.Unregistered, BindFrame);
        statements.Each(
            """
            DELETE FROM unregistered_frame WHERE terminal = ?1 AND (received_at, id) <= (
                SELECT received_at, id FROM unregistered_frame WHERE terminal = ?1
                ORDER BY received_at DESC, id DESC LIMIT 1 OFFSET ?2)
            """,
            commit.Unregistered.Select(frame => frame.Terminal).Distinct(),
            static (row, terminal) =>
            {
                row.Add(terminal.Raw);
                row.Add(ShardCommit.UnregisteredFramesPerAddressMax);
            });
    }

    private static void BindFrame(SqliteBinder row, RawFrame frame)
    {
        row.Add(frame.Id.Value);
        row.Add(frame.Terminal.Raw);
        row.Add(frame.ReceivedAt.UnixMicros);
        row.Add(frame.Bytes.Span);
    }

    private static void BindEntry(SqliteBinder row, LedgerEntry entry)
    {
        row.Add(entry.Id);
        row.Add(entry.Shard);
        row.Add(entry.PostedAt.UnixMicros);
        row.Add(entry.Day.DaysSinceEpoch);
        row.Add(entry.Account.Value);
        row.Add((long)entry.Debit);
        row.Add((long)entry.Credit);
        row.Add(entry.Amount.Minor);
        row.Add((long)entry.Kind);
        row.Add(entry.PaymentKey);
        row.Add(entry.Group);
        row.Add(entry.Reverses);
        row.Add(entry.CorrectsDay?.DaysSinceEpoch);
        row.Add(entry.Line);
    }

    private void BindLink(SqliteBinder row, JournalLink link)
    {
        row.Add(shard);
        row.Add(link.Seq);
        row.Add((long)link.Kind);
        row.Add(link.Subject);
        row.Add(link.Day?.DaysSinceEpoch);
        row.Add(link.Key);
        if (link.Proof is null) row.Add((long?)null);
        else row.Add(link.Proof.AsSpan());
        row.Add((long)link.Tag);
        row.Add(link.Hash.AsSpan());
    }

    private static void BindQuarantine(SqliteBinder row, QuarantineItem item)
    {
        row.Add(item.Frame.Value);
        row.Add(item.Terminal.Raw);
        row.Add(item.ReceivedAt.UnixMicros);
        row.Add(item.Kind);
        row.Add(item.Point);
        row.Add(item.Function);
        row.Add(item.Channel?.Value);
        row.Add(item.At?.UnixMicros);
        row.Add(item.Value);
        row.Add(item.Detail);
    }
}
