import Glibc
import Synchronization

/// How often the operator (or the system's shutdown) has asked to stop: SIGINT and SIGTERM, counted.
///
/// Once: the step in hand is finished, then the walk stops. Twice: a command in hand is ended, which counts as its failure.
public struct Interruption: Sendable {
  /// A signal handler may touch nothing but a lock-free counter, and can reach it only where it is global.
  private static let signals = Atomic<Int>(0)
  private let base: Int
  private let listens: Bool

  /// Counts the signals from now on; installs the handlers.
  public static func ofSignals() -> Interruption {
    for number in [SIGINT, SIGTERM] { _ = signal(number) { _ in Interruption.signals.add(1, ordering: .relaxed) } }
    return Interruption(base: signals.load(ordering: .relaxed), listens: true)
  }

  /// Never interrupted.
  public static let never = Interruption(base: 0, listens: false)

  /// How often it was asked.
  public var count: Int { listens ? Self.signals.load(ordering: .relaxed) - base : 0 }

  /// Waits until it has been asked that often, or the task is cancelled.
  func wait(until times: Int) async {
    while count < times, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
  }
}
