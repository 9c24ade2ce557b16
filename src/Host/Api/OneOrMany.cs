using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meters.Host.Api;

/// <summary>A body that is one object or an array of them.</summary>
[JsonConverter(typeof(OneOrManyConverterFactory))]
public sealed record OneOrMany<T>(IReadOnlyList<T> Items);

public sealed class OneOrManyConverterFactory : JsonConverterFactory
{
    /// <summary>Items in one body at most; more is a 400 that says so.</summary>
    public const int ItemsMax = 10_000;

    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert is { IsGenericType: true } && typeToConvert.GetGenericTypeDefinition() == typeof(OneOrMany<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<OneOrMany<T>>
    {
        public override OneOrMany<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray) return new([One(ref reader, options, "$")]);
            var items = new List<T>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == ItemsMax) throw new JsonException(null, $"$[{ItemsMax}]", null, null);
                items.Add(One(ref reader, options, $"$[{items.Count}]"));
            }

            return new(items);
        }

        public override void Write(Utf8JsonWriter writer, OneOrMany<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Items, options);

        // The serializer's path begins anew with each item: put the item's place before it.
        private static T One(ref Utf8JsonReader reader, JsonSerializerOptions options, string place)
        {
            try
            {
                return JsonSerializer.Deserialize<T>(ref reader, options)
                    ?? throw new JsonException("null is not an item.");
            }
            catch (JsonException fault)
            {
                var path = place + (fault.Path ?? "$").TrimStart('$');
                throw new JsonException(fault.Message, path, fault.LineNumber, fault.BytePositionInLine, fault);
            }
        }
    }
}
