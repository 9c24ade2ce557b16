using Meters.Control.Limits;
using Meters.Host.Clocks;
using Meters.Host.Gaps;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Everything an engine is made from. The store is open already; whoever opened it closes it.</summary>
/// <param name="Store">Open and migrated.</param>
/// <param name="Engine">Sizes and times.</param>
/// <param name="Ingest">Limits of sessions.</param>
/// <param name="Limiter">Rates of commands.</param>
/// <param name="Guard">The mass-disconnect cap.</param>
/// <param name="Sms">Where notices go.</param>
/// <param name="Security">What signs control frames.</param>
/// <param name="Clock">The program's clock: readings, decisions, deadlines.</param>
/// <param name="Wire">The clock of sockets and waiting: the wall clock, also where the program's clock runs
/// fast.</param>
/// <param name="Loggers">Logs.</param>
public sealed record EngineSetup(
    IStore Store,
    EngineOptions Engine,
    IngestOptions Ingest,
    LimiterOptions Limiter,
    GuardOptions Guard,
    ISmsChannel Sms,
    ISecurityModule Security,
    TimeProvider Clock,
    TimeProvider Wire,
    ILoggerFactory Loggers)
{
    /// <summary>How missing hours are counted and asked for.</summary>
    public GapOptions Gaps { get; init; } = new();

    /// <summary>Order of the channels of messages, hours, limits.</summary>
    public NoticeOptions Notices { get; init; } = new();

    /// <summary>Channels beside SMS and the concentrators' displays; asked for e-mail addresses of customers.</summary>
    public Func<Func<AccountId, string>, IReadOnlyList<INoticeChannel>> OtherChannels { get; init; } = static _ => [];

    /// <summary>How concentrators' clocks are watched and set.</summary>
    public ClockOptions Clocks { get; init; } = new();
}
