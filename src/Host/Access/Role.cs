namespace Meters.Host.Access;

/// <summary>What a key may do. Stored by name, in lower case: rename only with a migration.</summary>
public enum Role
{
    /// <summary>Call centre: reads everything that concerns customers.</summary>
    Reader,

    /// <summary>Posts payments, and reads.</summary>
    Cashier,

    /// <summary>Tariffs, policies, accounts and meters, and reads.</summary>
    Billing,

    /// <summary>Commands and holds, and reads.</summary>
    Control,

    /// <summary>Reads, quarantine and raw frames included.</summary>
    Auditor,

    /// <summary>Keys and registry. Moves no money and no relay.</summary>
    Admin,

    /// <summary>Reverses, approves what takes two people, signs days off, and reads. Takes no money.</summary>
    Supervisor,
}

/// <summary>Roles as the store keeps them: names in lower case, comma between them.</summary>
public static class Roles
{
    private const StringSplitOptions Plain = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    public static string Format(IEnumerable<Role> roles) => string.Join(',', roles.Distinct().Order().Select(Tag));

    /// <summary>False for an unknown name, and for no role at all: a key that may do nothing is a mistake.</summary>
    public static bool TryParse(string? text, out IReadOnlyList<Role> roles)
    {
        var found = new List<Role>();
        roles = found;
        foreach (var name in (text ?? "").Split(',', Plain))
        {
            if (!TryParseOne(name, out var role)) return false;
            if (!found.Contains(role)) found.Add(role);
        }

        return found.Count > 0;
    }

    public static bool TryParseOne(string? name, out Role role)
    {
        foreach (var known in Enum.GetValues<Role>())
        {
            role = known;
            if (Tag(known) == name) return true;
        }

        role = default;
        return false;
    }

    public static string Tag(Role role) => role switch
    {
        Role.Reader => "reader",
        Role.Cashier => "cashier",
        Role.Billing => "billing",
        Role.Control => "control",
        Role.Auditor => "auditor",
        Role.Admin => "admin",
        Role.Supervisor => "supervisor",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role."),
    };
}
