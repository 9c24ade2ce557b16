using Meters.Units;

namespace Meters.Ingest.Dlt645;

/// <summary>Where a utility's encryption machine signs control frames, to meters and to terminals.</summary>
public interface ISecurityModule
{
    /// <summary>Makes the data field of a 1CH frame out of the command.</summary>
    /// <param name="command">N1 to N8.</param>
    /// <param name="dataField">200 bytes; 33H is added later.</param>
    /// <returns>Bytes of the data field; 0 or less where the module refuses, and nothing is sent.</returns>
    ValueTask<int> SealAsync(
        MeterAddress meter, ReadOnlyMemory<byte> command, Memory<byte> dataField, CancellationToken stopping);

    /// <summary>
    /// Makes the password field of a control frame to a terminal (AFN 05). It comes with the password of the settings
    /// in it, which stays unless the module knows better.
    /// </summary>
    /// <param name="order">The unit: identifier and data.</param>
    /// <param name="password">16 bytes.</param>
    /// <returns>False where the module refuses, and nothing is sent.</returns>
    ValueTask<bool> SealTerminalAsync(
        TerminalAddress terminal, ReadOnlyMemory<byte> order, Memory<byte> password, CancellationToken stopping) =>
        new(true);
}

/// <summary>
/// Level 02 with a password in clear. This is NOT cryptographic security: whoever hears the line can repeat and change
/// the command. Meters that demand level 98 (ESAM) refuse it; for those a utility brings its own module.
/// </summary>
/// <param name="password">Six digits, 0 to 999999.</param>
/// <param name="operatorCode">Eight digits, written to the meter's log.</param>
public sealed class PasswordSecurityModule(int password = 0, int operatorCode = 0) : ISecurityModule
{
    private const byte Level = 0x02;

    public ValueTask<int> SealAsync(
        MeterAddress meter, ReadOnlyMemory<byte> command, Memory<byte> dataField, CancellationToken stopping)
    {
        if (command.Length != ControlCommand.CommandBytes) return new(0);
        var field = dataField.Span;
        field[0] = Level;
        Bcd.Write(password, field.Slice(1, 3));
        Bcd.Write(operatorCode, field.Slice(4, 4));
        command.Span.CopyTo(field[8..]);
        return new(ControlCommand.DataBytes);
    }
}
