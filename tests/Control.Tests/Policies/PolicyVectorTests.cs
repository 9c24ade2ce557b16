using System.Text.Json;
using Meters.Control;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Policies;

/// <summary>
/// The situations of Policies/Vectors: what each shipped policy does in them, why not, and when it looks again. Written
/// from what is known of the places, not from what the program says.
/// </summary>
public class PolicyVectorTests
{
    public static TheoryData<string, string> Situations
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal))
            {
                using var vectors = JsonDocument.Parse(File.ReadAllText(file));
                foreach (var one in vectors.RootElement.GetProperty("situations").EnumerateArray())
                {
                    data.Add(Path.GetFileNameWithoutExtension(file), one.GetProperty("name").GetString()!);
                }
            }

            return data;
        }
    }

    private static string Folder =>
        Path.Combine(Needs.Root(), "tests", "Control.Tests", "Policies", "Vectors");

    [Theory]
    [MemberData(nameof(Situations))]
    public void Each_shipped_policy_decides_as_its_place_does(string id, string name)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{id}.json")));
        var root = vectors.RootElement;
        Assert.Equal(id, root.GetProperty("policy").GetString());
        var one = root.GetProperty("situations").EnumerateArray()
            .Single(situation => situation.GetProperty("name").GetString() == name);
        var vector = new PolicyVector(
            ShippedPolicies.Load(id), root.GetProperty("given"), one.GetProperty("given"),
            one.GetProperty("at").GetString()!);
        var facts = vector.Facts();
        var outcome = Ladder.Decide(facts);
        var expect = one.GetProperty("expect");
        Assert.Equal(Words(expect, "do"), Done(outcome));
        if (expect.TryGetProperty("shut", out _))
        {
            Assert.Equal(
                Words(expect, "shut"),
                Gates.ForCut(facts).Closed.Select(gate => ControlTags.Tag(gate.Gate)).Order(StringComparer.Ordinal));
        }

        if (expect.TryGetProperty("next", out var next))
        {
            Assert.Equal(vector.Local(next.GetString()!), outcome.DueAt);
        }

        CheckCommand(facts, outcome);
    }

    [Fact]
    public void Every_place_has_a_dozen_situations_at_least()
    {
        var byPolicy = Situations.GroupBy(row => row.Data.Item1)
            .ToDictionary(group => group.Key, group => group.Count());
        string[] withoutVectors = [ShippedPolicies.Demo72H, ShippedPolicies.ChinaResidential, "ni-prepay-40"];
        Assert.Equal(ShippedPolicies.Ids.Except(withoutVectors).Order(StringComparer.Ordinal), byPolicy.Keys.Order(
            StringComparer.Ordinal));
        Assert.All(byPolicy, one => Assert.True(one.Value >= 12, one.Key));
    }

    /// <summary>What any cut must hold: every gate open, and it expires before the window closes.</summary>
    private static void CheckCommand(CaseFacts facts, LadderOutcome outcome)
    {
        if (outcome.Commands.FirstOrDefault(command => command.Kind == CommandKind.Trip) is not { } trip) return;
        Assert.True(facts.Policy.CutWindows.IsOpen(facts.Now, out var mustBeDoneBy));
        Assert.InRange(trip.ExpiresAt.UnixMicros, facts.Now.UnixMicros + 1, mustBeDoneBy.UnixMicros);
        var atDispatch = facts with { Case = outcome.After };
        Assert.True(Gates.AtDispatch(trip, atDispatch).IsOpen);
        Assert.False(Gates.AtDispatch(trip, atDispatch with { Now = trip.ExpiresAt }).IsOpen);
    }

    private static IEnumerable<string> Done(LadderOutcome outcome) => outcome.Notices
        .Select(notice => ControlTags.Tag(notice.Kind))
        .Concat(outcome.Commands.Select(command => ControlTags.Tag(command.Kind)))
        .Concat(outcome.Decision?.Outcome == "fieldwork" ? ["fieldwork"] : [])
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Words(JsonElement expect, string name) => expect.GetProperty(name)
        .EnumerateArray().Select(word => word.GetString()!).Order(StringComparer.Ordinal);
}
