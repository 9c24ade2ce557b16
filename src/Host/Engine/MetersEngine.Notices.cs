using Meters.Host.Customers;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Host.Standings;

namespace Meters.Host.Engine;

/// <summary>The parts that speak with customers.</summary>
public sealed partial class MetersEngine
{
    /// <summary>Sends what the ladder has to say.</summary>
    public NoticeWorker Notices { get; }

    /// <summary>What policies ask about customers, and the holidays that they name.</summary>
    public CustomerDesk Customers { get; }

    /// <summary>Flags, contacts and value classes of customers.</summary>
    public StandingDesk Standings { get; }

    /// <summary>Answers customers' own messages.</summary>
    public InboundDesk Inbound { get; }

    private NoticeRoutes RoutesOf(EngineSetup setup)
    {
        List<INoticeChannel> channels =
            [new SmsNoticeChannel(setup.Sms), .. setup.OtherChannels(account => Registry.StandingOf(account).Email)];
        if (setup.Notices.TerminalText == 1)
        {
            channels.Add(new TerminalTextChannel(Registry, SessionTable, setup.Notices, setup.Clock));
        }

        return new(channels, setup.Notices, BillingZone, Registry.QuietHoursOf);
    }
}
