import ArgumentParser

/// An amount of memory on a command line: whole bytes, or a whole number of `K`, `M` or `G` (1024, also `KiB`, `MiB`, `GiB`), as `256M`.
///
/// `KB` and its like are refused, because some mean 1000 by them.
public struct ByteSizeOption: ExpressibleByArgument, Sendable, CustomStringConvertible {
  /// The amount in bytes.
  public let byteCount: UInt64

  private static let units: [(names: [String], byteCount: UInt64)] = [
    (["", "B"], 1), (["K", "k", "KiB"], 1 << 10), (["M", "m", "MiB"], 1 << 20), (["G", "g", "GiB"], 1 << 30),
  ]

  /// That many bytes.
  public init(byteCount: UInt64) { self.byteCount = byteCount }

  /// Reads a whole number and a unit; nil for anything else and from 2^63 bytes on.
  public init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let name = argument.dropFirst(digits.count)
    guard let number = UInt64(digits), let unit = Self.units.first(where: { $0.names.contains(String(name)) }) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit.byteCount)
    guard !overflow, product <= UInt64(Int64.max) else { return nil }
    byteCount = product
  }

  /// Throws what was found and what is possible where the amount is outside the bounds; `option` is what it was given to.
  public func require(in bounds: ClosedRange<UInt64>, option: String) throws(ValidationError) {
    guard !bounds.contains(byteCount) else { return }
    let (least, most) = (ByteSizeOption(byteCount: bounds.lowerBound), ByteSizeOption(byteCount: bounds.upperBound))
    throw ValidationError("\(option) \(self) is too \(byteCount < bounds.lowerBound ? "little" : "much"): it takes \(least) to \(most).")
  }

  /// The amount in the largest unit that holds it whole.
  public var description: String {
    let unit = Self.units.last { byteCount > 0 && byteCount % $0.byteCount == 0 } ?? Self.units[0]
    return "\(byteCount / unit.byteCount)\(unit.names[0])"
  }
  /// What help shows as the default.
  public var defaultValueDescription: String { description }
}
