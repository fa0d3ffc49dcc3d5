import Flows
import Packets

/// Bytes as a frame: two for the link type, four for the length on the wire, then the frame.
enum PacketTarget {
  @Sendable static func run(_ bytes: [UInt8]) {
    guard bytes.count >= 6 else { return }
    let link = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    let original = bytes[2..<6].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    let content = Array(bytes[6...])
    let frame = content.span
    let outer = PacketSummary(frame: frame, link: link, originalByteCount: original, timeNanoseconds: 7)
    check(outer, frame)
    if let vlan = PacketSummary.vlan(of: frame, link: link) { claim(vlan < 4096, "VLAN \(vlan)") }
    if link == LinkType.ethernet, let common = PacketSummary(common: frame, timeNanoseconds: 7) {
      // Only whole flows need the length of headers, and they are read the general way.
      var general = outer
      general.headerWordCount = 0
      claim("\(common)" == "\(general)", "the common path reads \(common), the general one \(outer)")
    }
    guard let inner = outer.carried(in: frame, originalByteCount: original) else { return }
    check(inner, frame)
    claim(outer.mayBeCarrier, "carried by \(outer)")
    claim(inner.ipByteCount <= outer.ipByteCount && inner.ipByteCount >= 20, "\(outer) carries \(inner)")
    claim([.flow, .firstFragment, .laterFragment].contains(inner.kind) && inner.timeNanoseconds == 7, "\(outer) carries \(inner)")
  }

  /// What holds of every summary of a frame.
  private static func check(_ packet: PacketSummary, _ frame: Span<UInt8>) {
    claim(packet.timeNanoseconds == 7, "\(packet)")
    claim(packet.network < 1 << 48, "\(packet)")
    if [.flow, .firstFragment, .laterFragment].contains(packet.kind) {
      claim(packet.ipByteCount >= 20, "\(packet)")
      // Offsets beyond 64 KiB do not fit their fields.
      if frame.count <= 0xFFFF {
        claim(Int(packet.networkOffset) + 20 <= frame.count, "\(packet) in \(frame.count) bytes")
        if [6, 17, 33, 132, 136].contains(packet.proto), packet.kind != .laterFragment {
          claim(Int(packet.transportOffset) + 4 <= frame.count, "\(packet) in \(frame.count) bytes")
        }
      }
      let key = FlowKey(packet)
      var reply = packet
      (reply.sourceHigh, reply.destinationHigh) = (packet.destinationHigh, packet.sourceHigh)
      (reply.sourceLow, reply.destinationLow) = (packet.destinationLow, packet.sourceLow)
      (reply.sourcePort, reply.destinationPort) = (packet.destinationPort, packet.sourcePort)
      claim(FlowKey(reply) == key && FlowKey(reply).hash(seed: 1) == key.hash(seed: 1), "two directions, two flows: \(packet)")
    }
    if let quoted = QuotedPacket(in: frame, of: packet) {
      claim(packet.icmpType != 255 && quoted.summary.kind == .flow && quoted.summary.timeNanoseconds == 7, "\(packet) quotes \(quoted)")
    }
  }
}
