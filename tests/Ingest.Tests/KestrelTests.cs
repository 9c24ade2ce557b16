using System.Net;
using System.Net.Sockets;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Meters.Ingest.Tests;

public class KestrelTests
{
    [Fact(Timeout = 60_000)]
    public async Task Terminals_on_real_sockets_are_confirmed_and_what_they_sent_before_hanging_up_is_kept()
    {
        var stop = TestContext.Current.CancellationToken;
        var bed = new SessionBed();
        await using var host = await StartAsync(bed);
        var port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.First()).Port;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, stop);
        var stream = client.GetStream();
        await stream.WriteAsync(Peer.Frame(to => LinkFrames.Login(to, SessionBed.Known, 1)), stop);
        var answer = new byte[20];
        await stream.ReadExactlyAsync(answer, stop);
        Assert.Equal(FrameStatus.Complete, FrameReader.Check(answer, 100, out _));

        const int Frames = 200;
        for (var i = 0; i < Frames; i++) await stream.WriteAsync(Peer.Curve(SessionBed.Known, 9, i & 15, i), stop);
        client.Client.Shutdown(SocketShutdown.Send); // The terminal hangs up with bytes still under way.
        for (var i = 0; i < Frames; i++) Assert.Single((await bed.TakeAsync()).Readings);
    }

    [Fact]
    public void The_default_options_are_valid_and_impossible_relations_are_named()
    {
        Assert.True(new IngestOptionsRanges().Validate(null, new()).Succeeded);
        Assert.True(new IngestOptionsRelations().Validate(null, new()).Succeeded);
        Assert.True(new IngestOptionsRanges().Validate(null, new() { FrameBytesMax = 20_000 }).Failed);
        Assert.True(new IngestOptionsRanges().Validate(null, new() { TerminalPasswordHex = "secret" }).Failed);
        var faults = new IngestOptionsRelations().Validate(null, new()
        {
            OutgoingFramesMax = 10,
            SessionsMax = 5,
            SessionsPerRemoteMax = 6,
            IncompleteFrameSecondsMax = 100,
            IdleSecondsMax = 100,
        });
        Assert.Equal(3, faults.Failures!.Count());
    }

    [Fact]
    public void Every_enum_that_is_a_tag_has_its_own_tag_for_every_value()
    {
        AssertTags<FrameFaultKind>(IngestMetrics.Tag);
        AssertTags<SessionEnd>(IngestMetrics.Tag);
        AssertTags<RequestStatus>(IngestMetrics.Tag);
        AssertTags<FrameStatus>(IngestMetrics.Tag, FrameStatus.Complete, FrameStatus.NeedMore);
    }

    private static void AssertTags<T>(Func<T, string> tag, params T[] without)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>().Except(without).ToList();
        Assert.Equal(values.Count, values.Select(tag).Distinct(StringComparer.Ordinal).Count());
    }

    private static async Task<WebApplication> StartAsync(SessionBed bed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(bed.Services);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0,
            listen => listen.UseConnectionHandler<TerminalConnectionHandler>()));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
