namespace Meters.Storage.Contract;

/// <summary>
/// A key of the commit was used by another shard in the meantime, or a payment was taken back there; nothing of the
/// commit is stored. The writer reloads its shard and tries again:
/// <see cref="IShardStore.FindPaymentsAsync"/> then finds the key.
/// </summary>
public sealed class PaymentKeyRaceException : Exception
{
    public PaymentKeyRaceException()
    {
    }

    public PaymentKeyRaceException(string message)
        : base(message)
    {
    }

    public PaymentKeyRaceException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>
/// The store was written by a newer version of this program: nothing was changed, nothing can be read.
/// </summary>
public sealed class SchemaTooNewException : Exception
{
    public SchemaTooNewException()
    {
    }

    public SchemaTooNewException(string message)
        : base(message)
    {
    }

    public SchemaTooNewException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
