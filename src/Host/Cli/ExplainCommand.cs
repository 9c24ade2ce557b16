using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Meters.Host.Api;
using Meters.Host.Reports;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary><c>meters explain</c></summary>
public static class ExplainCommand
{
    public static Command Create()
    {
        var account = new Argument<long>("account") { Description = "The account's number." };
        var from = new Option<string>("--from") { Description = "First day, such as 2026-03-01.", Required = true };
        var to = new Option<string?>("--to") { Description = "Last day. Default: the first." };
        var hours = new Option<bool>("--hours") { Description = "Every reading with its registers and positions." };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of text." };
        var command = new Command(
            "explain",
            "Why an account's balance is what it is: each debit with its readings, prices and rounding, each credit "
            + "with its split. Exit code 1 when a sum does not agree with the journal.")
        {
            account, from, to, hours, json,
        };
        var source = new ReportSource();
        source.AddTo(command);
        command.SetAction((parsed, stopping) => MetersCommand.GuardAsync(
            token =>
            {
                var (id, first) = (parsed.GetValue(account), Day("--from", parsed.GetRequiredValue(from)));
                var last = parsed.GetValue(to) is { } said ? Day("--to", said) : first;
                Task<int> Tell(Explanation e) => TellAsync(e, parsed.GetValue(json), parsed.GetValue(hours));
                return source.RunAsync(
                    parsed,
                    service => AskAsync(service, id, first, last, Tell, token),
                    port => ReadAsync(port, id, first, last, Tell, token),
                    token);
            },
            stopping));
        return command;
    }

    /// <exception cref="ArgumentException">It is no day.</exception>
    internal static ServiceDay Day(string option, string text) => ExplainEndpoints.TryReadDay(text, out var day)
        ? day
        : throw new ArgumentException($"{option} {ExplainEndpoints.DaySentence}");

    private static async Task<int> AskAsync(
        ServiceClient service, long account, ServiceDay from, ServiceDay to, Func<Explanation, Task<int>> tell,
        CancellationToken stopping)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/accounts/{account}/explain?from={from}&to={to}");
        var answer = await service.GetAsync(path, stopping);
        if (!answer.IsGood) return await ReportSource.RefusedAsync(answer);
        return await tell(JsonSerializer.Deserialize<Explanation>(answer.Text, ServiceClient.Form)!);
    }

    private static async Task<int> ReadAsync(
        ReportPort port, long account, ServiceDay from, ServiceDay to, Func<Explanation, Task<int>> tell,
        CancellationToken stopping)
    {
        var (status, explanation) = await new Explainer(port).ExplainAsync(new(account), from, to, stopping);
        if (status != ReportStatus.Done) throw new ArgumentException(Problems.KindOf(status).Title);
        return await tell(explanation!);
    }

    private static async Task<int> TellAsync(Explanation explanation, bool json, bool hours)
    {
        await Console.Out.WriteLineAsync(json
            ? JsonSerializer.Serialize(explanation, CliJson.Form)
            : ExplanationText.Of(explanation, hours));
        return explanation.Holds ? ExitCodes.Done : ExitCodes.CheckFailed;
    }
}
