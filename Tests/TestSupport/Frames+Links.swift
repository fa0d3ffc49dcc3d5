/// Link headers beyond Ethernet and what is like it.
extension Frames {
  /// LLC and SNAP with an IP packet's Ethernet type.
  public static func snapHeader(_ packet: [UInt8]) -> [UInt8] { [0xAA, 0xAA, 3, 0, 0, 0] + network { $0.number(etherType(packet)) } }

  /// An 802.11 data frame: four addresses, quality of service (with aggregation) and high-throughput control where asked for.
  public static func wireless(
    fourAddresses: Bool = false, quality: Bool = false, isAggregate: Bool = false, throughput: Bool = false, isPadded: Bool = false,
    _ packet: [UInt8]
  ) -> [UInt8] {
    var header: [UInt8] = [quality ? 0x88 : 0x08, (fourAddresses ? 3 : 1) | (throughput ? 0x80 : 0), 0, 0]
    header += [UInt8](repeating: 2, count: 18) + [0x10, 0]
    if fourAddresses { header += [UInt8](repeating: 4, count: 6) }
    if quality { header += [isAggregate ? 0x80 : 0, 0] }
    if throughput { header += [0, 0, 0, 0] }
    if isPadded { header += [UInt8](repeating: 0, count: (4 - header.count % 4) % 4) }
    if isAggregate { header += [UInt8](repeating: 2, count: 12) + network { $0.number(UInt16(8 + packet.count)) } }
    return header + snapHeader(packet) + packet
  }

  /// Radiotap with a time stamp and flags, and so many further words of present fields.
  public static func radiotap(flags: UInt8 = 0, words: Int = 0, _ frame: [UInt8]) -> [UInt8] {
    var header = network { bytes in
      for place in 0..<words { bytes.raw([place == 0 ? 3 : 0, 0, 0, 0x80]) }
      bytes.raw([words == 0 ? 3 : 0, 0, 0, 0])
    }
    header += [UInt8](repeating: 0, count: (8 - (4 + header.count) % 8) % 8) + [UInt8](repeating: 1, count: 8) + [flags]
    return [0, 0, UInt8(4 + header.count), 0] + header + frame
  }

  /// Netfilter's log with two attributes before the packet.
  public static func nflog(bigEndian: Bool = false, _ packet: [UInt8]) -> [UInt8] {
    var bytes = NetworkBytes(bigEndian: bigEndian)
    bytes.raw([etherType(packet) == 0x86DD ? 10 : 2, 0, 0, 5])
    bytes.number(8 as UInt16)
    bytes.number(1 as UInt16)
    bytes.raw([8, 0, 1, 0])
    bytes.number(5 as UInt16)
    bytes.number(10 as UInt16)
    bytes.raw([0, 0, 0, 0])
    bytes.number(UInt16(4 + packet.count))
    bytes.number(9 as UInt16)
    bytes.raw(packet)
    return bytes.bytes
  }

  /// ERF of a type with so many extension headers.
  public static func erf(_ type: UInt8, extensions: Int = 0, _ payload: [UInt8]) -> [UInt8] {
    [0, 0, 0, 0, 0, 0, 0, 0, extensions > 0 ? type | 0x80 : type, 4, 0, 90, 0, 0, 0, 90]
      + (0..<extensions).flatMap { [$0 + 1 < extensions ? 0x81 : 0x01, 0, 0, 0, 0, 0, 0, 0] as [UInt8] } + payload
  }

  /// A per-packet information header before a frame of another link type.
  public static func ppi(_ link: UInt8, _ frame: [UInt8]) -> [UInt8] { [0, 0, 12, 0, link, 0, 0, 0, 1, 2, 3, 4] + frame }

  /// Apple's header before a frame of another link type.
  public static func pktap(_ link: UInt8, record: UInt8 = 1, _ frame: [UInt8]) -> [UInt8] {
    [108, 0, 0, 0, record, 0, 0, 0, link, 0, 0, 0] + [UInt8](repeating: 0, count: 96) + frame
  }
}
