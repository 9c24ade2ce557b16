using System.Reflection;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>A store whose calls can be made to fail, before or after they have happened.</summary>
public class BreakableStore : DispatchProxy
{
    private static readonly MethodInfo Awaited = typeof(BreakableStore).GetMethod(
        nameof(CallAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private object _inner = new();
    private Hooks _hooks = new();

    internal static IStore Over(IStore inner, Hooks hooks) => Wrap(inner, hooks);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        if (method.ReturnType == typeof(Task)) return CallAsync<object?>(method, args);
        if (method.ReturnType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Task<>))
        {
            return Awaited.MakeGenericMethod(type.GenericTypeArguments).Invoke(this, [method, args]);
        }

        return Wrapped(method.Invoke(_inner, args));
    }

    private async Task<T> CallAsync<T>(MethodInfo method, object?[]? args)
    {
        var name = $"{method.DeclaringType!.Name}.{method.Name}";
        await _hooks.RunAsync(name, Moment.Before);
        var task = (Task)method.Invoke(_inner, args)!;
        await task;
        await _hooks.RunAsync(name, Moment.After);
        return task is Task<T> { Result: var result } ? (T)Wrapped(result)! : default!;
    }

    private object? Wrapped(object? value) => value switch
    {
        IShardStore shard => Wrap(shard, _hooks),
        IControlStore control => Wrap(control, _hooks),
        IRegistryStore registry => Wrap(registry, _hooks),
        ICompletenessStore completeness => Wrap(completeness, _hooks),
        IClockStore clocks => Wrap(clocks, _hooks),
        _ => value,
    };

    private static T Wrap<T>(T inner, Hooks hooks)
        where T : class
    {
        var made = Create<T, BreakableStore>();
        var proxy = (BreakableStore)(object)made;
        (proxy._inner, proxy._hooks) = (inner, hooks);
        return made;
    }
}

public enum Moment
{
    /// <summary>Nothing has happened yet.</summary>
    Before,

    /// <summary>It has happened, and the caller does not know.</summary>
    After,
}

/// <summary>What happens at which call.</summary>
internal sealed class Hooks
{
    private readonly List<(string Call, Moment Moment, Func<Task> Work)> _waiting = [];

    /// <summary>At the next such call, once.</summary>
    public void At(string call, Moment moment, Func<Task> work) => _waiting.Add((call, moment, work));

    /// <summary>The next such call fails, once.</summary>
    public void Break(string call, Moment moment) =>
        At(call, moment, () => Task.FromException(new StoreUnavailableException("The connection broke.")));

    public Task RunAsync(string call, Moment moment)
    {
        var at = _waiting.FindIndex(w => w.Call == call && w.Moment == moment);
        if (at < 0) return Task.CompletedTask;
        var work = _waiting[at].Work;
        _waiting.RemoveAt(at);
        return work();
    }
}
