using System.Buffers;

namespace Meters.Control.Notices;

/// <summary>
/// 3GPP TS 23.038: a text within the default alphabet takes 7 bits a character, every other text 16. Decides the coding
/// and how many parts a message has.
/// </summary>
public static class GsmAlphabet
{
    /// <summary>Parts of one message at most: what a gateway sends without being asked twice.</summary>
    public const int PartsMax = 10;

    private static readonly SearchValues<char> Basic = SearchValues.Create(
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
        + "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");

    /// <summary>Behind an escape: two septets each.</summary>
    private static readonly SearchValues<char> Extended = SearchValues.Create("^{}\\[~]|€\f");

    public static bool Fits(string text) => Septets(text) is not null;

    /// <summary>160 septets or 70 UTF-16 units in a single part; 153 and 67 in each of several.</summary>
    public static int Parts(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Septets(text) is { } septets ? Parts(septets, 160, 153) : Parts(text.Length, 70, 67);
    }

    private static int Parts(int units, int single, int each) => units <= single ? 1 : (units + each - 1) / each;

    private static int? Septets(string text)
    {
        var septets = 0;
        foreach (var c in text)
        {
            if (Basic.Contains(c)) septets++;
            else if (Extended.Contains(c)) septets += 2;
            else return null;
        }

        return septets;
    }
}
