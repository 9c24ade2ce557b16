using System.Text.RegularExpressions;
using Meters.Billing.Ledger;
using Meters.Host.Access;
using Meters.Host.Api;
using Meters.Host.Changes;
using Meters.Host.Reports;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

public sealed partial class ProblemsTests
{
    /// <summary>Every status that the API may meet, successes left out.</summary>
    private static IEnumerable<(string Word, ProblemKind Kind)> All() =>
    [
        .. Of<Fault>([], Problems.KindOf),
        .. Of<PaymentStatus>([PaymentStatus.Posted, PaymentStatus.AlreadyPosted], Problems.KindOf),
        .. Of<RegistryStatus>([RegistryStatus.Added], Problems.KindOf),
        .. Of<KeyStatus>([KeyStatus.Issued], Problems.KindOf),
        .. Of<ChangeStatus>([ChangeStatus.Done], Problems.KindOf),
        .. Of<ReportStatus>([ReportStatus.Done], Problems.KindOf),
    ];

    [Fact]
    public void Every_status_has_a_problem_with_a_stable_type()
    {
        foreach (var (word, kind) in All())
        {
            Assert.True(kind.Status is >= 400 and < 600, word);
            Assert.Matches(Kebab(), kind.Tag);
            Assert.Equal("urn:meters:problem:" + kind.Tag, kind.Type);
            Assert.EndsWith(".", kind.Title, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_type_is_the_word_of_the_status()
    {
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.Equal(ToKebab($"{fault}"), Problems.KindOf(fault).Tag));
        Assert.All(
            Enum.GetValues<PaymentStatus>().Skip(2),
            status => Assert.Equal(ToKebab($"{status}"), Problems.KindOf(status).Tag));
    }

    [Fact]
    public void The_same_type_never_has_two_meanings()
    {
        Assert.All(
            All().GroupBy(entry => entry.Kind.Type),
            same => Assert.Single(same.Select(entry => entry.Kind).Distinct()));
    }

    [Fact]
    public void A_success_is_not_a_problem()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Problems.KindOf(PaymentStatus.Posted));
        Assert.Throws<ArgumentOutOfRangeException>(() => Problems.KindOf(RegistryStatus.Added));
        Assert.Throws<ArgumentOutOfRangeException>(() => Problems.KindOf(KeyStatus.Issued));
    }

    [Fact]
    public void A_bare_status_of_the_framework_has_the_problem_of_that_status()
    {
        for (var status = 400; status < 600; status++)
        {
            if (Problems.OfStatus(status) is not { } fault || fault == Fault.Internal) continue;
            Assert.Equal(status, Problems.KindOf(fault).Status);
        }
    }

    private static IEnumerable<(string, ProblemKind)> Of<T>(T[] successes, Func<T, ProblemKind> kindOf)
        where T : struct, Enum =>
        Enum.GetValues<T>().Except(successes).Select(value => ($"{typeof(T).Name}.{value}", kindOf(value)));

    private static string ToKebab(string word) => Capital().Replace(word, "-$1").TrimStart('-').ToLowerInvariant();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Kebab();

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Capital();
}
