using System.Text.Json;
using System.Text.Json.Serialization;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>
/// What stands behind a reading that no terminal sent: who entered it or how it was estimated. It is kept among the raw
/// frames as UTF-8 JSON, so that every reading's frame can be found; a frame of the wire begins with 68H, this with
/// <c>{</c>.
/// </summary>
/// <param name="Kind">estimate, edit, release.</param>
/// <param name="By">A person, or the system.</param>
/// <param name="Note">In the person's words, or the method of an estimate.</param>
/// <param name="Meter">Whose reading.</param>
/// <param name="Register">Number of the register.</param>
/// <param name="Values">Instants and values, tenths of a watt-hour; a value is null where one is taken out.</param>
public sealed record EnteredDocument(
    string Kind, string By, string Note, long Meter, int Register, IReadOnlyList<EnteredValue> Values)
{
    public RawFrame ToFrame(FrameId id, TerminalAddress terminal, Instant at) =>
        new(id, terminal, at, JsonSerializer.SerializeToUtf8Bytes(this, EnteredJson.Default.EnteredDocument));

    /// <summary>Null where the bytes are a frame of the wire.</summary>
    public static EnteredDocument? Read(ReadOnlySpan<byte> bytes) => bytes is [(byte)'{', ..]
        ? JsonSerializer.Deserialize(bytes, EnteredJson.Default.EnteredDocument)
        : null;
}

public sealed record EnteredValue(string At, long? TenthsWh);

[JsonSerializable(typeof(EnteredDocument))]
internal sealed partial class EnteredJson : JsonSerializerContext;
