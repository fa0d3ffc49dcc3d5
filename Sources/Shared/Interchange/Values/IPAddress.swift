/// An IPv4 or IPv6 address as a value of 16 bytes and a version.
///
/// IPv4 addresses stand in the low 32 bits. Order: all of IPv4 before all of IPv6, then by number.
public struct IPAddress: Hashable, Sendable {
  /// The upper 64 bits; 0 for IPv4.
  public var high: UInt64
  /// The lower 64 bits; for IPv4 the address is in the lowest 32.
  public var low: UInt64
  /// Whether this is an IPv6 address.
  public var isIPv6: Bool

  /// The IPv4 address of a number in host order: 0x0A000001 is 10.0.0.1.
  @inlinable
  public init(v4 number: UInt32) {
    high = 0
    low = UInt64(number)
    isIPv6 = false
  }

  /// The IPv6 address of two halves in host order.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
    isIPv6 = true
  }

  /// Reads the dotted form (RFC 6943 strict: four decimal parts, no leading zeros) or an RFC 4291 §2.2 form; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let text = Array(text.utf8)
    if text.contains(0x3A) {
      guard let groups = Self.groups(text) else { return nil }
      func half(_ part: ArraySlice<UInt16>) -> UInt64 { part.reduce(0) { $0 << 16 | UInt64($1) } }
      self.init(high: half(groups[0..<4]), low: half(groups[4..<8]))
    } else {
      guard let number = Self.dotted(text[...]) else { return nil }
      self.init(v4: number)
    }
  }

  private static func dotted(_ text: ArraySlice<UInt8>) -> UInt32? {
    let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var number: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30 else { return nil }
      var value: UInt32 = 0
      for byte in part {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + UInt32(byte - 0x30)
      }
      guard value <= 255 else { return nil }
      number = number << 8 | value
    }
    return number
  }

  /// Eight groups of 16 bits, with at most one `::` and possibly a dotted tail.
  private static func groups(_ text: [UInt8]) -> [UInt16]? {
    func list(_ part: ArraySlice<UInt8>, isTail: Bool) -> [UInt16]? {
      if part.isEmpty { return [] }
      var result: [UInt16] = []
      let fields = part.split(separator: 0x3A, omittingEmptySubsequences: false)
      for (index, field) in fields.enumerated() {
        if isTail, index == fields.count - 1, field.contains(0x2E) {
          guard let number = dotted(field) else { return nil }
          result += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
          continue
        }
        guard (1...4).contains(field.count) else { return nil }
        var value: UInt16 = 0
        for byte in field {
          let digit: UInt8
          switch byte {
          case 0x30...0x39: digit = byte - 0x30
          case 0x61...0x66: digit = byte - 0x61 + 10
          case 0x41...0x46: digit = byte - 0x41 + 10
          default: return nil
          }
          value = value << 4 | UInt16(digit)
        }
        result.append(value)
      }
      return result
    }
    var gap: Int?
    var index = 0
    while index + 1 < text.count {
      if text[index] == 0x3A, text[index + 1] == 0x3A {
        guard gap == nil else { return nil }
        gap = index
        index += 1
      }
      index += 1
    }
    guard let gap else {
      guard let all = list(text[...], isTail: true), all.count == 8 else { return nil }
      return all
    }
    guard let front = list(text[..<gap], isTail: false), let back = list(text[(gap + 2)...], isTail: true), front.count + back.count <= 7
    else { return nil }
    return front + Array(repeating: 0, count: 8 - front.count - back.count) + back
  }
}

extension IPAddress: Comparable {
  /// IPv4 before IPv6, then by number.
  @inlinable
  public static func < (a: IPAddress, b: IPAddress) -> Bool {
    if a.isIPv6 != b.isIPv6 { return b.isIPv6 }
    return a.high != b.high ? a.high < b.high : a.low < b.low
  }
}

extension IPAddress: CustomStringConvertible {
  /// The dotted form, or the RFC 5952 form of an IPv6 address.
  public var description: String {
    var writer = ByteWriter()
    writer.address(self)
    return writer.takeString()
  }
}
