using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// Who and what is known: concentrators, meters and their history, accounts, tariffs, policies. Tariff and policy
/// versions are immutable.
/// </summary>
public interface IRegistryStore
{
    Task<RegistryImage> LoadAsync(CancellationToken stopping);

    /// <summary>
    /// All or nothing; a key that exists with other content is a conflict (its status names it), equal content is fine.
    /// Who added a version and when is not its content.
    /// </summary>
    Task<RegistryStatus> AddAsync(RegistryAddition addition, CancellationToken stopping);
}

public enum RegistryStatus
{
    Added,

    /// <summary>
    /// A terminal, meter, account, tariff version or policy version exists with other content; or a point, an address
    /// at its terminal or the place of the account's relay is taken; or a multiplier of that instant and revision, or
    /// a change of one of the two meters, is recorded with other content, or a revision is left out.
    /// </summary>
    Conflict,

    /// <summary>
    /// Something refers to what is not there (meter to account or terminal, multiplier to meter, a change to meters of
    /// its account).
    /// </summary>
    ReferenceUnknown,

    /// <summary>
    /// A version of a tariff or policy that accounts are on: a second person approves it first. The engine says so; the
    /// store never does.
    /// </summary>
    ApprovalRequired,
}

/// <param name="Address">Q/GDW 1376.1 address.</param>
/// <param name="Name">For people.</param>
/// <param name="Zone">IANA name or fixed offset: the zone of its clock.</param>
/// <param name="Feeder">The feeder or transformer that it stands on; empty when not known.</param>
public sealed record TerminalRecord(TerminalAddress Address, string Name, string Zone, string Feeder);

/// <param name="Id">The utility's meter number.</param>
/// <param name="Address">DL/T 645 address.</param>
/// <param name="Terminal">Concentrator that reads it.</param>
/// <param name="Point">Measuring point Pn at the concentrator, 1 to 2040.</param>
/// <param name="Port">Port for AFN 10, 31 for the power line.</param>
/// <param name="Multiplier">CT ratio times PT ratio.</param>
/// <param name="Account">The customer.</param>
/// <param name="HasRelay">Can cut. At most one such meter per account.</param>
public sealed record MeterRecord(
    MeterId Id,
    MeterAddress Address,
    TerminalAddress Terminal,
    int Point,
    byte Port,
    int Multiplier,
    AccountId Account,
    bool HasRelay);

/// <param name="Id">The utility's account number.</param>
/// <param name="Name">Customer's name.</param>
/// <param name="Phone">For SMS; empty when there is none.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Tariff">Tariff id.</param>
/// <param name="Policy">Credit-control policy id.</param>
/// <param name="Shard">Shard of its writer: the engine decides it at registration, whatever stands here before.</param>
/// <param name="SanctionedWatts">Sanctioned load; bounds what a reading may plausibly add.</param>
/// <param name="NeverCut">Life support, hospital, water works: no cut, whatever the balance.</param>
public sealed record AccountRecord(
    AccountId Id,
    string Name,
    string Phone,
    string Language,
    string Currency,
    string Tariff,
    string Policy,
    int Shard,
    int SanctionedWatts,
    bool NeverCut)
{
    /// <summary>The region whose budget of cuts it draws on; empty when not known.</summary>
    public string Region { get; init; } = "";

    /// <summary>Its feeder or transformer; empty: the one of its concentrator.</summary>
    public string Feeder { get; init; } = "";

    /// <summary>Load that a cut switches off, as estimated, watts; 0: the sanctioned load.</summary>
    public int LoadWatts { get; init; }
}

/// <summary>An immutable version of a tariff or a policy, as its JSON.</summary>
public sealed record VersionedDocument(
    string Id, int Version, Instant EffectiveFrom, string Json, PersonId By, Instant At);

public sealed record RegistryImage(
    IReadOnlyList<TerminalRecord> Terminals,
    IReadOnlyList<MeterRecord> Meters,
    IReadOnlyList<AccountRecord> Accounts,
    IReadOnlyList<VersionedDocument> Tariffs,
    IReadOnlyList<VersionedDocument> Policies)
{
    /// <summary>Those that stand (the highest revision of each), in order of meter and instant.</summary>
    public IReadOnlyList<MultiplierRecord> MeterMultipliers { get; init; } = [];

    /// <summary>In order of instant and old meter.</summary>
    public IReadOnlyList<MeterChangeRecord> MeterChanges { get; init; } = [];

    /// <summary>Approved texts of messages; the program's own are not among them.</summary>
    public IReadOnlyList<VersionedDocument> NoticeTemplates { get; init; } = [];

    /// <summary>All of them, in order of account and revision.</summary>
    public IReadOnlyList<AccountTariffRecord> AccountTariffs { get; init; } = [];
}

/// <summary>
/// What to add, in one transaction. Adding an account also makes its control case (supply unknown, never due).
/// </summary>
public sealed record RegistryAddition
{
    public IReadOnlyList<TerminalRecord> Terminals { get; init; } = [];

    public IReadOnlyList<MeterRecord> Meters { get; init; } = [];

    public IReadOnlyList<AccountRecord> Accounts { get; init; } = [];

    public IReadOnlyList<VersionedDocument> Tariffs { get; init; } = [];

    public IReadOnlyList<VersionedDocument> Policies { get; init; } = [];

    public IReadOnlyList<MultiplierRecord> MeterMultipliers { get; init; } = [];

    /// <summary>Approved texts of messages.</summary>
    public IReadOnlyList<VersionedDocument> NoticeTemplates { get; init; } = [];

    /// <summary>Old meters go before the meters of this addition come: a new one may take its place.</summary>
    public IReadOnlyList<MeterChangeRecord> MeterChanges { get; init; } = [];

    /// <summary>Known to the engine alone: the store takes them with the approval of a change.</summary>
    public IReadOnlyList<AccountTariffRecord> AccountTariffs { get; init; } = [];
}
