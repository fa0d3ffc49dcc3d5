/// Bytes under construction: numbers in the order that a format asks for.
public struct NetworkBytes: Sendable {
  /// What was put together so far.
  public private(set) var bytes: [UInt8] = []
  private let isBigEndian: Bool

  /// Nothing yet; numbers are written in network order unless told otherwise.
  public init(bigEndian: Bool = true) { isBigEndian = bigEndian }

  /// Writes a number in all of its bytes.
  public mutating func number(_ value: some FixedWidthInteger) {
    let ordered = isBigEndian ? value.bigEndian : value.littleEndian
    unsafe withUnsafeBytes(of: ordered) { unsafe bytes.append(contentsOf: $0) }
  }

  /// Writes bytes as they are.
  public mutating func raw(_ more: [UInt8]) { bytes += more }

  /// Fills up with zeros to a multiple of four.
  public mutating func pad() { bytes += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4) }
}

/// The bytes of numbers in network order.
public func network(_ build: (inout NetworkBytes) -> Void) -> [UInt8] {
  var bytes = NetworkBytes()
  build(&bytes)
  return bytes.bytes
}
