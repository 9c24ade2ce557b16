namespace Meters.Host.Scheduled;

/// <summary>
/// A job of the schedule: a plain class. Which scheduler calls it is one small adapter (<see cref="QuartzSchedule"/>);
/// another, Hangfire for one, would be another adapter and change nothing here.
/// </summary>
public interface IScheduledWork
{
    /// <summary>Unique, for logs and for the scheduler's key.</summary>
    string Name { get; }

    /// <summary>
    /// How often it is called. What is due, and when, lives in the store: a missed call loses nothing.
    /// </summary>
    TimeSpan Every { get; }

    Task RunAsync(CancellationToken stopping);
}
