using System.Globalization;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>How a simulated customer deals with the prepayment.</summary>
public enum Habit
{
    /// <summary>Tops up some hours after the first SMS.</summary>
    PaysWhenReminded,

    /// <summary>Pays only once the lights are out.</summary>
    PaysWhenCut,

    /// <summary>Pays too little first, and the rest later.</summary>
    PaysInParts,

    /// <summary>Does not pay in the time simulated.</summary>
    NeverPays,
}

/// <param name="Index">Number in the field.</param>
/// <param name="Opening">First purchase, minor units.</param>
/// <param name="TopUp">What a later payment is, minor units.</param>
/// <param name="DelayHours">Whole hours from the occasion to the payment.</param>
public sealed record DemoCustomer(
    int Index,
    AccountId Account,
    string Name,
    string Phone,
    string Language,
    string Tariff,
    Habit Habit,
    Money Opening,
    Money TopUp,
    int DelayHours);

/// <summary>Tariffs, policy and customers of the demonstration, from its seed alone.</summary>
public sealed class DemoPlan
{
    public const string Policy = "demo-72h";
    public const long FirstAccount = 800_001;

    /// <summary>Household that the story is told of.</summary>
    public const int Story = 0;

    private static readonly string[] EnglishNames =
    [
        "Ann Baker", "Tom Carter", "Mary Dean", "Jack Evans", "Lucy Ford",
        "Sam Green", "Eve Hill", "Bob Irwin", "Kate Jones", "Max King",
    ];

    private static readonly string[] ChineseNames =
        ["王芳", "李伟", "张敏", "刘洋", "陈静", "杨军", "赵丽", "黄强", "周杰", "吴艳"];

    /// <summary>
    /// Published prices of Zhejiang by the year, of Beijing by the month, and one flat price, in forms of our own.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, string> TariffJson = new Dictionary<string, string>(
        StringComparer.Ordinal)
    {
        ["zj-year"] = """
            {"id":"zj-year","version":1,"effectiveFrom":"2012-07-01","currency":"CNY",
             "zone":"+08:00","accumulate":"year",
             "tiers":[{"upToKwh":"2760","price":"0.538"},{"upToKwh":"4800","price":"0.588"},{"price":"0.838"}]}
            """,
        ["bj-month"] = """
            {"id":"bj-month","version":1,"effectiveFrom":"2012-07-01","currency":"CNY",
             "zone":"+08:00","accumulate":"month",
             "tiers":[{"upToKwh":"240","price":"0.4883"},{"upToKwh":"400","price":"0.5383"},{"price":"0.7883"}]}
            """,
        ["flat"] = """
            {"id":"flat","version":1,"effectiveFrom":"2012-07-01","currency":"CNY","zone":"+08:00","accumulate":"none",
             "tiers":[{"price":"0.5573"}]}
            """,
    };

    public DemoPlan(int customers, long seed)
    {
        var tariffs = TariffJson.Keys.Order(StringComparer.Ordinal).ToArray();
        Customers = [.. Enumerable.Range(0, customers).Select(i => CustomerOf(i, seed, tariffs[i % tariffs.Length]))];
    }

    public IReadOnlyList<DemoCustomer> Customers { get; }

    public static AccountRecord RecordOf(DemoCustomer customer) => new(
        customer.Account,
        customer.Name,
        customer.Phone,
        customer.Language,
        "CNY",
        customer.Tariff,
        Policy,
        0,
        SanctionedWatts: 12_000,
        NeverCut: customer.Index % 97 == 96); // Somebody on life support: never cut, however low the balance.

    private static DemoCustomer CustomerOf(int index, long seed, string tariff)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003) + index));
        var language = index % 3 == 1 ? "zh" : "en";
        var names = language == "zh" ? ChineseNames : EnglishNames;
        var habit = index == Story ? Habit.PaysWhenCut : (Habit)random.Next(4);
        var opening = index == Story ? 400 : random.Next(200, 3_000);
        return new(
            index,
            new(FirstAccount + index),
            names[random.Next(names.Length)],
            "+861380" + index.ToString("D7", CultureInfo.InvariantCulture),
            language,
            tariff,
            habit,
            new(opening),
            new(random.Next(1_500, 6_000)),
            random.Next(1, 8));
    }
}
