using System.Collections;
using System.Text;
using Meters.Host.Hosting;

namespace Meters.Host.Tests.Hosting;

public sealed class SettingsTests
{
    [Fact]
    public void A_good_file_is_read_whatever_the_case_of_its_names()
    {
        var settings = Load(
            """
            {
              "STORE": "sqlite:data", // where
              "engine": { "shards": 3, "BillingZone": "Asia/Shanghai" },
              "Sms": { "from": "95598" }, "limiter": { "commandsPerSecondSystemMax": 20 },
            }
            """);

        Assert.Empty(settings.Faults);
        Assert.Equal(("sqlite:data", 3), (settings.Options.Store, settings.Options.Engine.Shards));
        Assert.Equal(20, settings.Options.Limiter.CommandsPerSecondSystemMax);
        Assert.Equal(("95598", "95598"), (settings.Options.Sms.From, settings.Configuration["Sms:From"]));
    }

    [Fact]
    public void Nothing_at_all_is_a_good_setting()
    {
        Assert.Empty(Load("{}").Faults);
        Assert.Empty(new ServiceOptions().Check());
    }

    [Theory]
    [InlineData("", "x.json: is empty: it must be one JSON object.")]
    [InlineData("[]", "x.json: must be one JSON object.")]
    [InlineData("{\n\"Store\": \"a\"\n\"Api\": 1}",
        "x.json line 3: is no JSON from byte 1 of the line on: a quote, comma or brace is missing or too much.")]
    [InlineData("{\"Store\": \"sqlite:a\"", "x.json line 1: is no JSON from byte")]
    [InlineData("{} {}", "x.json line 1: is no JSON from byte 4")]
    [InlineData("{\"Engine\": {\"Shards\": 0}}", "x.json line 1: Engine:Shards must be 1 to 64.")]
    [InlineData("{\"Engine\": {\"Shards\": \"two\"}}", "x.json line 1: Engine:Shards must be a whole number.")]
    [InlineData("{\"Engine\": {\"Shards\": 2.5}}", "x.json line 1: Engine:Shards must be a whole number.")]
    [InlineData("{\"Engine\": {\"Shards\": 99999999999}}", "x.json line 1: Engine:Shards must be a whole number.")]
    [InlineData("{\"Engine\": {\"Shards\": true}}", "x.json line 1: Engine:Shards must be a whole number.")]
    [InlineData("{\"Engine\": {\"Shards\": [1]}}", "x.json line 1: Engine:Shards must be a single value.")]
    [InlineData("{\"Engine\": 5}", "x.json line 1: Engine is not known.")]
    [InlineData("{\"Store\": null}", "x.json line 1: Store must be text in quotes.")]
    [InlineData("{\"Store\": \"\"}", "x.json line 1: Store must not be empty.")]
    [InlineData("{\n\"Store\": \"sqlite:a\",\n\"store\": \"sqlite:b\"}", "x.json line 3: store stands twice.")]
    [InlineData("{\"Engine\": {\"Shrads\": 2}}", "x.json line 1: Engine:Shrads is not known. In Engine: Shards, ")]
    [InlineData("{\"Enigne\": {\"Shards\": 2}}",
        "x.json line 1: Enigne:Shards is not known. Sections: Engine, Ingest, ")]
    [InlineData("{\"Api\": \"https://127.0.0.1:1\"}", "x.json line 1: Api must be http://,")]
    [InlineData("{\"Api\": \"http://meters.example\"}", "x.json line 1: Api must be http://,")]
    [InlineData("{\"Terminals\": \"0.0.0.0\"}", "x.json line 1: Terminals must be an IP address and a port,")]
    [InlineData("{\"Engine\": {\"BillingZone\": \"Mars\"}}", "x.json line 1: Engine:BillingZone must be an IANA zone")]
    [InlineData("{\"Ingest\": {\"TerminalPasswordHex\": \"12\"}}",
        "x.json line 1: Ingest:TerminalPasswordHex must match")]
    [InlineData("{\"Access\": {\"CacheLifeMillis\": 60000}}",
        "x.json line 1: Access:CacheLifeMillis must be 0 to 10000.")]
    [InlineData("{\"Sms\": {\"KannelUrl\": \"ftp://x\", \"ReportUrl\": \"http://x\", \"Username\": \"u\"}}",
        "settings: Sms:KannelUrl must be an http or https address.")]
    [InlineData("{\"Engine\": {\"Approvals\": \"none\"}}",
        "x.json line 1: Engine:Approvals must match ^(required|bootstrap)$.")]
    [InlineData("{\"Reports\": {\"ExplainDaysMax\": 0}}",
        "x.json line 1: Reports:ExplainDaysMax must be 1 to 400.")]
    [InlineData("{\"Limiter\": {\"CommandsPerSecondSystemReserve\": 50}}",
        "settings: Limiter:CommandsPerSecondSystemReserve must be less than CommandsPerSecondSystemMax.")]
    [InlineData("{\"Ingest\": {\"SessionsMax\": 10}}",
        "settings: Ingest:SessionsPerRemoteMax must not exceed SessionsMax")]
    public void A_malformed_setting_is_named_with_its_line(string json, string fault)
    {
        var faults = Load(json).Faults;

        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once_and_no_secret_among_them()
    {
        var faults = Load(
            """
            {
              "Store": "mysql:Password=geheim", "MeterPassword": 7654321,
              "Sms": { "ReportSecret": "geheim", "KannelUrl": "http://u:geheim@h/x", "Password": 1 },
              "Guard": { "WindowMinutes": 0 }
            }
            """).Faults;

        Assert.InRange(faults.Count, 6, 10);
        Assert.DoesNotContain(faults, fault => fault.Contains("geheim", StringComparison.Ordinal)
            || fault.Contains("7654321", StringComparison.Ordinal));
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_the_command_line_over_both()
    {
        var values = SettingsFile.Read(
            """{"Store":"sqlite:a","Api":"http://127.0.0.1:1","Engine":{"Shards":1}}"""u8, "x", [])
            .Concat(ServiceSettings.OfEnvironment(new Hashtable
            {
                ["METERS__ENGINE__SHARDS"] = "5",
                ["METERS__Store"] = "sqlite:b",
                ["METERS_TEST_POSTGRES"] = "not a setting",
                ["PATH"] = "/bin",
            }))
            .Append(new("Store", System.Text.Json.JsonValueKind.String, "sqlite:c", "--store"));

        var settings = ServiceSettings.Of([.. values], []);

        Assert.Empty(settings.Faults);
        Assert.Equal(
            ("sqlite:c", "http://127.0.0.1:1", 5),
            (settings.Options.Store, settings.Options.Api, settings.Options.Engine.Shards));
    }

    [Fact]
    public void A_wrong_variable_of_the_environment_is_named()
    {
        var values = ServiceSettings.OfEnvironment(new Hashtable
        {
            ["METERS__Engine__Shards"] = "many",
            ["METERS__Foo"] = "1",
            ["METERS__Guard__TripsFloor"] = "0",
        });

        Assert.Equal(
            [
                "environment METERS__Engine__Shards: Engine:Shards must be a whole number.",
                "environment METERS__Foo: Foo is not known. Known: Store, Api, Terminals, MeterPassword, "
                    + "MeterOperator, Engine, Ingest, Limiter, Guard, Gaps, Clocks, Readings, Access, Sms, "
                    + "Notices, Roots, Reports.",
                "environment METERS__Guard__TripsFloor: Guard:TripsFloor must be 1 to 100000.",
            ],
            ServiceSettings.Of([.. values], []).Faults);
    }

    [Fact]
    public void The_settings_of_the_readme_are_good()
    {
        var readme = File.ReadAllText(Path.Combine(Needs.Root(), "README.md"));
        var start = readme.IndexOf("```json", StringComparison.Ordinal) + "```json".Length;
        var json = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)];

        Assert.Empty(Load(json).Faults);
    }

    private static ServiceSettings Load(string json)
    {
        var faults = new List<string>();
        var values = SettingsFile.Read(Encoding.UTF8.GetBytes(json), "x.json", faults);
        return ServiceSettings.Of(values, faults);
    }
}
