using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>What was tried for messages to customers, and the messages that came from them.</summary>
public interface INoticeStore
{
    Task<Notice?> FindAsync(NoticeId notice, CancellationToken stopping);

    /// <summary>What was tried for these notices, in order of notice and number.</summary>
    Task<IReadOnlyList<NoticeAttempt>> AttemptsAsync(IReadOnlyList<NoticeId> notices, CancellationToken stopping);

    /// <summary>An inbound message by its gateway's id; null when it is new.</summary>
    Task<InboundMessage?> FindInboundAsync(string id, CancellationToken stopping);

    /// <summary>How many messages of a number were answered at or after an instant.</summary>
    Task<long> CountInboundAsync(string phone, Instant since, CancellationToken stopping);

    /// <summary>
    /// Keeps a message and its answer; the one that stands when its id was kept before. Messages of before
    /// <paramref name="keepFrom"/> are dropped.
    /// </summary>
    Task<InboundMessage> KeepInboundAsync(InboundMessage message, Instant keepFrom, CancellationToken stopping);
}

/// <param name="Notice">Whose.</param>
/// <param name="Number">1, 2, 3 ... within its notice.</param>
/// <param name="Channel">On which way.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Detail">The gateway's own word.</param>
public sealed record NoticeAttempt(
    NoticeId Notice, int Number, NoticeChannel Channel, AttemptOutcome Outcome, Instant At, string Detail);

/// <param name="Id">The gateway's own, unique.</param>
/// <param name="Phone">Sender, normalised.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Word">What was understood: balance, stop or other.</param>
/// <param name="Reply">What was answered.</param>
public sealed record InboundMessage(string Id, string Phone, Instant At, string Word, string Reply);
