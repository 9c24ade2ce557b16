using System.Text;

namespace Meters.Host.Import;

/// <summary>A file from disk as text for the parsers: UTF-8 with or without a mark, bounded.</summary>
public static class ImportFile
{
    /// <summary>Largest file, in bytes.</summary>
    public const long BytesMax = 256L * 1024 * 1024;

    /// <summary>Null and a fault where it is absent, too large or not UTF-8.</summary>
    public static async Task<(string? Text, LineFault? Fault)> ReadAsync(string path, CancellationToken stopping)
    {
        try
        {
            if (Directory.Exists(path)) return (null, new(0, "", $"{path} is a folder."));
            if (!File.Exists(path)) return (null, new(0, "", $"{path} is not there."));
            if (new FileInfo(path).Length > BytesMax)
            {
                return (null, new(0, "", $"{path} is larger than {BytesMax} bytes: divide it."));
            }

            var bytes = await File.ReadAllBytesAsync(path, stopping);
            var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
            return (strict.GetString(bytes), null);
        }
        catch (DecoderFallbackException fault)
        {
            return (null,
                new(0, "", $"{path} is not UTF-8 (byte {fault.Index + 1}). A spreadsheet saves it as \"CSV UTF-8\"."));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return (null, new(0, "", $"{path} cannot be read: {fault.Message}"));
        }
    }
}
