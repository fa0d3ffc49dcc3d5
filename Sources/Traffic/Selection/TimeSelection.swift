import Interchange

/// A span of time, its beginning included and its end not: `[since, until)`.
public struct TimeSelection: Sendable {
  @usableFromInline let firstNanoseconds: Int64
  @usableFromInline let lastNanoseconds: Int64

  /// From `since` to before `until`; nil where it holds no moment. A side that is not told has no bound.
  public init?(since: Timestamp? = nil, until: Timestamp? = nil) {
    firstNanoseconds = since?.nanoseconds ?? .min
    guard let until else {
      lastNanoseconds = .max
      return
    }
    guard firstNanoseconds < until.nanoseconds else { return nil }
    lastNanoseconds = until.nanoseconds - 1
  }

  /// Whether a moment, in nanoseconds since the epoch, is in it.
  @inlinable @inline(__always)
  public func contains(nanoseconds: Int64) -> Bool { nanoseconds >= firstNanoseconds && nanoseconds <= lastNanoseconds }
}
