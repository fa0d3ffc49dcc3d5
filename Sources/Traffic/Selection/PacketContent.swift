import ByteReading
import Packets

/// What of an IP packet is the same wherever on its way it is seen, as 128 bits.
///
/// Taken in are the first bytes from the IP header on, as far as they were captured and no further than the packet's own length (a tap behind
/// a switch sees the padding of short frames too). Left out is what changes on the way: IPv4 TTL, DSCP/ECN and header checksum, IPv6 hop limit
/// and traffic class; and the check sums of TCP, UDP and SCTP, which a sender's own tap sees before its network card has computed them.
/// Two 64-bit hashes by multiply and fold, seeded at random, so that no traffic can be made to collide.
struct PacketContent: Equatable {
  /// What a snap length of 96 leaves behind Ethernet and two VLAN tags, in whole words: taps that cut differently still agree.
  static let byteCount = 72
  private static let wordCount = byteCount / 8

  var high: UInt64
  var low: UInt64
  /// Whether its sender numbered it: IPv4 with an identification other than 0 (RFC 6864), so that an equal packet is the same packet.
  var isNumbered: Bool

  static func == (a: PacketContent, b: PacketContent) -> Bool { a.high == b.high && a.low == b.low }

  /// Reads a packet whose IP header begins at an offset of its frame; nil where that header was not captured whole.
  init?(frame: Span<UInt8>, packet: PacketSummary, ipOffset: Int, seed: (UInt64, UInt64)) {
    guard packet.hasIP, ipOffset >= 0, frame.count >= ipOffset + (packet.isIPv6 ? 40 : 20) else { return nil }
    let count = min(frame.count - ipOffset, Self.byteCount, max(Int(packet.ipByteCount), 20))
    let bytes = frame.extracting(ipOffset..<(ipOffset + count))
    var words = InlineArray<9, UInt64>(repeating: 0)
    for place in 0..<(count / 8) { words[place] = bytes.bigEndian64(at: place * 8) }
    for place in (count & ~7)..<count { words[place / 8] |= UInt64(bytes[place]) << Self.shift(place) }
    if packet.isIPv6 {
      words[0] &= ~0x0FF0_0000_0000_00FF
      isNumbered = false
    } else {
      words[0] &= ~0x00FF_0000_0000_0000
      words[1] &= ~0xFF00_FFFF_0000_0000
      isNumbered = bytes.bigEndian16(at: 4) != 0
    }
    let transport = Int(packet.transportOffset) - ipOffset
    if transport >= 20, packet.kind != .laterFragment {
      switch packet.proto {
      case 6: Self.clear(&words, at: transport + 16, count: 2)
      case 17: Self.clear(&words, at: transport + 6, count: 2)
      case 132: Self.clear(&words, at: transport + 8, count: 4)
      default: break
      }
    }
    var first = seed.0
    var second = seed.1
    for place in 0..<Self.wordCount {
      first = Self.fold(first ^ words[place], 0x9E37_79B9_7F4A_7C15)
      second = Self.fold(second ^ words[place], 0xD6E8_FEB8_6659_FD93)
    }
    // How much was captured counts: bytes that are not there are not zeros.
    high = Self.fold(first ^ UInt64(count), 0xBF58_476D_1CE4_E5B9)
    low = Self.fold(second ^ UInt64(count), 0x94D0_49BB_1331_11EB)
  }

  @inline(__always)
  private static func shift(_ place: Int) -> UInt64 { UInt64(56 - 8 * (place & 7)) }

  @inline(__always)
  private static func clear(_ words: inout InlineArray<9, UInt64>, at start: Int, count: Int) {
    for place in start..<(start + count) where place < byteCount { words[place / 8] &= ~(0xFF << shift(place)) }
  }

  @inline(__always)
  private static func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
    let (high, low) = x.multipliedFullWidth(by: y)
    return high ^ low
  }
}
