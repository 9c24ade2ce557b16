namespace Meters.Tests;

/// <summary>What a test needs from outside; without it the test is skipped, and says so.</summary>
public static class Needs
{
    /// <summary>Connection string of a plain PostgreSQL superuser, from METERS_TEST_POSTGRES.</summary>
    public static string Postgres() => Variable("METERS_TEST_POSTGRES", "a PostgreSQL server");

    /// <summary>Connection string of a TimescaleDB superuser, from METERS_TEST_TIMESCALE.</summary>
    public static string Timescale() => Variable("METERS_TEST_TIMESCALE", "a TimescaleDB server");

    /// <summary>
    /// Address of Kannel's sendsms, from METERS_TEST_KANNEL: http://user:password@host:port/cgi-bin/sendsms.
    /// </summary>
    public static string Kannel() => Variable("METERS_TEST_KANNEL", "a Kannel SMS gateway");

    /// <summary>A file of the reference data, which stands beside the checkout and is never part of it.</summary>
    public static string Data(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "data", name);
            if (File.Exists(path)) return path;
        }

        Assert.Skip($"The reference file {name} is not here: put the data folder beside the checkout as shared/data.");
        return "";
    }

    /// <summary>The checkout's own root: the folder of Meters.sln.</summary>
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Meters.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("Meters.sln is not above the test's folder.");
    }

    private static string Variable(string name, string what)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value))
        {
            Assert.Skip($"{name} is not set: this test needs {what}; ./meters test brings one.");
        }

        return value;
    }
}
