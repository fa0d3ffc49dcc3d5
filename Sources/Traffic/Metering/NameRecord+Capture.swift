import Capture
import Interchange

extension NameRecord {
  /// The documents' records of the names that captures give, by address.
  static func records(of names: CapturedNames) -> [NameRecord] {
    names.sorted.map { address, names in
      NameRecord(
        address: address.isIPv6
          ? IPAddress(high: address.high, low: address.low) : IPAddress(v4: UInt32(truncatingIfNeeded: address.low)), names: names)
    }
  }
}
