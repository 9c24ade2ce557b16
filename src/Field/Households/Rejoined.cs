namespace Meters.Field.Households;

/// <summary>
/// A stream whose first bytes were taken off to see what it is, whole again. Read only, forward only.
/// </summary>
internal sealed class Rejoined(byte[] head, Stream rest) : Stream
{
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_at == head.Length) return rest.Read(buffer);
        var bytes = Math.Min(buffer.Length, head.Length - _at);
        head.AsSpan(_at, bytes).CopyTo(buffer);
        _at += bytes;
        return bytes;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
