/// The link types that are looked into, by their LINKTYPE_ number (the tcpdump group's list).
public enum LinkType {
  /// BSD loopback: the protocol family in host order of the writer.
  public static let null: UInt16 = 0
  /// Ethernet.
  public static let ethernet: UInt16 = 1
  /// Token ring (802.5).
  public static let tokenRing: UInt16 = 6
  /// SLIP with the direction before the packet.
  public static let slip: UInt16 = 8
  /// PPP, with or without HDLC-like framing.
  public static let ppp: UInt16 = 9
  /// FDDI.
  public static let fddi: UInt16 = 10
  /// PPP in HDLC-like framing.
  public static let pppHDLC: UInt16 = 50
  /// PPPoE session packets.
  public static let pppoe: UInt16 = 51
  /// Packets in AAL5 with LLC (RFC 2684).
  public static let atmRFC1483: UInt16 = 100
  /// IPv4 or IPv6 without a link header.
  public static let raw: UInt16 = 101
  /// Cisco's HDLC.
  public static let ciscoHDLC: UInt16 = 104
  /// IEEE 802.11.
  public static let ieee80211: UInt16 = 105
  /// Frame relay.
  public static let frameRelay: UInt16 = 107
  /// OpenBSD loopback: the protocol family in network order.
  public static let loop: UInt16 = 108
  /// OpenBSD IPsec encapsulation.
  public static let enc: UInt16 = 109
  /// Linux "cooked" v1.
  public static let linuxSLL: UInt16 = 113
  /// Log of the pf packet filter.
  public static let pflog: UInt16 = 117
  /// IEEE 802.11 behind Prism monitoring headers.
  public static let prism: UInt16 = 119
  /// IP over Fibre Channel (RFC 2625).
  public static let ipOverFibreChannel: UInt16 = 122
  /// ATM as Solaris writes it.
  public static let sunATM: UInt16 = 123
  /// IEEE 802.11 behind radiotap.
  public static let radiotap: UInt16 = 127
  /// IP over IEEE 1394 as Apple writes it.
  public static let ipOverIEEE1394: UInt16 = 138
  /// DOCSIS MAC frames.
  public static let docsis: UInt16 = 143
  /// IEEE 802.11 behind AVS monitoring headers.
  public static let avs: UInt16 = 163
  /// PPP as pppd writes it, the direction in place of the address.
  public static let pppd: UInt16 = 166
  /// Multi-link frame relay (FRF.16).
  public static let multilinkFrameRelay: UInt16 = 182
  /// Per-packet information before a frame of another link type.
  public static let ppi: UInt16 = 192
  /// Endace's extensible record format.
  public static let erf: UInt16 = 197
  /// PPP behind a byte for the direction.
  public static let pppWithDirection: UInt16 = 204
  /// Solaris IP observability.
  public static let ipnet: UInt16 = 226
  /// IPv4 without a link header.
  public static let ipv4: UInt16 = 228
  /// IPv6 without a link header.
  public static let ipv6: UInt16 = 229
  /// Netfilter log messages.
  public static let nflog: UInt16 = 239
  /// Ethernet behind a netANALYZER header.
  public static let netAnalyzer: UInt16 = 240
  /// Ethernet with its preamble behind a netANALYZER header.
  public static let netAnalyzerTransparent: UInt16 = 241
  /// IP over InfiniBand (RFC 4391) behind a global routing header.
  public static let ipOverInfiniBand: UInt16 = 242
  /// Apple's header before a frame of another link type.
  public static let pktap: UInt16 = 258
  /// Ethernet frames with their preamble (802.3br).
  public static let ethernetMPacket: UInt16 = 274
  /// Linux "cooked" v2.
  public static let linuxSLL2: UInt16 = 276
  /// Ethernet with a Broadcom switch tag.
  public static let dsaBroadcom: UInt16 = 281
  /// Ethernet behind a Broadcom switch tag.
  public static let dsaBroadcomPrepended: UInt16 = 282
  /// Ethernet with a Marvell switch tag.
  public static let dsaMarvell: UInt16 = 284
  /// Ethernet with a Marvell switch tag and its Ethernet type.
  public static let dsaMarvellExtended: UInt16 = 285

  private static let names: [(number: UInt16, name: String)] = [
    (0, "null"), (1, "ethernet"), (6, "token_ring"), (8, "slip"), (9, "ppp"), (10, "fddi"), (12, "raw"), (14, "raw"), (50, "ppp_hdlc"),
    (51, "ppp_ether"), (100, "atm_rfc1483"), (101, "raw"), (104, "c_hdlc"), (105, "ieee802_11"), (107, "frelay"), (108, "loop"),
    (109, "enc"), (113, "linux_sll"), (117, "pflog"), (119, "ieee802_11_prism"), (122, "ip_over_fc"), (123, "sunatm"),
    (127, "ieee802_11_radiotap"), (138, "apple_ip_over_ieee1394"), (143, "docsis"), (163, "ieee802_11_avs"), (166, "ppp_pppd"),
    (182, "mfr"), (189, "usb_linux"), (192, "ppi"), (197, "erf"), (204, "ppp_with_dir"), (220, "usb_linux_mmapped"), (226, "ipnet"),
    (227, "can_socketcan"), (228, "ipv4"), (229, "ipv6"), (239, "nflog"), (240, "netanalyzer"), (241, "netanalyzer_transparent"),
    (242, "ipoib"), (253, "netlink"), (258, "pktap"), (274, "ethernet_mpacket"), (276, "linux_sll2"), (281, "dsa_tag_brcm"),
    (282, "dsa_tag_brcm_prepend"), (284, "dsa_tag_dsa"), (285, "dsa_tag_edsa"),
  ]

  /// The name in documents; `linktype_N` for others.
  public static func name(_ number: UInt16) -> String { names.first { $0.number == number }?.name ?? "linktype_\(number)" }
}
