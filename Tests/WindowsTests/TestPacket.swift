import Interchange
import TestSupport

/// One end of a conversation.
struct End: Hashable, Comparable {
  var address: String
  var port: UInt16 = 0

  static func < (a: End, b: End) -> Bool { (a.address, a.port) < (b.address, b.port) }
}

/// A packet as a test thinks of it: what the frame of a capture and the slow oracle are both made from.
struct TestPacket {
  static let syn: UInt8 = 2, ack: UInt8 = 0x10, synAck: UInt8 = 0x12, fin: UInt8 = 0x11, rst: UInt8 = 4

  var time: Int64
  var from: End
  var to: End
  var proto: UInt8 = 6
  var flags: UInt8 = TestPacket.ack
  var sequence: UInt32 = 0
  var payload = 0
  var icmpType: UInt8 = 255
  var icmpCode: UInt8 = 0
  /// Of a fragment: its datagram and, in units of eight bytes, its place in it.
  var fragment: (identification: UInt32, offset: UInt16, more: Bool)?
  /// The packet that an ICMP error speaks of, if any.
  var quoted: [TestPacket] = []

  /// A packet at so many seconds after the start of 2026.
  static func at(
    _ seconds: Double, _ from: End, _ to: End, proto: UInt8 = 6, flags: UInt8 = TestPacket.ack, sequence: UInt32 = 0, payload: Int = 0
  )
    -> TestPacket
  {
    TestPacket(
      time: start + Int64((seconds * 1e9).rounded()), from: from, to: to, proto: proto, flags: flags, sequence: sequence, payload: payload)
  }

  /// A UDP packet.
  static func udp(_ seconds: Double, _ from: End, _ to: End, payload: Int = 0) -> TestPacket {
    at(seconds, from, to, proto: 17, payload: payload)
  }

  /// An ICMP message between two hosts.
  static func icmp(_ seconds: Double, _ from: String, _ to: String, type: UInt8, code: UInt8 = 0, quoting: [TestPacket] = []) -> TestPacket
  {
    var packet = at(seconds, End(address: from), End(address: to), proto: from.contains(":") ? 58 : 1)
    (packet.icmpType, packet.icmpCode, packet.quoted) = (type, code, quoting)
    return packet
  }

  /// 2026-01-01T00:00:00Z, a whole multiple of every window up to a day.
  static let start: Int64 = 1_767_225_600_000_000_000

  var isIPv6: Bool { from.address.contains(":") }
  var isLaterFragment: Bool { (fragment?.offset ?? 0) > 0 }

  /// The length of its IP packet, from the formats' own header sizes.
  var byteCount: UInt64 {
    let ip = isIPv6 ? 40 + (fragment == nil ? 0 : 8) : 20
    let transport = isLaterFragment ? 0 : proto == 6 ? 20 : [1, 17, 58, 136].contains(proto) ? 8 : proto == 132 ? 12 : 0
    return UInt64(ip + transport + payload) + (quoted.first?.byteCount ?? 0)
  }

  /// The packet as it is on the wire.
  var ipPacket: [UInt8] {
    let content = [UInt8](repeating: 0, count: payload)
    let body: [UInt8]
    switch proto {
    case _ where isLaterFragment: body = content
    case 6: body = Frames.tcp(from.port, to.port, flags: flags, sequence: sequence, payload: payload)
    case 17, 136: body = Frames.udp(from.port, to.port, payload: payload)
    case 132: body = Frames.sctp(from.port, to.port) + content
    case 1, 58: body = Frames.icmp(icmpType, code: icmpCode, (quoted.first?.ipPacket ?? []) + content)
    default: body = content
    }
    let part = fragment.map { Frames.Fragment(of: $0.identification, offset: $0.offset, more: $0.more) }
    return Frames.ip(from.address, to.address, proto, body, fragment: part)
  }

  var captured: CapturedPacket { CapturedPacket(at: time, Frames.ethernet(ipPacket)) }
}

extension Sequence where Element == TestPacket {
  /// The packets as a capture.
  var capture: [UInt8] { pcap(map(\.captured)) }
}
