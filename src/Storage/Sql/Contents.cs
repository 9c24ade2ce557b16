namespace Meters.Storage.Sql;

/// <summary>Whether a store is in use.</summary>
internal static class Contents
{
    /// <summary>One number: 1 when readings are stored or anything is registered.</summary>
    public const string AnyText =
        """
        SELECT CASE WHEN EXISTS (SELECT 1 FROM reading) OR EXISTS (SELECT 1 FROM account)
            OR EXISTS (SELECT 1 FROM terminal) OR EXISTS (SELECT 1 FROM tariff) OR EXISTS (SELECT 1 FROM policy)
            THEN 1 ELSE 0 END
        """;
}
