namespace Meters.Host.Access;

/// <summary>What an endpoint asks for, and the roles that may. One table; a test holds it.</summary>
public static class AccessPolicies
{
    public const string Read = "read";
    public const string Pay = "pay";
    public const string Registry = "registry";
    public const string Tariffs = "tariffs";
    public const string Control = "control";
    public const string Quarantine = "quarantine";
    public const string Readings = "readings";
    public const string Keys = "keys";

    /// <summary>Asking for what a second person decides.</summary>
    public const string Ask = "ask";

    /// <summary>Deciding it; and what a cashier may not do.</summary>
    public const string Supervise = "supervise";

    /// <summary>Stopping all cuts: whoever sees that something is wrong.</summary>
    public const string StopCuts = "stop_cuts";

    /// <summary>Letting cuts go that were stopped or quarantined: the second of two persons.</summary>
    public const string Release = "release";

    /// <summary>The office's own work on the ledger.</summary>
    public const string Office = "office";

    public static readonly IReadOnlyDictionary<string, IReadOnlyList<Role>> Allowed =
        new Dictionary<string, IReadOnlyList<Role>>
        {
            [Read] = [Role.Reader, Role.Cashier, Role.Billing, Role.Control, Role.Auditor, Role.Admin, Role.Supervisor],
            [Pay] = [Role.Cashier],
            [Registry] = [Role.Billing, Role.Admin],
            [Tariffs] = [Role.Billing],
            [Control] = [Role.Control],
            [Quarantine] = [Role.Auditor, Role.Billing],
            [Readings] = [Role.Billing],
            [Keys] = [Role.Admin],
            [Ask] = [Role.Cashier, Role.Billing, Role.Supervisor],
            [Supervise] = [Role.Supervisor],
            [StopCuts] = [Role.Control, Role.Admin, Role.Supervisor],
            [Release] = [Role.Control, Role.Supervisor],
            [Office] = [Role.Billing, Role.Supervisor],
        };
}
