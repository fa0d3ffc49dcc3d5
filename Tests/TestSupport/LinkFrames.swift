/// Every link header there is around a packet, by name.
public enum LinkFrames {
  /// What it is called, its LINKTYPE_ number and the frame.
  public typealias Named = (name: String, link: UInt16, frame: [UInt8])

  /// Each of them around this packet.
  public static func all(_ packet: [UInt8]) -> [Named] {
    wired(packet) + types(packet) + points(packet) + wireless(packet) + others(packet)
  }

  private static func wired(_ packet: [UInt8]) -> [Named] {
    let isIPv6 = Frames.etherType(packet) == 0x86DD
    return [
      ("ethernet", 1, Frames.ethernet(packet)), ("raw", 101, packet), ("raw 12", 12, packet),
      ("ip of a version", isIPv6 ? 229 : 228, packet),
      ("cooked", 113, Frames.cooked(packet)), ("cooked v2", 276, Frames.cooked2(packet)),
      ("null", 0, Frames.family(isIPv6 ? 30 : 2, bigEndian: false, packet)),
      ("null swapped", 0, Frames.family(isIPv6 ? 28 : 2, bigEndian: true, packet)),
      ("loop", 108, Frames.family(isIPv6 ? 24 : 2, bigEndian: true, packet)),
      ("null of Linux", 0, Frames.family(isIPv6 ? 10 : 2, bigEndian: false, packet)),
    ]
  }

  private static func types(_ packet: [UInt8]) -> [Named] {
    let typed = network { $0.number(Frames.etherType(packet)) }, frame = Frames.ethernet(packet)
    let packets: [(String, UInt16, [UInt8])] = [
      ("vlan pppoe", 0x8100, [0, 7, 0x88, 0x64] + Frames.pppoe(packet)), ("mpls", 0x8847, Frames.mpls(1, packet)),
      ("three labels", 0x8847, Frames.mpls(3, packet)), ("multicast mpls", 0x8848, Frames.mpls(1, packet)),
      ("pseudowire", 0x8847, Frames.mpls(2, [0, 0, 0, 0] + frame)), ("pppoe", 0x8864, Frames.pppoe(packet)),
      ("vn-tag", 0x8926, [0, 0, 0, 0] + typed + packet), ("macsec without channel", 0x88E5, [0, 0, 0, 0, 0, 1] + typed + packet),
      ("macsec with channel", 0x88E5, [0x20, 0, 0, 0, 0, 1] + [UInt8](repeating: 2, count: 8) + typed + packet),
      ("tagged snap", 0x8100, [0, 5] + Frames.snap(packet)[12...]), ("cisco metadata", 0x8909, [1, 1, 0, 1, 0, 9] + typed + packet),
      ("hsr", 0x892F, [0, 60, 0, 1] + typed + packet), ("fabricpath", 0x8903, [0, 0x41] + frame),
      ("trill", 0x22F3, [0, 1, 0, 1, 0, 2] + frame),
      ("trill with options", 0x22F3, [0, 0x81, 0, 1, 0, 2] + [UInt8](repeating: 0, count: 8) + frame),
      ("service header", 0x894F, Frames.serviceHeader(next: typed[0] == 8 ? 1 : 2, packet)),
      ("service header and ethernet", 0x894F, Frames.serviceHeader(next: 3, contextWords: 0, frame)),
      ("service header and mpls", 0x894F, Frames.serviceHeader(next: 5, Frames.mpls(2, packet))),
    ]
    return packets.map { ($0.0, 1, Frames.ethernet($0.1, $0.2)) } + [
      ("vlan", 1, Frames.tagged([0x8100], packet)), ("802.1ad", 1, Frames.tagged([0x88A8, 0x8100], packet)),
      ("old QinQ", 1, Frames.tagged([0x9100, 0x8100], packet)), ("snap", 1, Frames.snap(packet)), ("backbone", 1, Frames.backbone(packet)),
      ("brcm", 281, frame[..<12] + [1, 2, 3, 4] + frame[12...]), ("brcm before", 282, [1, 2, 3, 4] + frame),
      ("dsa", 284, frame[..<12] + [0xC0, 1, 0, 0] + frame[12...]),
      ("edsa", 285, frame[..<12] + [0xDA, 0xDA, 0, 0, 0xC0, 1, 0, 0] + frame[12...]),
    ]
  }

  private static func points(_ packet: [UInt8]) -> [Named] {
    let isIPv6 = Frames.etherType(packet) == 0x86DD, typed = network { $0.number(Frames.etherType(packet)) }
    let ppp: [UInt8] = [0xFF, 3, 0, isIPv6 ? 0x57 : 0x21] + packet, hdlc = [0x0F, 0] + typed + packet
    let layer: [UInt8] = [isIPv6 ? 0x8E : 0xCC] + packet, snap = [0x80, 0, 0, 0] + typed + packet
    return [
      ("ppp", 9, ppp), ("ppp compressed", 50, [isIPv6 ? 0x57 : 0x21] + packet), ("pppoe alone", 51, Frames.pppoe(packet)),
      ("ppp mpls", 9, [0x02, 0x81] + Frames.mpls(1, packet)), ("ppp with direction", 204, [1] + ppp), ("pppd", 166, [1] + ppp[1...]),
      ("hdlc", 104, hdlc), ("hdlc as ppp", 50, hdlc), ("slip", 8, [0, 0x45] + [UInt8](repeating: 0, count: 14) + packet),
      ("frame relay", 107, [0x18, 0x41, 3] + layer), ("frame relay padded", 107, [0x18, 0x41, 3, 0] + snap),
      ("frame relay of four", 107, [0x18, 0x40, 0, 0x41, 3] + layer), ("frame relay of Cisco", 107, [0x18, 0x41] + typed + packet),
      ("frame relay ppp", 107, [0x18, 0x41, 3, 0xCF] + ppp[2...]),
      ("frame relay bridged", 107, [0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xC2, 0, 7] + Frames.ethernet(packet)),
      ("multi-link frame relay", 182, [0xC0, 1, 0x18, 0x41, 3] + layer),
    ]
  }

  private static func wireless(_ packet: [UInt8]) -> [Named] {
    let frame = Frames.wireless(packet)
    return [
      ("802.11", 105, frame), ("802.11 quality", 105, Frames.wireless(quality: true, packet)),
      ("802.11 four addresses", 105, Frames.wireless(fourAddresses: true, quality: true, packet)),
      ("802.11 aggregate", 105, Frames.wireless(quality: true, isAggregate: true, packet)),
      ("802.11 throughput", 105, Frames.wireless(quality: true, throughput: true, packet)), ("radiotap", 127, Frames.radiotap(frame)),
      ("radiotap of three words", 127, Frames.radiotap(words: 2, frame)),
      ("radiotap padded", 127, Frames.radiotap(flags: 0x20, Frames.wireless(quality: true, isPadded: true, packet))),
      ("prism", 119, [0x44, 0, 0, 0, 144, 0, 0, 0] + [UInt8](repeating: 0, count: 136) + frame),
      ("prism big-endian", 119, [0, 0, 0, 0x44, 0, 0, 0, 144] + [UInt8](repeating: 0, count: 136) + frame),
      ("avs as prism", 119, [0x80, 0x21, 0x10, 1, 0, 0, 0, 64] + [UInt8](repeating: 0, count: 56) + frame),
      ("avs", 163, [0x80, 0x21, 0x10, 2, 0, 0, 0, 64] + [UInt8](repeating: 0, count: 56) + frame),
      ("ppi", 192, Frames.ppi(105, frame)), ("ppi of ethernet", 192, Frames.ppi(1, Frames.ethernet(packet))),
    ]
  }

  private static func others(_ packet: [UInt8]) -> [Named] {
    let isIPv6 = Frames.etherType(packet) == 0x86DD, typed = network { $0.number(Frames.etherType(packet)) }
    let llc = Frames.snapHeader(packet) + packet, frame = Frames.ethernet(packet), addresses = [UInt8](repeating: 2, count: 12)
    let routed: [UInt8] = [0x10, 0x40] + addresses[..<6] + [0x82, 2, 2, 2, 2, 2, 0x06, 0x30, 0, 1, 0, 2]
    return [
      ("token ring", 6, [0x10, 0x40] + addresses + llc), ("token ring routed", 6, routed + llc), ("fddi", 10, [0x50] + addresses + llc),
      ("atm", 100, llc), ("atm bridged", 100, [0xAA, 0xAA, 3, 0, 0x80, 0xC2, 0, 7, 0, 0] + frame),
      ("atm with layer id", 100, [0xFE, 0xFE, 3, isIPv6 ? 0x8E : 0xCC] + packet), ("sunatm", 123, [0x82, 0, 0, 9] + llc),
      ("sunatm lane", 123, [0x81, 0, 0, 9, 0, 1] + frame), ("fibre channel", 122, addresses + [2, 2, 2, 2] + llc),
      ("1394", 138, addresses + [2, 2, 2, 2] + typed + packet),
      ("infiniband", 242, [UInt8](repeating: 0, count: 40) + typed + [0, 0] + packet), ("docsis", 143, [0, 0, 0, 90, 1, 2] + frame),
      ("docsis extended", 143, [1, 3, 0, 93, 0x12, 7, 7, 1, 2] + frame), ("nflog", 239, Frames.nflog(packet)),
      ("nflog swapped", 239, Frames.nflog(bigEndian: true, packet)),
      ("pflog", 117, [61, isIPv6 ? 24 : 2, 0, 0] + [UInt8](repeating: 0, count: 60) + packet),
      ("enc", 109, Frames.family(isIPv6 ? 24 : 2, bigEndian: false, [UInt8](repeating: 0, count: 8) + packet)),
      ("ipnet", 226, [1, isIPv6 ? 26 : 2] + [UInt8](repeating: 0, count: 22) + packet), ("erf", 197, Frames.erf(2, [0, 0] + frame)),
      ("erf extended", 197, Frames.erf(20, extensions: 3, [0, 0] + frame)), ("erf ip", 197, Frames.erf(isIPv6 ? 23 : 22, packet)),
      ("erf hdlc", 197, Frames.erf(1, [0x0F, 0] + typed + packet)), ("pktap", 258, Frames.pktap(1, frame)),
      ("pktap raw", 258, Frames.pktap(12, packet)),
      ("netanalyzer", 240, [0, 0, 0, 0] + frame), ("netanalyzer transparent", 241, [UInt8](repeating: 0x55, count: 12) + frame),
      ("mpacket", 274, [UInt8](repeating: 0x55, count: 8) + frame),
    ]
  }
}
