using System.ComponentModel.DataAnnotations;
using Meters.Control.Limits;
using Meters.Host.Engine;
using Meters.Ingest.Sessions;

namespace Meters.Host.Hosting;

/// <summary>The settings file. Each value can also come from the environment: <c>METERS__Engine__Shards=2</c>.</summary>
public sealed class ServiceOptions
{
    /// <summary>sqlite:DIRECTORY, or postgres: and an Npgsql connection string.</summary>
    [Required] public string Store { get; set; } = "sqlite:meters-data";

    /// <summary>Address of the HTTP API.</summary>
    [Required] public string Api { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Where concentrators dial in: address and port.</summary>
    [Required] public string Terminals { get; set; } = "0.0.0.0:3761";

    /// <summary>Six-digit password of the meters' control frames.</summary>
    [Range(0, 999_999)] public int MeterPassword { get; set; }

    /// <summary>Eight-digit operator code of the meters' control frames.</summary>
    [Range(0, 99_999_999)] public int MeterOperator { get; set; }

    public EngineOptions Engine { get; set; } = new();

    public IngestOptions Ingest { get; set; } = new();

    public LimiterOptions Limiter { get; set; } = new();

    public GuardOptions Guard { get; set; } = new();

    /// <summary>Everything that is wrong, as sentences; empty when it can run.</summary>
    public IReadOnlyList<string> Check()
    {
        var results = new List<ValidationResult>();
        object[] parts = [this, Engine, Ingest, Limiter, Guard];
        foreach (var part in parts) Validator.TryValidateObject(part, new(part), results, validateAllProperties: true);
        var faults = results.ConvertAll(r => r.ErrorMessage ?? "A setting is out of range.");
        var relations = new IngestOptionsRelations().Validate(null, Ingest);
        if (relations.Failures is { } failures) faults.AddRange(failures);
        if (!System.Net.IPEndPoint.TryParse(Terminals, out _)) faults.Add($"Terminals '{Terminals}' is no address and port.");
        if (!Uri.TryCreate(Api, UriKind.Absolute, out var api) || api.Scheme is not ("http" or "https"))
        {
            faults.Add($"Api '{Api}' is no http address.");
        }

        if (!Meters.Units.LocalZone.TryParse(Engine.BillingZone, out _))
        {
            faults.Add($"Engine:BillingZone '{Engine.BillingZone}' is no zone.");
        }

        return faults;
    }
}
