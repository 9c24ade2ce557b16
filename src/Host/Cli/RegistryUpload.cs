using System.Text;
using System.Text.Json;
using Meters.Host.Api;

namespace Meters.Host.Cli;

/// <summary>
/// Records of the registry in as few requests as the service's limits allow; one request is all or nothing.
/// </summary>
public static class RegistryUpload
{
    /// <summary>Bytes of one body; the rest up to the service's limit is for the brackets.</summary>
    private const long PartBytesMax = BodyLimits.BulkBytesMax - 16;

    public static async Task SendAsync<T>(
        ServiceClient service, string kind, IReadOnlyList<T> records, ImportReport report, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(report);
        report.Rows = records.Count;
        var first = 0;
        foreach (var (count, body) in Parts(records))
        {
            var (from, to) = (first + 1, first + count);
            first = to;
            ServiceAnswer answer;
            try
            {
                answer = await service.PostTextAsync("/" + kind, body, stopping);
            }
            catch (HttpRequestException fault)
            {
                report.AddAway(fault.Message);
                return;
            }

            if (answer.IsGood)
            {
                report.Taken += count;
                continue;
            }

            report.AddRefusal($"records {from} to {to}, counted from 1, in brackets from 0", answer);
            if (report.IsOver) return;
            report.Refused += count;
        }
    }

    /// <summary>JSON arrays within the limits of one request.</summary>
    public static IEnumerable<(int Count, string Body)> Parts<T>(IReadOnlyList<T> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var body = new StringBuilder();
        var (count, bytes) = (0, 0L);
        foreach (var record in records)
        {
            var item = JsonSerializer.Serialize(record, ServiceClient.Form);
            var size = Encoding.UTF8.GetByteCount(item) + 1;
            if (count > 0 && (count == OneOrManyConverterFactory.ItemsMax || bytes + size > PartBytesMax))
            {
                yield return (count, $"[{body}]");
                body.Clear();
                (count, bytes) = (0, 0);
            }

            if (count > 0) body.Append(',');
            body.Append(item);
            count++;
            bytes += size;
        }

        if (count > 0) yield return (count, $"[{body}]");
    }
}
