using System.Globalization;
using Meters.Host.Api;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Import;

/// <param name="Field">Name of the field, as the file or the API writes it.</param>
/// <param name="Sentence">What is wrong, in plain words.</param>
public sealed record RecordFault(string Field, string Sentence);

/// <summary>
/// What a registry record must satisfy by itself, whether it comes by file or by HTTP. References are the store's
/// business.
/// </summary>
public static class RecordChecks
{
    public const int NameLengthMax = 200;
    public const int WordLengthMax = 64;
    public const int MultiplierMax = 1_000_000;
    public const int PointMax = 2_040;

    /// <summary>Largest load of one customer, watts.</summary>
    public const int SanctionedWattsMax = 1_000_000_000;

    private static readonly string PlaceSentence = $"must have at most {WordLengthMax} characters, none of control.";

    public static IEnumerable<RecordFault> Of(AccountRecord account)
    {
        if (!IsId(account.Id.Value)) yield return new("id", IdSentence);
        if (!IsText(account.Name, 1, NameLengthMax))
        {
            yield return new("name", $"must have 1 to {NameLengthMax} characters, none of control.");
        }

        if (account.Phone.Length > 0 && !PhoneNumbers.TryNormalise(account.Phone, out _))
        {
            yield return new("phone",
                $"'{Texts.Shown(account.Phone)}' is not a phone number: 5 to 15 digits, + before a country code.");
        }

        if (account.Language is not ("en" or "zh")) yield return new("language", "must be en or zh.");
        if (!Currency.TryParse(account.Currency, out _))
        {
            yield return new("currency",
                $"'{Texts.Shown(account.Currency)}' is not known here: use an ISO 4217 code such as CNY.");
        }

        if (!IsWord(account.Tariff)) yield return new("tariff", WordSentence);
        if (!IsWord(account.Policy)) yield return new("policy", WordSentence);
        if (account.Shard < 0) yield return new("shard", "must not be negative.");
        if (account.SanctionedWatts is < 1 or > SanctionedWattsMax)
        {
            yield return new("sanctionedWatts", $"must be 1 to {SanctionedWattsMax}.");
        }

        if (account.LoadWatts is < 0 or > SanctionedWattsMax)
        {
            yield return new("loadWatts", $"must be 0 to {SanctionedWattsMax}.");
        }

        if (!IsText(account.Region, 0, WordLengthMax)) yield return new("region", PlaceSentence);
        if (!IsText(account.Feeder, 0, WordLengthMax)) yield return new("feeder", PlaceSentence);
    }

    public static IEnumerable<RecordFault> Of(MeterRecord meter)
    {
        if (!IsId(meter.Id.Value)) yield return new("id", IdSentence);
        if (meter.Address.Digits is < 0 or > MeterAddress.Max) yield return new("address", MeterAddressSentence);
        if (meter.Point is < 1 or > PointMax) yield return new("point", $"must be 1 to {PointMax}.");
        if (meter.Multiplier is < 1 or > MultiplierMax)
        {
            yield return new("multiplier", $"must be 1 to {MultiplierMax}.");
        }

        if (!IsId(meter.Account.Value)) yield return new("account", IdSentence);
    }

    public static IEnumerable<RecordFault> Of(TerminalRecord terminal)
    {
        if (terminal.Address == TerminalAddress.Broadcast) yield return new("address", "is the broadcast address.");
        if (!IsText(terminal.Name, 1, NameLengthMax))
        {
            yield return new("name", $"must have 1 to {NameLengthMax} characters, none of control.");
        }

        if (!LocalZone.TryParse(terminal.Zone, out _))
        {
            yield return new("zone",
                $"'{Texts.Shown(terminal.Zone)}' is neither an IANA zone nor an offset such as +08:00.");
        }

        if (!IsText(terminal.Feeder, 0, NameLengthMax))
        {
            yield return new("feeder", $"must have at most {NameLengthMax} characters, none of control.");
        }
    }

    public const string IdSentence = "must be a whole number from 1 to 9007199254740991.";
    public const string WordSentence = "must have 1 to 64 letters, digits or . _ -";
    public const string MeterAddressSentence = "must be the twelve digits of a DL/T 645 address.";
    public const string TerminalAddressSentence = "must be region and terminal as 4403-00004.";

    public static bool IsId(long id) => id is >= 1 and <= Texts.IdMax;

    /// <summary>Ids of tariffs and policies.</summary>
    public static bool IsWord(string? word) =>
        word is { Length: > 0 and <= WordLengthMax }
        && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>What a request for a move of an account says; the instant from which it holds.</summary>
    public static Instant OfMove(AccountTariffRequest request, ICollection<RecordFault> faults)
    {
        if (!IsId(request.Account)) faults.Add(new("account", IdSentence));
        if (!IsWord(request.Tariff)) faults.Add(new("tariff", WordSentence));
        if (!Texts.TryReadInstant(request.From, out var from)) faults.Add(new("from", Texts.InstantSentence));
        if (!IsText(request.Reason, 0, Changes.ChangeDesk.NoteLengthMax))
        {
            faults.Add(new("reason", $"must have up to {Changes.ChangeDesk.NoteLengthMax} characters."));
        }

        return from;
    }

    public static bool IsText(string? text, int lengthMin, int lengthMax) =>
        text is not null && text.Length >= lengthMin && text.Length <= lengthMax && !text.Any(char.IsControl)
        && (lengthMin == 0 || text.Trim().Length > 0);

    public static bool TryReadMeterAddress(string? text, out MeterAddress address)
    {
        address = default;
        if (text is not { Length: 12 }
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var digits))
        {
            return false;
        }

        address = new(digits);
        return true;
    }

    /// <summary>Exactly what <see cref="TerminalAddress.ToString"/> writes; terminal number 0 is nobody's.</summary>
    public static bool TryReadTerminal(string? text, out TerminalAddress address) =>
        TerminalAddress.TryParse(text, out address) && address.ToString() == text && address.Raw >> 16 != 0;
}
