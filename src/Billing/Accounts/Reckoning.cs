using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// An account with several lines of which something changed: its closed days from one on, and what is accrued since,
/// are to be reckoned anew from rows and facts before the commit.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Day">
/// The first day that may come to something else; after the last closed for the open ones alone.
/// </param>
/// <param name="DaysFrom">The first day of which must be known what it was accounted with.</param>
/// <param name="RowsFrom">Rows are needed from the last rated one before this instant on, up to the newest.</param>
/// <param name="Channels">Of these channels.</param>
public sealed record Reckoning(
    AccountId Account, ServiceDay Day, ServiceDay DaysFrom, Instant RowsFrom, IReadOnlyList<ChannelId> Channels);
