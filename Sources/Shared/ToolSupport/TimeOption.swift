import ArgumentParser
import Interchange

/// A moment on a command line: RFC 3339 with its zone (`2026-11-21T03:46:42Z`, `…42.5+01:00`), a date alone for its midnight in UTC
/// (`2026-11-21`), or seconds since the epoch (`@1795232802.25`).
public struct TimeOption: ExpressibleByArgument, Sendable, CustomStringConvertible {
  /// What help and messages say of the syntax.
  public static let syntax = "2026-11-21T03:46:42Z, 2026-11-21T04:46:42.5+01:00, 2026-11-21 or @1795232802.25"

  /// The moment.
  public let timestamp: Timestamp

  /// That moment.
  public init(_ timestamp: Timestamp) { self.timestamp = timestamp }

  /// Reads one of the forms; nil for anything else, for more than nine decimals, and outside the years 1678 to 2262.
  public init?(argument: String) {
    let read =
      argument.first == "@"
      ? Self.seconds(argument.dropFirst()) : Timestamp(rfc3339: argument) ?? Timestamp(rfc3339: argument + "T00:00:00Z")
    guard let read else { return nil }
    timestamp = read
  }

  /// Seconds since the epoch with at most nine decimals; negative before 1970.
  private static func seconds(_ text: Substring) -> Timestamp? {
    let isNegative = text.first == "-"
    let parts = (isNegative ? text.dropFirst() : text).split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }),
      let whole = Int64(parts[0])
    else { return nil }
    var fraction: Int64 = 0
    if parts.count == 2 {
      guard parts[1].utf8.count <= 9, let digits = Int64(parts[1]) else { return nil }
      fraction = (parts[1].utf8.count..<9).reduce(digits) { product, _ in product * 10 }
    }
    let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowSum) = product.addingReportingOverflow(fraction)
    guard !overflow, !overflowSum else { return nil }
    return Timestamp(nanoseconds: isNegative ? -sum : sum)
  }

  /// The RFC 3339 text.
  public var description: String { timestamp.rfc3339 }
  /// What help shows as the default.
  public var defaultValueDescription: String { description }
}
