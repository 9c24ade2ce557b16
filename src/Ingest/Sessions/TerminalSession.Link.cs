using System.Buffers;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>Which terminal this is, and what happens when two connections say they are the same one.</summary>
public sealed partial class TerminalSession
{
    private readonly Lock _linkGate = new();
    private long _lastFrameAt = NoTime;
    private long _linkTestUntil = NoTime;
    private TaskCompletionSource<bool>? _linkTest;

    /// <summary>
    /// Asks the terminal whether it is there. True when any frame comes in time, and also when our own sink keeps us
    /// from reading: then the terminal cannot prove itself. False when not, or when the session ends.
    /// </summary>
    internal Task<bool> LinkTestAsync()
    {
        TaskCompletionSource<bool> test;
        lock (_linkGate)
        {
            if (_linkTest is { Task.IsCompleted: false } running) return running.Task;
            test = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _linkTestUntil, Deadline(TimeSpan.FromSeconds(_options.LinkTestSecondsMax)));
            _linkTest = test;
        }

        if (IsEnded)
        {
            test.TrySetResult(false);
        }
        else if (Address is { } address)
        {
            Span<byte> frame = stackalloc byte[LinkFrames.BytesMax];
            _outgoing.TryAdd(frame[..LinkFrames.LinkTest(frame, address, MasterA3, NextCounter() & 15)]);
        }

        return test.Task;
    }

    private void TickLinkTest()
    {
        if (_linkTest is not { Task.IsCompleted: false } test
            || _wire.GetTimestamp() < Volatile.Read(ref _linkTestUntil))
        {
            return;
        }

        test.TrySetResult(Volatile.Read(ref _waitingSince) == NoTime);
    }

    /// <summary>A wire timestamp from now on.</summary>
    private long Deadline(TimeSpan span) =>
        _wire.GetTimestamp() + (long)(span.Ticks * (Int128)_wire.TimestampFrequency / TimeSpan.TicksPerSecond);

    /// <summary>The first frame of a connection says who it is; a later login may say somebody else.</summary>
    private bool NeedsBind(in ReadOnlySequence<byte> frame, out TerminalAddress address)
    {
        Volatile.Write(ref _lastFrameAt, _wire.GetTimestamp());
        address = default;
        if (!FrameHeader.TryParse(UserData(frame), out var header)) return false;
        address = header.Address;
        if (!header.FromTerminal || address == Address || !IsOneTerminal(address)) return false;
        return Address is null || IsLogin(header, UserData(frame));
    }

    private static bool IsLogin(in FrameHeader header, ReadOnlySpan<byte> userData) =>
        header.Afn == Afn.Link && Dadt.TryRead(header.Units(userData), out var dadt) && dadt.Selects(LinkFrames.LoginFn)
        && !dadt.Selects(LinkFrames.LogoutFn);

    /// <summary>A2 0 belongs to nobody and FFFF to everybody.</summary>
    private static bool IsOneTerminal(TerminalAddress address) => (address.Raw >> 16) is not (0 or 0xFFFF);

    /// <summary>False when another live session has the address; this one has ended then.</summary>
    private async ValueTask<bool> BindAsync(TerminalAddress address)
    {
        while (_services.Table.TryBind(address, this) is { } holder)
        {
            if (await holder.LinkTestAsync())
            {
                _services.Logger.DuplicateRefused(Id, address, holder.Id);
                End(SessionEnd.DuplicateAddress);
                return false;
            }

            if (IsEnded) return false;
            if (!_services.Table.TryReplace(address, holder, this)) continue;
            _services.Logger.SessionReplaced(Id, address, holder.Id);
            holder.End(SessionEnd.Replaced);
            break;
        }

        if (Address is { } before) _services.Table.Unbind(before, this);
        Address = address;
        _services.Logger.TerminalBound(Id, address);
        if (!_services.Directory.TryFind(address, out _)) _services.Logger.TerminalUnregistered(Id, address);
        return !IsEnded;
    }

    /// <summary>The user data in one piece; valid until the next call.</summary>
    private ReadOnlySpan<byte> UserData(in ReadOnlySequence<byte> frame) => Whole(frame)[FrameReader.HeadBytes..^2];

    private ReadOnlySpan<byte> Whole(in ReadOnlySequence<byte> frame)
    {
        if (frame.IsSingleSegment) return frame.FirstSpan;
        var bytes = (int)frame.Length;
        if (_scratch.Length < bytes) _scratch = new byte[Math.Max(bytes, 512)];
        frame.CopyTo(_scratch);
        return _scratch.AsSpan(0, bytes);
    }
}
