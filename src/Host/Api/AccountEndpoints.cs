using Meters.Control.Cases;
using Meters.Control.Customers;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Id">The utility's number, 1 to 2^53 - 1.</param>
/// <param name="Name">Customer's name.</param>
/// <param name="Phone">For SMS; absent when there is none.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Tariff">Tariff id.</param>
/// <param name="Policy">Credit-control policy id.</param>
/// <param name="SanctionedWatts">Sanctioned load, watts.</param>
/// <param name="NeverCut">Life support, hospital, water works.</param>
/// <param name="Region">Whose budget of cuts it draws on; absent when not known.</param>
/// <param name="Feeder">Its feeder or transformer; absent: the one of its concentrator.</param>
/// <param name="LoadWatts">Load that a cut switches off, as estimated, watts; absent: the sanctioned load.</param>
public sealed record AccountRequest(
    long Id,
    string Name,
    string Currency,
    string Tariff,
    string Policy,
    int SanctionedWatts,
    string? Phone = null,
    string Language = "en",
    bool NeverCut = false,
    string? Region = null,
    string? Feeder = null,
    int LoadWatts = 0);

/// <summary>An account as it is registered, with its value class (A, B, C; null before the first) and flags.</summary>
public sealed record AccountText(
    long Id,
    string Name,
    string Phone,
    string Language,
    string Currency,
    string Tariff,
    string Policy,
    int Shard,
    int SanctionedWatts,
    bool NeverCut,
    string Region,
    string Feeder,
    int LoadWatts,
    string? ValueClass,
    IReadOnlyList<string> Flags)
{
    public static AccountText Of(AccountRecord account, CustomerStanding customer) => new(
        account.Id.Value, account.Name, account.Phone, account.Language, account.Currency, account.Tariff,
        account.Policy, account.Shard, account.SanctionedWatts, account.NeverCut || customer.Flags.IsNeverCut(),
        account.Region, account.Feeder, account.LoadWatts, customer.Class?.ToString(),
        CustomerFlagWords.Of(customer.Flags));
}

/// <param name="Desired">on, off or unknown: what is wanted.</param>
/// <param name="Actual">What the relay last proved.</param>
/// <param name="ActualAt">When it was proven; null when it never was.</param>
/// <param name="Rung">Rungs of the ladder done so far.</param>
/// <param name="AlarmOn">The arrears alarm sounds at the meter.</param>
/// <param name="ManualOff">A person cut it: a payment does not reconnect.</param>
/// <param name="Holds">Holds that stand.</param>
public sealed record SupplyText(
    string Desired,
    string Actual,
    string? ActualAt,
    int Rung,
    bool AlarmOn,
    bool ManualOff,
    IReadOnlyList<HoldText> Holds);

/// <summary>One account with its balance as of the latest reading in it, its meters and its supply.</summary>
public sealed record AccountDetail(
    AccountText Account, BalanceText Balance, IReadOnlyList<long> Meters, SupplyText? Supply);

/// <param name="Account">Whose.</param>
/// <param name="Balance">Receipts less charges up to <paramref name="AsOf"/>.</param>
/// <param name="AsOf">Instant of the latest reading in it; null before the first.</param>
public sealed record BalanceText(long Account, MoneyText Balance, string? AsOf);

/// <param name="Added">Items taken, those that stood there already with equal content included.</param>
public sealed record RegistryAnswer(int Added);

public static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/accounts").WithTags("accounts");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Registry).TakesBulk()
            .WithSummary("Adds one account or an array of them; all or nothing.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Accounts in order of id, after a given one.");
        group.MapGet("/{id:long}", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("One account with balance, meters and supply.");
        group.MapGet("/{id:long}/balance", BalanceAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("The balance, as of the latest reading in it.");
    }

    private static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        OneOrMany<AccountRequest> body, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        var faults = new FaultSentences();
        var accounts = new List<AccountRecord>(body.Items.Count);
        foreach (var item in body.Items)
        {
            var phone = item.Phone ?? "";
            if (PhoneNumbers.TryNormalise(phone, out var normal)) phone = normal;
            var account = new AccountRecord(
                new(item.Id), item.Name, phone, item.Language, item.Currency, item.Tariff, item.Policy,
                0, item.SanctionedWatts, item.NeverCut)
            {
                Region = item.Region ?? "",
                Feeder = item.Feeder ?? "",
                LoadWatts = item.LoadWatts,
            };
            faults.Add(accounts.Count, RecordChecks.Of(account));
            accounts.Add(account);
        }

        faults.AddRepeats(accounts, account => account.Id.Value);
        return await Registering.AddAsync(
            engine, directory, faults, new() { Accounts = accounts }, accounts.Count, "/accounts", stopping);
    }

    private static async Task<Results<Ok<Page<AccountText>>, ProblemHttpResult>> ListAsync(
        long? after, int? max, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var index = await directory.IndexAsync(stopping);
        var rows = index.AccountList
            .SkipWhile(account => account.Id.Value <= (after ?? 0))
            .Take(Paging.Take(max))
            .ToArray();
        return TypedResults.Ok(Paging.Of(rows, max, row => AccountText.Of(row, engine.StandingOf(row.Id))));
    }

    private static async Task<Results<Ok<AccountDetail>, ProblemHttpResult>> GetAsync(
        long id, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        if (await ReadBalanceAsync(engine, account, stopping) is not { } balance)
        {
            return Problems.Of(Fault.AccountUnknown);
        }

        var index = await directory.IndexAsync(stopping);
        var image = await engine.Store.Control.FindCaseAsync(account.Id, stopping);
        var meters = index.MetersOfAccount[account.Id].Select(meter => meter.Id.Value).Order().ToArray();
        var supply = image is null ? null : Of(image);
        var text = AccountText.Of(account, engine.StandingOf(account.Id));
        return TypedResults.Ok(new AccountDetail(text, balance, meters, supply));
    }

    private static async Task<Results<Ok<BalanceText>, ProblemHttpResult>> BalanceAsync(
        long id, EnginePort engine, CancellationToken stopping) =>
        engine.FindAccount(new(id)) is { } account && await ReadBalanceAsync(engine, account, stopping) is { } balance
            ? TypedResults.Ok(balance)
            : Problems.Of(Fault.AccountUnknown);

    private static async Task<BalanceText?> ReadBalanceAsync(
        EnginePort engine, AccountRecord account, CancellationToken stopping) =>
        await engine.Store.Queries.BalanceAsync(account.Id, stopping) is { } found
            ? new(account.Id.Value, Texts.Of(found.Balance, Currency.Parse(account.Currency)), found.AsOf?.ToString())
            : null;

    private static SupplyText Of(CaseImage image) => new(
        Tags.Of(image.Case.Desired),
        Tags.Of(image.Case.Actual),
        image.Case.Actual == Supply.Unknown ? null : image.Case.ActualAt.ToString(),
        image.Case.Rung,
        image.Case.AlarmOn,
        image.Case.ManualOff,
        [.. image.Holds.Select(HoldText.Of)]);
}
