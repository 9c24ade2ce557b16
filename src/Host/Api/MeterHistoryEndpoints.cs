using System.Security.Claims;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Meter">Whose multiplier.</param>
/// <param name="From">ISO 8601 with a zone; the past too, for a multiplier that is put right.</param>
/// <param name="Multiplier">CT ratio times PT ratio from then on.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
/// <param name="RegisterKwh">What the billed register showed then; absent where nobody read it.</param>
/// <param name="Revision">2, 3 ... to put right what was recorded for the same meter and instant.</param>
public sealed record MultiplierRequest(
    long Meter, string From, int Multiplier, string Note, string? RegisterKwh = null, int Revision = 1);

/// <param name="Meter">Whose multiplier.</param>
/// <param name="From">From when it holds.</param>
/// <param name="Multiplier">CT ratio times PT ratio from then on.</param>
/// <param name="RegisterKwh">What the billed register showed then.</param>
/// <param name="Revision">How often it was put right, from 1.</param>
/// <param name="By">Who recorded it.</param>
/// <param name="RecordedAt">When.</param>
/// <param name="Note">Why.</param>
public sealed record MultiplierText(
    long Meter, string From, int Multiplier, string? RegisterKwh, int Revision, string By, string RecordedAt,
    string Note);

/// <param name="Account">Whose meters.</param>
/// <param name="OldMeter">The meter that was taken away.</param>
/// <param name="ClosingKwh">What its billed register showed last.</param>
/// <param name="NewMeter">The meter that took its place.</param>
/// <param name="OpeningKwh">What the new one's billed register showed first.</param>
/// <param name="At">When, ISO 8601 with a zone; not in the future.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
/// <param name="NewAddress">
/// The new meter's DL/T 645 address: then it is registered now, at the old one's point. Absent where it is registered.
/// </param>
/// <param name="NewMultiplier">Of a meter that is registered now; absent: the old one's.</param>
public sealed record MeterChangeRequest(
    long Account,
    long OldMeter,
    string ClosingKwh,
    long NewMeter,
    string OpeningKwh,
    string At,
    string Note,
    string? NewAddress = null,
    int? NewMultiplier = null);

/// <summary>A replacement of a meter, as it is recorded.</summary>
public sealed record MeterChangeText(
    long Account, long OldMeter, string ClosingKwh, long NewMeter, string OpeningKwh, string At, string By,
    string RecordedAt, string Note);

public static class MeterHistoryEndpoints
{
    public static void MapMeterHistory(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("meters");
        group.MapPost("/multipliers", AddMultipliersAsync).RequireAuthorization(AccessPolicies.Registry).TakesBulk()
            .WithSummary("Records that a meter's multiplier changed, one or an array; all or nothing.");
        group.MapGet("/multipliers", MultipliersAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Multiplier changes that stand, by meter and instant.");
        group.MapPost("/meter-changes", AddChangesAsync).RequireAuthorization(AccessPolicies.Registry).TakesBulk()
            .WithSummary("Records replacements of meters, one or an array; all or nothing.");
        group.MapGet("/meter-changes", ChangesAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Replacements of meters, by instant.");
    }

    private static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddMultipliersAsync(
        OneOrMany<MultiplierRequest> body,
        ClaimsPrincipal user,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping)
    {
        var (faults, records) = (new FaultSentences(), new List<MultiplierRecord>());
        foreach (var item in body.Items)
        {
            var found = new List<RecordFault>();
            records.Add(MeterHistoryReading.Of(item, user.Person(), clock.Now(), found));
            faults.Add(records.Count - 1, found);
        }

        faults.AddRepeats(records, one => (one.Meter, one.From, one.Revision), "from");
        return await Registering.AddAsync(
            engine, directory, faults, new() { MeterMultipliers = records }, records.Count, "/multipliers", stopping);
    }

    private static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddChangesAsync(
        OneOrMany<MeterChangeRequest> body,
        ClaimsPrincipal user,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping)
    {
        var index = await directory.IndexAsync(stopping);
        var (faults, records, meters) = (new FaultSentences(), new List<MeterChangeRecord>(), new List<MeterRecord>());
        foreach (var item in body.Items)
        {
            var found = new List<RecordFault>();
            records.Add(MeterHistoryReading.Of(item, user.Person(), clock.Now(), found));
            if (found.Count == 0 && item.NewAddress is not null)
            {
                if (Successor(item, index) is { } meter) meters.Add(meter);
                else found.Add(new("oldMeter", "is not registered."));
            }

            faults.Add(records.Count - 1, found);
        }

        faults.AddRepeats(records, one => one.OldMeter, "oldMeter");
        faults.AddRepeats(records, one => one.NewMeter, "newMeter");
        var addition = new RegistryAddition { Meters = meters, MeterChanges = records };
        return await Registering.AddAsync(
            engine, directory, faults, addition, records.Count, "/meter-changes", stopping);
    }

    /// <summary>The new meter stands where the old one stood, and cuts where that one could.</summary>
    private static MeterRecord? Successor(MeterChangeRequest item, RegistryIndex index)
    {
        if (!index.Meters.TryGetValue(new(item.OldMeter), out var old)) return null;
        _ = RecordChecks.TryReadMeterAddress(item.NewAddress, out var address);
        return old with
        {
            Id = new(item.NewMeter),
            Address = address,
            Multiplier = item.NewMultiplier ?? old.Multiplier,
        };
    }

    private static async Task<Results<Ok<Page<MultiplierText>>, ProblemHttpResult>> MultipliersAsync(
        long? meter, int? max, RegistryDirectory directory, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = (await directory.IndexAsync(stopping)).MeterMultipliers
            .Where(one => meter is null || one.Meter.Value == meter)
            .Take(Paging.Take(max))
            .ToArray();
        return TypedResults.Ok(Paging.Of(rows, max, one => new MultiplierText(
            one.Meter.Value,
            one.From.ToString(),
            one.Multiplier,
            one.RegisterAtChange is { } register ? Texts.Kwh(register) : null,
            one.Revision,
            one.By.Value,
            one.RecordedAt.ToString(),
            one.Note)));
    }

    private static async Task<Results<Ok<Page<MeterChangeText>>, ProblemHttpResult>> ChangesAsync(
        long? meter, int? max, RegistryDirectory directory, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = (await directory.IndexAsync(stopping)).MeterChanges
            .Where(one => meter is null || one.OldMeter.Value == meter || one.NewMeter.Value == meter)
            .Take(Paging.Take(max))
            .ToArray();
        return TypedResults.Ok(Paging.Of(rows, max, one => new MeterChangeText(
            one.Account.Value,
            one.OldMeter.Value,
            Texts.Kwh(one.ClosingRegister),
            one.NewMeter.Value,
            Texts.Kwh(one.OpeningRegister),
            one.At.ToString(),
            one.By.Value,
            one.RecordedAt.ToString(),
            one.Note)));
    }
}
