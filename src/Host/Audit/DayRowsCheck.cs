using System.Buffers.Binary;
using System.Security.Cryptography;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>Compares an account's readings of closed days with the proofs that its day lines carry.</summary>
internal sealed class DayRowsCheck(Findings findings)
{
    private const string Check = "day_rows";

    /// <summary>Rows of one day that are aligned with its tags; beyond it the day is named, not the row.</summary>
    private const int AlignedRowsMax = 2_000;

    /// <summary>Readings found to be covered by a proof.</summary>
    public long Proven { get; private set; }

    /// <param name="account">Its rows.</param>
    /// <param name="closed">Where the shard's last closed day ends, if one is.</param>
    public void Run(AuditAccount account, Instant? closed)
    {
        var windows = new List<Window>();
        foreach (var proof in account.Proofs)
        {
            if (Window.TryRead(proof) is { } window) windows.Add(window);
            else findings.Add(Check, Places.DayRows(account.Id, proof.Day), "Its proof cannot be read.");
        }

        windows.Sort((a, b) => a.From.CompareTo(b.From));
        var end = windows.Count > 0 ? windows.Max(w => w.Through) : closed?.UnixMicros ?? long.MinValue;
        foreach (var row in account.Readings)
        {
            if (row.Quality is < 0 or >= 255)
            {
                findings.Add(Check, Places.Reading(row.Channel, row.At), $"There is no quality {row.Quality}.");
            }

            if (row.At > end) continue;
            var window = windows.FindLast(w => w.From < row.At);
            if (window is not null && row.At <= window.Through) window.Rows.Add(row);
            else
            {
                findings.Add(
                    Check, Places.Reading(row.Channel, row.At), "No proof of a closed day covers it: it was put in.");
            }
        }

        foreach (var window in windows) Compare(account.Id, window);
    }

    private void Compare(long account, Window window)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        var tags = new uint[window.Rows.Count];
        for (var i = 0; i < tags.Length; i++)
        {
            RecordBytes.Write(writer, window.Rows[i]);
            tags[i] = RecordBytes.Crc32C(bytes.GetBuffer().AsSpan(i * 33, 33));
        }

        var all = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (SHA256.HashData(all).AsSpan().SequenceEqual(window.Hash))
        {
            Proven += tags.Length;
            return;
        }

        Locate(account, window, tags);
    }

    /// <summary>Aligns what stands with what stood, and names what is in one and not in the other.</summary>
    private void Locate(long account, Window window, uint[] tags)
    {
        var where = Places.DayRows(account, window.Day);
        if (tags.Length > AlignedRowsMax || window.Tags.Length > AlignedRowsMax)
        {
            findings.Add(Check, where, "Its readings are not those that were proven.");
            return;
        }

        var before = findings.Count;
        var (stood, stands) = (0, 0);
        foreach (var (atStood, atStands) in Common(window.Tags, tags).Append((window.Tags.Length, tags.Length)))
        {
            for (; stood < atStood && stands < atStands; stood++, stands++) AddRow(window, stands, "It was changed.");
            for (; stands < atStands; stands++) AddRow(window, stands, "It was put in.");
            if (stood < atStood) AddMissing(where, window, atStood - stood, stands);
            (stood, stands) = (atStood + 1, atStands + 1);
        }

        if (findings.Count > before) return;
        findings.Add(Check, where, "The hash over its readings is another, though each one's tag is right.");
    }

    private void AddRow(Window window, int row, string what) => findings.Add(
        Check, Places.Reading(window.Rows[row].Channel, window.Rows[row].At), what);

    private void AddMissing(string where, Window window, int count, int next)
    {
        var before = next > 0 ? Name(window.Rows[next - 1]) : null;
        var after = next < window.Rows.Count ? Name(window.Rows[next]) : null;
        findings.Add(
            Check,
            before ?? after ?? where,
            $"In {where}, {count} readings are missing {(before is null ? "before it" : "after it")}.",
            after ?? where);
    }

    private static string Name(in AuditReading row) => Places.Reading(row.Channel, row.At);

    /// <summary>Longest common subsequence, as pairs of positions.</summary>
    private static List<(int A, int B)> Common(uint[] a, uint[] b)
    {
        var head = 0;
        while (head < a.Length && head < b.Length && a[head] == b[head]) head++;
        var tail = 0;
        while (tail < a.Length - head && tail < b.Length - head && a[^(tail + 1)] == b[^(tail + 1)]) tail++;
        var (n, m) = (a.Length - head - tail, b.Length - head - tail);
        var best = new int[n + 1, m + 1];
        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = m - 1; j >= 0; j--)
            {
                best[i, j] = a[head + i] == b[head + j]
                    ? best[i + 1, j + 1] + 1
                    : Math.Max(best[i + 1, j], best[i, j + 1]);
            }
        }

        var pairs = Enumerable.Range(0, head).Select(i => (i, i)).ToList();
        for (int i = 0, j = 0; i < n && j < m;)
        {
            if (a[head + i] == b[head + j]) pairs.Add((head + i++, head + j++));
            else if (best[i + 1, j] >= best[i, j + 1]) i++;
            else j++;
        }

        for (var i = tail; i > 0; i--) pairs.Add((a.Length - i, b.Length - i));
        return pairs;
    }

    /// <summary>A proof as its bytes say, read by hand from docs/journal.md.</summary>
    private sealed record Window(long Day, long From, long Through, byte[] Hash, uint[] Tags)
    {
        private const int HeadBytes = 53;

        public List<AuditReading> Rows { get; } = [];

        public static Window? TryRead(AuditProof proof)
        {
            if (proof.Bytes is not { Length: >= HeadBytes } bytes || bytes[0] != 1) return null;
            var rows = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(17));
            if (rows < 0 || bytes.Length != HeadBytes + (4L * rows)) return null;
            var tags = new uint[rows];
            for (var i = 0; i < rows; i++)
            {
                tags[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(HeadBytes + (4 * i)));
            }

            return new(
                proof.Day,
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(1)),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(9)),
                bytes[21..HeadBytes],
                tags);
        }
    }
}
