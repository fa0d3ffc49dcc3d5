import Interchange
import Packets

/// A set of addresses and networks; an edge is chosen where at least one of its ends is in it.
///
/// IPv4 and IPv6 are apart: an IPv4-mapped IPv6 address is not the IPv4 address that it names.
public struct HostSelection: Sendable, CustomStringConvertible {
  /// Disjoint ranges in ascending order, first and last included: found by bisection.
  private let ranges4: [ClosedRange<UInt64>]
  private let ranges6: [ClosedRange<Wide>]

  /// The number of an IPv6 address.
  struct Wide: Comparable, Sendable {
    var high: UInt64
    var low: UInt64

    static func < (a: Wide, b: Wide) -> Bool { a.high != b.high ? a.high < b.high : a.low < b.low }
  }

  init(_ networks: [(first: IPAddress, last: IPAddress)]) {
    ranges4 = Self.joined(networks.filter { !$0.first.isIPv6 }.map { $0.first.low...$0.last.low })
    ranges6 = Self.joined(
      networks.filter(\.first.isIPv6).map {
        Wide(high: $0.first.high, low: $0.first.low)...Wide(high: $0.last.high, low: $0.last.low)
      })
  }

  /// Whether an address is in the set; IPv4 stands in the low 32 bits, as a packet's summary has it.
  public func contains(high: UInt64, low: UInt64, isIPv6: Bool) -> Bool {
    isIPv6 ? Self.find(Wide(high: high, low: low), in: ranges6) : Self.find(low, in: ranges4)
  }

  /// Whether an address is in the set.
  public func contains(_ address: IPAddress) -> Bool { contains(high: address.high, low: address.low, isIPv6: address.isIPv6) }

  /// Whether the sender or the receiver of a packet is in the set.
  public func accepts(_ packet: PacketSummary) -> Bool {
    contains(high: packet.sourceHigh, low: packet.sourceLow, isIPv6: packet.isIPv6)
      || contains(high: packet.destinationHigh, low: packet.destinationLow, isIPv6: packet.isIPv6)
  }

  /// The ranges as text, in order: `10.0.0.0-10.255.255.255,192.168.1.5`.
  public var description: String {
    let v4 = ranges4.map { range in
      (IPAddress(v4: UInt32(truncatingIfNeeded: range.lowerBound)), IPAddress(v4: UInt32(truncatingIfNeeded: range.upperBound)))
    }
    let v6 = ranges6.map { range in
      (
        IPAddress(high: range.lowerBound.high, low: range.lowerBound.low), IPAddress(high: range.upperBound.high, low: range.upperBound.low)
      )
    }
    return (v4 + v6).map { first, last in first == last ? "\(first)" : "\(first)-\(last)" }.joined(separator: ",")
  }

  /// The same numbers in ranges that do not overlap, in order.
  private static func joined<Number: Comparable>(_ ranges: [ClosedRange<Number>]) -> [ClosedRange<Number>] {
    var result: [ClosedRange<Number>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }

  private static func find<Number: Comparable>(_ number: Number, in ranges: [ClosedRange<Number>]) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= number
  }
}
