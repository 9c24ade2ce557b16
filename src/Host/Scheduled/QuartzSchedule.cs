using Quartz;
using Quartz.Extensibility;

namespace Meters.Host.Scheduled;

/// <summary>Drives the jobs with Quartz. A job that fails is logged and called again at its next turn.</summary>
public sealed class QuartzSchedule : IAsyncDisposable
{
    private readonly IScheduler _scheduler;

    private QuartzSchedule(IScheduler scheduler) => _scheduler = scheduler;

    public static async Task<QuartzSchedule> StartAsync(
        IReadOnlyList<IScheduledWork> jobs, ILogger log, CancellationToken stopping)
    {
        var factory = new Factory(jobs.ToDictionary(j => j.Name, StringComparer.Ordinal), log);
        var scheduler = await QuartzSchedulerBuilder.Create(q => q.UseJobFactory(factory)).BuildScheduler(stopping);
        foreach (var job in jobs)
        {
            var detail = JobBuilder.Create<Adapter>().WithIdentity(job.Name).Build();
            var trigger = TriggerBuilder.Create()
                .WithIdentity(job.Name)
                .WithSimpleSchedule(s => s.WithInterval(job.Every).RepeatForever())
                .Build();
            await scheduler.ScheduleJob(detail, trigger, default, stopping);
        }

        await scheduler.Start(stopping);
        return new(scheduler);
    }

    public async ValueTask DisposeAsync() => await _scheduler.Shutdown(true, CancellationToken.None);

    private sealed class Factory(Dictionary<string, IScheduledWork> jobs, ILogger log) : IJobFactory
    {
        public ValueTask<JobScope> CreateJob(
            TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) =>
            new(new JobScope(new Adapter(jobs[bundle.JobDetail.Key.Name], log), null));

        public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken) => default;
    }

    [DisallowConcurrentExecution]
    private sealed class Adapter(IScheduledWork work, ILogger log) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            try
            {
                await work.RunAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.JobFailed(fault, work.Name);
            }
        }
    }
}

/// <summary>Log messages of the schedule: ids 6990 to 6999.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(6990, LogLevel.Error, "Job {Job} failed; it is called again at its next turn")]
    public static partial void JobFailed(this ILogger log, Exception fault, string job);
}
