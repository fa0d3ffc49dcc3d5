import ArgumentParser
import Interchange

/// A length of time on a command line: a decimal number with a unit (`ns`, `us`, `ms`, `s`, `m`, `h`, `d`), such as `5m` or `0.5s`.
public struct DurationOption: ExpressibleByArgument, Sendable, CustomStringConvertible {
  /// The length in nanoseconds.
  public let nanoseconds: UInt64

  private static let units: [(name: String, nanoseconds: UInt64)] = [
    ("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
  ]

  /// That many seconds.
  public init(seconds: UInt64) { nanoseconds = seconds * 1_000_000_000 }

  /// Reads a number and a unit; nil for anything else, for more decimals than the unit holds, and beyond 292 years.
  public init?(argument: String) {
    let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let unit = Self.units.first(where: { $0.name == argument.dropFirst(number.count) }) else { return nil }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = UInt64(parts[0]) else { return nil }
    let (product, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
    // Far from the limits of 64 bits, so that the decimals can be added.
    guard !overflow, product <= UInt64(Int64.max) else { return nil }
    var sum = product
    if parts.count == 2 {
      var place = unit.nanoseconds
      guard !parts[1].isEmpty else { return nil }
      for digit in parts[1] {
        guard place % 10 == 0, let value = digit.wholeNumberValue else { return nil }
        place /= 10
        sum += UInt64(value) * place
      }
    }
    guard sum <= UInt64(Int64.max) else { return nil }
    nanoseconds = sum
  }

  /// The length in the largest unit that holds it without a fraction.
  public var description: String {
    let unit = Self.units.last { nanoseconds % $0.nanoseconds == 0 && nanoseconds >= $0.nanoseconds } ?? Self.units[3]
    return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
  }
  /// What help shows as the default.
  public var defaultValueDescription: String { description }
}
