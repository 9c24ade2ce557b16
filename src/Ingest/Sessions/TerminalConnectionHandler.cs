using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Meters.Ingest.Sessions;

/// <summary>Puts sessions on Kestrel: the only code that knows of sockets.</summary>
public sealed class TerminalConnectionHandler(SessionServices services) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        // Not connection.ConnectionClosed: that fires when the terminal hangs up, and would drop bytes we already hold.
        var stopping = connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>()
            .ConnectionClosedRequested;
        var remote = (connection.RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "";
        var end = await new TerminalSession(services).RunAsync(connection.Transport, remote, stopping);

        // A graceful close would wait for a peer that does not read.
        if (end == SessionEnd.SlowReader)
        {
            connection.Abort(new ConnectionAbortedException("The terminal does not read."));
        }
    }
}
