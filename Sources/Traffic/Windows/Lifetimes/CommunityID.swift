import Flows

/// The community id of a flow, version 1 with seed 0: the same text in whatever tool computes it
/// (https://github.com/corelight/community-id-spec).
///
/// SHA-1 over seed, addresses, protocol, a zero byte and ports, the smaller end first; for ICMP type and counterpart stand in place of the
/// ports, or type and code, and then not ordered, where a type has no counterpart; other protocols have no ports.
public enum CommunityID {
  /// Whether this machine has the library that it needs.
  public static var isAvailable: Bool { SHA1Digest.isAvailable }
  /// The library's name, for messages.
  public static let libraryName = "libmd"

  /// What the first packet of an ICMP flow said.
  struct Message {
    var type: UInt8
    var code: UInt8
    var isFromA: Bool
  }

  /// The id of a flow of this key; `message` is used where its protocol is ICMP. Nil where the library is missing.
  static func text(_ key: FlowKey, message: Message) -> String? {
    var bytes: [UInt8] = [0, 0]
    func append(_ value: UInt64, byteCount: Int) {
      for place in (0..<byteCount).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(place * 8))) }
    }
    var (ports, isBFirst): ((UInt16, UInt16)?, Bool) = (nil, false)
    switch key.proto {
    case 6, 17, 132: ports = (key.aPort, key.bPort)
    case 1, 58: (ports, isBFirst) = icmp(key, message)
    default: break
    }
    for isB in [isBFirst, !isBFirst] {
      if key.isIPv6 { append(isB ? key.bHigh : key.aHigh, byteCount: 8) }
      append(isB ? key.bLow : key.aLow, byteCount: key.isIPv6 ? 8 : 4)
    }
    bytes += [key.proto, 0]
    if let ports {
      append(UInt64(ports.0), byteCount: 2)
      append(UInt64(ports.1), byteCount: 2)
    }
    return SHA1Digest.of(bytes).map { "1:" + base64($0) }
  }

  /// In place of ports, and whether B stands first.
  private static func icmp(_ key: FlowKey, _ message: Message) -> (ports: (UInt16, UInt16)?, isBFirst: Bool) {
    let own = UInt16(message.type)
    guard let other = counterpart(of: message.type, proto: key.proto) else { return ((own, UInt16(message.code)), !message.isFromA) }
    // Between an address and itself the numbers decide the order.
    if key.aHigh == key.bHigh, key.aLow == key.bLow { return ((min(own, other), max(own, other)), false) }
    return (message.isFromA ? (own, other) : (other, own), false)
  }

  /// The type of the message that answers or asks for one of this type (RFCs 792, 950, 1256, 4443, 4861, 2710, 4620, 6275).
  private static func counterpart(of type: UInt8, proto: UInt8) -> UInt16? {
    let pairs: [(UInt8, UInt8)] =
      proto == 1
      ? [(8, 0), (13, 14), (15, 16), (10, 9), (17, 18)] : [(128, 129), (133, 134), (135, 136), (130, 131), (139, 140), (144, 145)]
    for (request, reply) in pairs {
      if type == request { return UInt16(reply) }
      if type == reply { return UInt16(request) }
    }
    return nil
  }

  /// RFC 4648 §4.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let value = group.reduce(0 as UInt32) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 { text.append(place <= group.count ? alphabet[Int(value >> UInt32(18 - 6 * place)) & 63] : 0x3D) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
