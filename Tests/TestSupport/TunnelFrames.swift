/// Every tunnel there is around a packet: the protocol above the carrier's IP header, what stands there, and the network it names.
public enum TunnelFrames {
  /// A tunnel around a packet.
  public struct Tunnel: Sendable {
    /// What it is called.
    public var name: String
    /// The protocol above the carrier's IP header.
    public var proto: UInt8
    /// What stands there.
    public var bytes: [UInt8]
    /// The network that it names; empty for none.
    public var network: String

    init(_ name: String, _ proto: UInt8, _ bytes: [UInt8], _ network: String = "") {
      self.name = name
      self.proto = proto
      self.bytes = bytes
      self.network = network
    }
  }

  /// Each of them around this packet.
  public static func all(_ packet: [UInt8]) -> [Tunnel] { inIP(packet) + inGRE(packet) + overlays(packet) + overUDP(packet) }

  private static func inIP(_ packet: [UInt8]) -> [Tunnel] {
    let isIPv6 = Frames.etherType(packet) == 0x86DD, frame = Frames.ethernet(packet)
    return [
      Tunnel("ip in ip", isIPv6 ? 41 : 4, packet), Tunnel("etherip", 97, [0x30, 0] + frame),
      Tunnel("mpls in ip", 137, Frames.mpls(2, packet)),
      Tunnel("pseudowire in ip", 137, Frames.mpls(1, [0, 0, 0, 0] + frame)), Tunnel("l2tp v3", 115, [0, 0, 0, 7] + frame),
      Tunnel("l2tp v3 with cookie", 115, [0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8] + frame),
      Tunnel("l2tp v3 with cookie and sublayer", 115, [0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8, 0x40, 0, 0, 1] + frame),
      Tunnel("authenticated", 51, [isIPv6 ? 41 : 4, 4] + [UInt8](repeating: 0, count: 22) + packet),
    ]
  }

  private static func inGRE(_ packet: [UInt8]) -> [Tunnel] {
    let type = Frames.etherType(packet), isIPv6 = type == 0x86DD, frame = Frames.ethernet(packet)
    let ppp: [UInt8] = [0xFF, 3, 0, isIPv6 ? 0x57 : 0x21] + packet
    let wccp =
      isIPv6
      ? []
      : [
        Tunnel("wccp", 47, Frames.gre(0x883E, packet)), Tunnel("wccp v2", 47, Frames.gre(0x883E, [0x01, 2, 3, 4] + packet)),
      ]
    return wccp + [
      Tunnel("gre", 47, Frames.gre(type, packet)), Tunnel("gre checksum", 47, Frames.gre(type, checksum: true, packet)),
      Tunnel("gre key", 47, Frames.gre(type, key: 7, packet), "gre:7"),
      Tunnel("gre everything", 47, Frames.gre(type, checksum: true, key: 0xFFFF_FFFF, sequence: 3, packet), "gre:4294967295"),
      Tunnel("gre ethernet", 47, Frames.gre(0x6558, frame)),
      Tunnel("gre ethernet key", 47, Frames.gre(0x6558, key: 0x000F_FF00, frame), "gre:1048320"),
      Tunnel("nvgre", 47, Frames.gre(0x6558, key: 0x0010_0001, frame), "vni:4096"),
      Tunnel("gre mpls", 47, Frames.gre(0x8847, Frames.mpls(1, packet))),
      Tunnel("gre ppp", 47, Frames.gre(0x880B, ppp)), Tunnel("pptp", 47, Frames.pptp(ppp)),
      Tunnel("pptp acknowledging", 47, Frames.pptp(acknowledges: true, ppp)),
      Tunnel("erspan", 47, Frames.gre(0x88BE, frame)), Tunnel("erspan 2", 47, Frames.erspan2(frame)),
      Tunnel("erspan 3", 47, Frames.erspan3(frame)),
      Tunnel("erspan 3 with subheader", 47, Frames.erspan3(subheader: true, frame)),
      Tunnel("erspan 3 of ip", 47, Frames.erspan3(kind: 2, packet)),
      Tunnel("eoip", 47, [0x20, 1, 0x64, 0] + network { $0.number(UInt16(frame.count)) } + [0x2A, 0] + frame, "gre:42"),
      Tunnel("gre service header", 47, Frames.gre(0x894F, Frames.serviceHeader(next: 3, frame))),
      Tunnel("gre in udp", 17, Frames.udp(50_000, 4754, Frames.gre(type, key: 9, packet)), "gre:9"),
    ]
  }

  private static func overlays(_ packet: [UInt8]) -> [Tunnel] {
    let type = Frames.etherType(packet), isIPv6 = type == 0x86DD, frame = Frames.ethernet(packet)
    func udp(_ port: UInt16, _ payload: [UInt8]) -> [UInt8] { Frames.udp(50_000, port, payload) }
    return [
      Tunnel("vxlan", 17, udp(4789, Frames.vxlan(4096, frame)), "vni:4096"),
      Tunnel("vxlan of Linux", 17, udp(8472, Frames.vxlan(1, frame)), "vni:1"),
      Tunnel("vxlan with policy", 17, udp(4789, Frames.vxlan(0xFF_FFFF, flags: 0x88, frame)), "vni:16777215"),
      Tunnel("vxlan vlan", 17, udp(4789, Frames.vxlan(5, Frames.tagged([0x8100], packet))), "vni:5"),
      Tunnel("gpe ip", 17, udp(4790, Frames.vxlan(6, flags: 0x0C, next: isIPv6 ? 2 : 1, packet)), "vni:6"),
      Tunnel("gpe ethernet", 17, udp(4790, Frames.vxlan(6, flags: 0x0C, next: 3, frame)), "vni:6"),
      Tunnel("gpe without next", 17, udp(4790, Frames.vxlan(6, frame)), "vni:6"),
      Tunnel(
        "gpe service header", 17, udp(4790, Frames.vxlan(6, flags: 0x0C, next: 4, Frames.serviceHeader(next: isIPv6 ? 2 : 1, packet))),
        "vni:6"),
      Tunnel("geneve", 17, udp(6081, Frames.geneve(7, 0x6558, frame)), "vni:7"),
      Tunnel("geneve with options", 17, udp(6081, Frames.geneve(7, 0x6558, options: 63, frame)), "vni:7"),
      Tunnel("geneve ip", 17, udp(6081, Frames.geneve(7, type, options: 2, packet)), "vni:7"),
    ]
  }

  private static func overUDP(_ packet: [UInt8]) -> [Tunnel] {
    let isIPv6 = Frames.etherType(packet) == 0x86DD, frame = Frames.ethernet(packet), air = Frames.wireless(quality: true, packet)
    let ppp: [UInt8] = [0xFF, 3, 0, isIPv6 ? 0x57 : 0x21] + packet
    let swapped = [air[1], air[0]] + air[2...]
    let payloads: [(String, UInt16, [UInt8])] = [
      ("gtp", 2152, Frames.gtpUser(packet)), ("gtp sequence", 2152, Frames.gtpUser(hasSequence: true, packet)),
      ("gtp extensions", 2152, Frames.gtpUser(extensions: [1, 2, 1], hasSequence: true, packet)),
      ("mpls in udp", 6635, Frames.mpls(1, packet)),
      ("l2tp", 1701, Frames.l2tp(ppp)), ("l2tp everything", 1701, Frames.l2tp(length: true, sequence: true, offset: 4, ppp)),
      ("l2tp v3 over udp", 1701, [0, 3, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4] + frame),
      ("ayiya", 5072, Frames.ayiya(next: isIPv6 ? 41 : 4, packet)),
      ("tzsp", 37008, Frames.tzsp(1, frame)), ("tzsp 802.11", 37008, Frames.tzsp(18, air)),
      ("capwap", 5247, Frames.capwap(isNative: false, frame)),
      ("capwap 802.11", 5247, Frames.capwap(isNative: true, words: 4, air)),
      ("capwap swapped", 5247, Frames.capwap(isNative: true, swapped)),
      ("lisp", 4341, [0x80, 0, 0, 1, 0, 0, 0, 1] + packet),
    ]
    return payloads.map { Tunnel($0.0, 17, Frames.udp(50_000, $0.1, $0.2)) }
  }
}
