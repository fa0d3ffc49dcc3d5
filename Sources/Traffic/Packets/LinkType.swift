/// The link types that are looked into, by their LINKTYPE_ number (the tcpdump group's list).
public enum LinkType {
  /// BSD loopback: the protocol family in host order of the writer.
  public static let null: UInt16 = 0
  /// Ethernet.
  public static let ethernet: UInt16 = 1
  /// PPP, with or without HDLC-like framing.
  public static let ppp: UInt16 = 9
  /// PPP in HDLC-like framing.
  public static let pppHDLC: UInt16 = 50
  /// PPPoE session packets.
  public static let pppoe: UInt16 = 51
  /// IPv4 or IPv6 without a link header.
  public static let raw: UInt16 = 101
  /// OpenBSD loopback: the protocol family in network order.
  public static let loop: UInt16 = 108
  /// Linux "cooked" v1.
  public static let linuxSLL: UInt16 = 113
  /// IPv4 without a link header.
  public static let ipv4: UInt16 = 228
  /// IPv6 without a link header.
  public static let ipv6: UInt16 = 229
  /// Linux "cooked" v2.
  public static let linuxSLL2: UInt16 = 276

  static let names: [(number: UInt16, name: String)] = [
    (0, "null"), (1, "ethernet"), (6, "token_ring"), (9, "ppp"), (10, "fddi"), (12, "raw"), (14, "raw"), (50, "ppp_hdlc"),
    (51, "ppp_ether"),
    (100, "atm_rfc1483"), (101, "raw"), (104, "c_hdlc"), (105, "ieee802_11"), (107, "frelay"), (108, "loop"), (113, "linux_sll"),
    (117, "pflog"), (119, "ieee802_11_prism"), (127, "ieee802_11_radiotap"), (163, "ieee802_11_avs"), (228, "ipv4"), (229, "ipv6"),
    (239, "nflog"), (276, "linux_sll2"),
  ]

  /// The name in documents; `linktype_N` for others.
  public static func name(_ number: UInt16) -> String { names.first { $0.number == number }?.name ?? "linktype_\(number)" }
}
