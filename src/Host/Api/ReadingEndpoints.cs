using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="At">End of the interval, UTC.</param>
/// <param name="Kwh">What the register showed, kWh, before CT and PT ratios.</param>
/// <param name="Quality">actual, edited or estimated.</param>
/// <param name="Charge">Exact charge of the interval that ends here.</param>
/// <param name="Frame">The raw frame that it came in.</param>
public sealed record ReadingText(string At, string Kwh, string Quality, MoneyText Charge, string Frame);

public static class ReadingEndpoints
{
    public static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);

    public static void MapReadings(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapGet("/meters/{id:long}/readings", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithTags("readings")
            .WithSummary("Readings of one register, ascending; without times, those of the last day.");
    }

    private static async Task<Results<Ok<Page<ReadingText>>, ProblemHttpResult>> ListAsync(
        long id,
        string? from,
        string? to,
        string? register,
        int? max,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (!Tags.TryParse<RegisterKind>(register ?? Tags.Of(RegisterKind.ForwardActive), out var kind))
        {
            return Problems.Of(Fault.QueryMalformed, $"register must be one of {Tags.All<RegisterKind>()}.",
                "register");
        }

        var until = clock.Now();
        if (to is not null && !Texts.TryReadInstant(to, out until)) return Malformed("to");
        var since = until - DefaultSpan;
        if (from is not null && !Texts.TryReadInstant(from, out since)) return Malformed("from");
        if (since > until) return Problems.Of(Fault.QueryMalformed, "from lies after to.", "from");

        var index = await directory.IndexAsync(stopping);
        if (!index.Meters.TryGetValue(new(id), out var meter)) return Problems.Of(Fault.MeterUnknown);
        if (engine.FindAccount(meter.Account) is not { } account) return Problems.Of(Fault.AccountUnknown);
        var currency = Currency.Parse(account.Currency);
        var channel = new ChannelId(meter.Id, kind);
        var rows = await engine.Store.Queries.ReadingsAsync(channel, since, until, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, row => Of(row, currency)));
    }

    private static ProblemHttpResult Malformed(string name) =>
        Problems.Of(Fault.QueryMalformed, $"{name} {Texts.InstantSentence}", name);

    private static ReadingText Of(RatedReading row, Currency currency) => new(
        row.Reading.At.ToString(),
        Texts.Kwh(row.Reading.Register),
        Tags.Of(row.Reading.Quality),
        Texts.OfExact(row.Charge, currency),
        QuarantineEndpoints.FrameText(row.Reading.Frame));
}
