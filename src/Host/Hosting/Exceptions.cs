namespace Meters.Host.Hosting;

/// <summary>
/// A part of the running service has stopped by a fault; the process should stop, and be started again.
/// </summary>
public sealed class ServiceFailedException : Exception
{
    public ServiceFailedException()
    {
    }

    public ServiceFailedException(string message)
        : base(message)
    {
    }

    public ServiceFailedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ServiceFailedException(Exception inner)
        : base("A part of the service has stopped: " + inner.Message, inner)
    {
    }
}

/// <summary>Another process runs on the same store.</summary>
public sealed class StoreInUseException : IOException
{
    public StoreInUseException()
    {
    }

    public StoreInUseException(string message)
        : base(message)
    {
    }

    public StoreInUseException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
