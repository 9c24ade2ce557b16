using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;

namespace Meters.Ingest.Tests;

public class DeterminismTests
{
    [Fact]
    public void Sessions_and_requests_run_wholly_in_the_scheduler_that_started_them()
    {
        var before = SynchronizationContext.Current;
        var pump = new Pump();
        SynchronizationContext.SetSynchronizationContext(pump);
        try
        {
            var bed = new SessionBed();
            var thread = Environment.CurrentManagedThreadId;
            var sinkThreads = new HashSet<int>();
            bed.Gate = _ =>
            {
                sinkThreads.Add(Environment.CurrentManagedThreadId);
                return Task.CompletedTask;
            };
            var peer = bed.Connect();
            var login = peer.LoginAsync(SessionBed.Known);
            pump.RunAll();
            Assert.True(login.IsCompletedSuccessfully);

            // Nothing but the pump may be needed: when it is empty, everything that can happen has happened.
            var sent = peer.SendAsync(Peer.Curve(SessionBed.Known, 9, 3, 100));
            var confirm = peer.ReceiveAsync();
            pump.RunAll();
            Assert.True(sent.IsCompletedSuccessfully && confirm.IsCompletedSuccessfully);
            Assert.Equal([thread], sinkThreads);

            var asked = peer.Session.RequestCurrentAsync(9, TimeSpan.FromSeconds(5), CancellationToken.None);
            pump.RunAll();
            Assert.False(asked.IsCompleted);
            bed.Wire.Advance(TimeSpan.FromSeconds(6));
            pump.RunAll();
            Assert.True(asked.IsCompletedSuccessfully);

            peer.HangUp();
            pump.RunAll();
            Assert.True(peer.Run.IsCompletedSuccessfully);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private sealed class Pump : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Run, object? State)> _work = new();

        public override void Post(SendOrPostCallback d, object? state)
        {
            lock (_work) _work.Enqueue((d, state));
        }

        public void RunAll()
        {
            while (true)
            {
                (SendOrPostCallback Run, object? State) next;
                lock (_work)
                {
                    if (!_work.TryDequeue(out next)) return;
                }

                next.Run(next.State);
            }
        }
    }
}
