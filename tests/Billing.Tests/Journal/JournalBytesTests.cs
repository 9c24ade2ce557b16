using System.Security.Cryptography;
using System.Text;
using Meters.Billing.Accounts;
using Meters.Billing.Journal;
using Meters.Billing.Ledger;

namespace Meters.Billing.Tests.Journal;

/// <summary>The bytes of docs/journal.md, written out by hand: whoever changes them changes a public layout.</summary>
public class JournalBytesTests
{
    [Fact(Timeout = 10_000)]
    public void A_correction_s_link_is_made_of_the_bytes_of_the_document()
    {
        var chain = new JournalChain(3, 6, JournalChain.Start);
        var link = chain.Add(new AccrualCorrection(new(9), new(20_000), new(20_001), -5, new(2)));
        byte[] record =
        [
            1, 4, 3, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0,
            1, 9, 0, 0, 0, 0, 0, 0, 0,
            1, 0x20, 0x4E, 0, 0, 0, 0, 0, 0,
            1, 0x21, 0x4E, 0, 0, 0, 0, 0, 0,
            1, 0xFB, 255, 255, 255, 255, 255, 255, 255,
            1, 2, 0, 0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(SHA256.HashData([.. record, .. new byte[32]]), link.Hash);
        Assert.Equal(RecordWriter.TagOf(record), link.Tag);
        Assert.Equal((7, 7, 9, 20_000), (link.Seq, chain.Seq, link.Subject, link.Day!.Value.DaysSinceEpoch));
        Assert.Equal(link.Hash, chain.Head);
    }

    [Fact(Timeout = 10_000)]
    public void The_tag_is_the_published_crc() =>
        Assert.Equal(0xE3069283, RecordWriter.TagOf(Encoding.ASCII.GetBytes("123456789")));

    [Fact(Timeout = 10_000)]
    public void A_text_and_no_text_are_not_the_same_bytes()
    {
        byte[] Hash(string? line) => new JournalChain(0, 0, JournalChain.Start)
            .Add(Entry(1) with { Line = line, PaymentKey = null }).Hash;

        Assert.Equal(3, new[] { Hash(null), Hash(""), Hash("x") }.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact(Timeout = 10_000)]
    public void Every_column_of_an_entry_is_in_its_hash()
    {
        LedgerEntry[] others =
        [
            Entry(2), Entry(1) with { PostedAt = new(8) }, Entry(1) with { Day = new(4) },
            Entry(1) with { Account = new(6) }, Entry(1) with { Debit = LedgerAccount.Suspense },
            Entry(1) with { Credit = LedgerAccount.Suspense }, Entry(1) with { Amount = new(8) },
            Entry(1) with { Kind = EntryKind.Refund }, Entry(1) with { PaymentKey = "l" },
            Entry(1) with { Group = 9 }, Entry(1) with { Reverses = 1 }, Entry(1) with { CorrectsDay = new(1) },
            Entry(1) with { Line = "energy" },
        ];
        var hashes = others.Append(Entry(1))
            .Select(entry => Convert.ToHexString(new JournalChain(0, 0, JournalChain.Start).Add(entry).Hash));
        Assert.Equal(others.Length + 1, hashes.Distinct().Count());
    }

    [Fact(Timeout = 10_000)]
    public void A_proof_reads_back_and_no_other_bytes_do()
    {
        var writer = new DayProofWriter();
        for (var hour = 0; hour < 70; hour++) writer.Add(Row(hour, hour * 3));
        var proof = writer.Take(new(5), new(6));
        Assert.True(DayProof.TryRead(proof.ToBytes(), out var read));
        Assert.Equal((proof.From, proof.Through), (read.From, read.Through));
        Assert.Equal(proof.Hash, read.Hash);
        Assert.Equal(proof.Tags, read.Tags);
        Assert.False(DayProof.TryRead(proof.ToBytes().AsSpan(1), out _));
        Assert.False(DayProof.TryRead([], out _));

        writer.Add(Row(0, 0));
        Assert.Equal(proof.Tags[0], Assert.Single(writer.Take(new(5), new(6)).Tags)); // Nothing was left behind.
    }

    private static RatedReading Row(int hour, long charge) => new(
        new(new(new MeterId(1), RegisterKind.ForwardActive), new(hour * Instant.MicrosPerHour), new(hour),
            ReadingQuality.Actual, new(1)),
        charge);

    private static LedgerEntry Entry(long id) => new(
        id, 0, new(7), new(3), new(5), LedgerAccount.CashBank, LedgerAccount.CustomerPrepayment, new(7),
        EntryKind.Payment, "k");
}
