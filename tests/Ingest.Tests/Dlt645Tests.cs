using System.Buffers;
using Meters.Ingest.Dlt645;

namespace Meters.Ingest.Tests;

public class Dlt645Tests
{
    public static TheoryData<string, string, long, byte, string> All => new()
    {
        { "B01", Vectors.B01, 0, 0x13, "" },
        { "B02", Vectors.B02, 123456789012, 0x11, "00000100" },
        { "B03", Vectors.B03, 123456789012, 0x91, "0000010056341200" },
        { "B04", Vectors.B04, 123456789012, 0xD1, "02" },
        { "B05", Vectors.B05, 161, 0x11, "00000100" },
        { "B06", Vectors.B06, 161, 0x91, "0000010026000000" },
        { "B07", Vectors.B07, 161, 0x11, "00010102" },
        { "B08", Vectors.B08, 161, 0x91, "000101020110" },
        { "B09", Vectors.B09, 0, 0x91, "0000010056341200" },
        { "B10", Vectors.B10, 0, 0xDC, "01" },
        { "B11", Vectors.B11, 111111111111, 0x1C, "00000000000000001A00244115120518" },
        { "B12", Vectors.B12, 111111111111, 0x9C, "" },
        { "B13", Vectors.B13, 151230011061, 0x11, "00000100" },
        { "B14", Vectors.B14, 151230011061, 0x91, "0000010078060000" },
        { "B15", Vectors.B15, 910004360618, 0x91, "0000010000000E00" },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Reads_each_vector_however_it_is_cut(string name, string hex, long digits, byte control, string data)
    {
        Span<byte> scratch = stackalloc byte[FrameReader.FrameBytesMax];
        foreach (var input in Cuts.Of(Vectors.Bytes(hex)))
        {
            var rest = input;
            Assert.True(FrameReader.TryRead(ref rest, scratch, out var frame) == FrameStatus.Complete, name);
            Assert.True(rest.IsEmpty);
            var plain = new byte[frame.DataBytes];
            frame.CopyData(plain);
            Assert.Equal((digits, control, data), (frame.Address.Digits, frame.Control, Convert.ToHexString(plain)));
            Assert.Equal(name == "B01", frame.IsWildcard);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void No_prefix_and_no_damaged_byte_is_a_frame(string name, string hex, long digits, byte control,
        string data)
    {
        _ = (digits, control, data);
        var bytes = Vectors.Bytes(hex);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(FrameStatus.NeedMore, FrameReader.TryRead(bytes.AsSpan(0, length), out _, out _));
        }

        var first = Array.IndexOf(bytes, FrameReader.Start);
        for (var at = first; at < bytes.Length; at++)
        {
            for (var flip = 1; flip < 256; flip++)
            {
                bytes[at] ^= (byte)flip;
                var status = FrameReader.TryRead(bytes, out _, out _);
                // A greater length byte waits for what the enclosing frame will never bring: the caller sees a cut
                // frame.
                Assert.True(status != FrameStatus.Complete, $"{name} {at} {flip}");
                if (status == FrameStatus.NeedMore) Assert.True(at == first + 9 || at == first, $"{name} {at} {flip}");
                bytes[at] ^= (byte)flip;
            }
        }
    }

    [Theory]
    [InlineData(Vectors.B02, 123456789012)]
    [InlineData(Vectors.B13, 151230011061)]
    public void B02_and_B13_are_what_we_ask(string hex, long digits)
    {
        var to = new byte[32];
        var bytes = Frames.ReadRequest(to, new(digits), DataIdentifier.ForwardActive);
        Assert.Equal(hex, Convert.ToHexString(to, 0, bytes));
    }

    [Theory]
    [InlineData(Vectors.B03, RegisterStatus.Ok, 12_345_600)]
    [InlineData(Vectors.B06, RegisterStatus.Ok, 2_600)]
    [InlineData(Vectors.B08, RegisterStatus.NotRegister, 0)]
    [InlineData(Vectors.B09, RegisterStatus.Ok, 12_345_600)]
    [InlineData(Vectors.B12, RegisterStatus.NotRegister, 0)]
    [InlineData(Vectors.B14, RegisterStatus.Ok, 67_800)]
    [InlineData(Vectors.B15, RegisterStatus.BadBcd, 0)]
    public void A_register_answer_gives_its_value_or_says_why_not(string hex, RegisterStatus expected, long tenthsWh)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(Vectors.Bytes(hex), out var frame, out _));
        Assert.Equal(expected, RegisterAnswer.TryRead(frame, out var register, out var value));
        Assert.Equal((RegisterKind.ForwardActive, tenthsWh), (register, value.TenthsWh));
    }

    [Theory]
    [InlineData(new byte[] { 0xEE, 0xEE, 0xEE, 0xEE }, RegisterStatus.Missing)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, RegisterStatus.Missing)]
    [InlineData(new byte[] { 1, 2, 3 }, RegisterStatus.WrongLength)]
    public void A_register_without_a_value_is_missing_or_of_wrong_length(byte[] value, RegisterStatus expected)
    {
        var to = new byte[64];
        var bytes = Frames.ReadAnswer(to, new(1), DataIdentifier.ReverseActive, value);
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(to.AsSpan(0, bytes), out var frame, out _));
        Assert.Equal(expected, RegisterAnswer.TryRead(frame, out var register, out _));
        Assert.Equal(RegisterKind.ReverseActive, register);
    }

    [Theory]
    [InlineData(Vectors.B04, AnswerKind.ReadRefused, ErrorFlags.NoSuchData)]
    [InlineData(Vectors.B10, AnswerKind.ControlRefused, ErrorFlags.Other)]
    [InlineData(Vectors.B12, AnswerKind.ControlAccepted, ErrorFlags.None)]
    [InlineData(Vectors.B02, AnswerKind.Other, ErrorFlags.None)]
    [InlineData(Vectors.B17, AnswerKind.Data1997, ErrorFlags.None)]
    public void An_answer_says_what_became_of_the_request(string hex, AnswerKind kind, ErrorFlags error)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(Vectors.Bytes(hex), out var frame, out _));
        var answer = Answer.Of(frame);
        Assert.Equal((kind, error), (answer.Kind, answer.Error));
    }

    [Theory]
    [InlineData(Vectors.B16)]
    [InlineData(Vectors.B17)]
    public void Frames_of_1997_are_recognised(string hex)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(Vectors.Bytes(hex), out var frame, out _));
        Assert.True(frame.Is1997);
        Assert.Equal(ControlParseStatus.NotControl, ControlCommand.TryParse(frame, out _));
    }

    [Fact]
    public void B11_is_a_trip_that_is_valid_until_its_deadline()
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(Vectors.Bytes(Vectors.B11), out var frame, out _));
        Assert.Equal(ControlParseStatus.Ok, ControlCommand.TryParse(frame, out var command));
        Assert.Equal(new(ControlCode.Trip, new(2018, 5, 12, 15, 41, 24)), command);
    }

    [Theory(Timeout = 10_000)]
    [InlineData(ControlCode.Trip)]
    [InlineData(ControlCode.PermitClose)]
    [InlineData(ControlCode.DirectClose)]
    [InlineData(ControlCode.AlarmOn)]
    [InlineData(ControlCode.AlarmOff)]
    [InlineData(ControlCode.KeepPowerOn)]
    [InlineData(ControlCode.KeepPowerOff)]
    public async Task Each_command_is_sealed_with_level_02_and_read_back(ControlCode code)
    {
        var command = new ControlCommand(code, new(2026, 3, 31, 23, 59, 58));
        var plain = new byte[8];
        command.Write(plain);
        var field = new byte[FrameReader.DataBytesMax];
        var security = new PasswordSecurityModule(password: 123456, operatorCode: 87654321);
        var sealedBytes = await security.SealAsync(new(5), plain, field, TestContext.Current.CancellationToken);
        Assert.Equal("02563412" + "21436587", Convert.ToHexString(field, 0, 8));
        var to = new byte[FrameReader.FrameBytesMax];
        var bytes = Frames.Write(to, new(5), ControlByte.Control, field.AsSpan(0, sealedBytes));
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(to.AsSpan(0, bytes), out var frame, out _));
        Assert.Equal(ControlParseStatus.Ok, ControlCommand.TryParse(frame, out var read));
        Assert.Equal(command, read);
    }

    [Theory]
    [InlineData(Vectors.B19, ControlCode.PermitClose)]
    [InlineData(Vectors.B20, ControlCode.AlarmOn)]
    public void B19_and_B20_are_commands_until_the_end_of_a_month(string hex, ControlCode code)
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(Vectors.Bytes(hex), out var frame, out _));
        Assert.Equal(ControlParseStatus.Ok, ControlCommand.TryParse(frame, out var command));
        Assert.Equal(new(code, new(2026, 3, 31, 23, 59, 59)), command);
        Assert.Equal(260300000123, frame.Address.Digits);
    }

    [Fact]
    public void B18_is_a_broadcast()
    {
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(Vectors.Bytes(Vectors.B18), out var frame, out _));
        Assert.True(frame.IsBroadcast);
    }

    [Fact]
    public void A_command_with_an_unknown_code_or_a_deadline_that_is_no_time_is_refused()
    {
        Assert.Equal(ControlParseStatus.UnknownCode, Parse("0000000000000000" + "1900244115120518"));
        Assert.Equal(ControlParseStatus.BadDeadline, Parse("0000000000000000" + "1A00244115310218"));
        Assert.Equal(ControlParseStatus.NotControl, Parse("0000000000000000" + "1A"));
    }

    [Theory]
    [InlineData(RelayState.Open)]
    [InlineData(RelayState.Closed)]
    public void The_relay_is_bit_4_of_run_status_word_3(RelayState state)
    {
        var to = new byte[64];
        var bytes = Frames.RelayAnswer(to, new(1), state);
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(to.AsSpan(0, bytes), out var frame, out _));
        Assert.Equal(state == RelayState.Open ? 0x10 : 0, frame[4]);
        Assert.True(RelayStatus.TryRead(frame, out var read));
        Assert.Equal(state, read);
    }

    [Theory]
    [InlineData("1268129078563412681104333334336816", FrameStatus.BadStart)]
    [InlineData("6812907856341B681104333334336816", FrameStatus.BadAddress)]
    [InlineData("681290785634126811C9", FrameStatus.TooLong)]
    public void Damage_is_named(string hex, FrameStatus expected) =>
        Assert.Equal(expected, FrameReader.TryRead(Vectors.Bytes(hex), out _, out _));

    [Fact]
    public void No_bytes_make_the_reader_throw() => Seeds.Run(2_000, random =>
    {
        var bytes = Vectors.Bytes(random.Next(2) == 0 ? Vectors.B03 : Vectors.B11);
        for (var changes = random.Next(1,
            5); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        bytes[^2] = (byte)(bytes[..^2].Sum(b => b) & 0xFF); // So that more than the checksum is reached.
        if (FrameReader.TryRead(bytes, out var frame, out _) != FrameStatus.Complete) return;
        Answer.Of(frame);
        RegisterAnswer.TryRead(frame, out _, out _);
        RelayStatus.TryRead(frame, out _);
        ControlCommand.TryParse(frame, out _);
    });

    private static ControlParseStatus Parse(string data)
    {
        var to = new byte[64];
        var bytes = Frames.Write(to, new(1), ControlByte.Control, Convert.FromHexString(data));
        Assert.Equal(FrameStatus.Complete, FrameReader.TryRead(to.AsSpan(0, bytes), out var frame, out _));
        return ControlCommand.TryParse(frame, out _);
    }
}
