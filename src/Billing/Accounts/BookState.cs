using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>An account in memory. Fields, not properties: it lives in an array and is changed in place.</summary>
internal struct AccountState
{
    public AccountId Id;
    public Money Journal;
    public long AccruedOpen;
    public long AccruedNext;
    public Money LastPurchase;
    public Money AverageDay;

    /// <summary>While QuietFrom &lt;= accrued &lt; QuietBelow, no threshold can be crossed or recover.</summary>
    public long QuietFrom;
    public long QuietBelow;
    public int Arm;
    public int SanctionedWatts;

    /// <summary>
    /// First of the account's channels, -1 without one; the rest hang on <see cref="ChannelState.NextOfAccount"/>.
    /// </summary>
    public int FirstChannel;

    /// <summary>The channel that a position names.</summary>
    public int MainChannel;

    /// <summary>Where its charges by line stand in the <see cref="LineSlab"/>; -1 for a tariff of one line.</summary>
    public int LineSlot;
    public ushort Tariff;
    public ushort Policy;
    public byte CrossedMask;
    public bool Touched;

    /// <summary>Restored from journal lines and not from a snapshot.</summary>
    public bool IsFromDays;

    public readonly long Accrued => AccruedOpen + AccruedNext;

    /// <param name="perMinor">Steps of the tariff's charges in a minor unit.</param>
    public readonly Money BalanceAt(long perMinor) => Journal - Rounding.HalfUp(Accrued, perMinor);
}

/// <summary>A register in memory.</summary>
internal struct ChannelState
{
    public ChannelId Id;
    public Instant FirstAt;
    public Instant LastAt;
    public Energy LastRegister;

    /// <summary>Energy after multipliers, roll-overs and changes, from an origin of the channel's own.</summary>
    public Energy LastUsage;

    /// <summary>The usage at the start of the period that <see cref="LastAt"/> lies in.</summary>
    public Energy PeriodBase;
    public ulong SeenHours;
    public int Account;
    public int Multiplier;
    public int NextOfAccount;
    public ReadingQuality LastQuality;
    public bool HasRelay;
    public bool HasFacts;
    public bool IsHeld;

    /// <summary>It costs something only now, and where it stands in its period is not known without its rows.</summary>
    public bool IsUnseated;

    /// <summary>Bit 0 stands for the last reading itself.</summary>
    public readonly bool HasReadings => SeenHours != 0;

    /// <summary>Moves to a newer reading.</summary>
    public void Advance(Instant at, Energy register, Energy usage, ReadingQuality quality)
    {
        if (HasReadings)
        {
            var micros = at.UnixMicros - LastAt.UnixMicros;
            var hours = micros / Instant.MicrosPerHour;
            // Off the whole hour, the bits no longer mean anything: not seen is "ask the store".
            SeenHours = micros % Instant.MicrosPerHour == 0 && hours < 64 ? (SeenHours << (int)hours) | 1 : 1;
        }
        else
        {
            (FirstAt, SeenHours) = (at, 1);
        }

        (LastAt, LastRegister, LastUsage, LastQuality) = (at, register, usage, quality);
    }

    /// <summary>No reading counts any more.</summary>
    public void Empty()
    {
        (FirstAt, LastAt, SeenHours) = (Instant.Epoch, Instant.Epoch, 0);
        (LastRegister, LastUsage, PeriodBase) = (Energy.Zero, Energy.Zero, Energy.Zero);
        LastQuality = ReadingQuality.Actual;
        IsUnseated = false;
    }

    /// <summary>The last reading is one of before again.</summary>
    public void StepBack(Instant at)
    {
        var micros = LastAt.UnixMicros - at.UnixMicros;
        var hours = micros / Instant.MicrosPerHour;
        SeenHours = micros % Instant.MicrosPerHour == 0 && hours < 64 ? (SeenHours >> (int)hours) | 1 : 1;
        LastAt = at;
    }

    /// <summary>True: a reading stands at that instant. False: not known.</summary>
    public readonly bool WasSeen(Instant at) => SeenBit(at) is var bit && (SeenHours & bit) != 0;

    public void MarkSeen(Instant at) => SeenHours |= SeenBit(at);

    private readonly ulong SeenBit(Instant at)
    {
        var micros = LastAt.UnixMicros - at.UnixMicros;
        return micros >= 0 && micros % Instant.MicrosPerHour == 0 && micros / Instant.MicrosPerHour < 64
            ? 1UL << (int)(micros / Instant.MicrosPerHour)
            : 0;
    }
}
