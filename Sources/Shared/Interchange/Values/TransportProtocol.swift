/// The protocol above IP, by its IANA number; the common ones are written by name in documents.
public struct TransportProtocol: Hashable, Sendable {
  /// The protocol number of the IPv4 header or of the last IPv6 extension header.
  public var number: UInt8

  /// The protocol of that number.
  @inlinable
  public init(number: UInt8) { self.number = number }

  /// ICMP for IPv4.
  public static let icmp = TransportProtocol(number: 1)
  /// TCP.
  public static let tcp = TransportProtocol(number: 6)
  /// UDP.
  public static let udp = TransportProtocol(number: 17)
  /// DCCP.
  public static let dccp = TransportProtocol(number: 33)
  /// ICMP for IPv6.
  public static let icmp6 = TransportProtocol(number: 58)
  /// SCTP.
  public static let sctp = TransportProtocol(number: 132)

  static let names: [(number: UInt8, name: StaticString)] = [
    (1, "icmp"), (2, "igmp"), (4, "ipip"), (6, "tcp"), (17, "udp"), (33, "dccp"), (41, "ipv6"), (46, "rsvp"), (47, "gre"), (50, "esp"),
    (51, "ah"), (58, "icmp6"), (88, "eigrp"), (89, "ospf"), (103, "pim"), (112, "vrrp"), (115, "l2tp"), (132, "sctp"), (136, "udplite"),
  ]

  /// Its name where it has one in documents, else its number.
  public var text: String { staticName?.description ?? String(number) }

  var staticName: StaticString? {
    switch number {
    case 6: "tcp"
    case 17: "udp"
    default: Self.names.first { $0.number == number }?.name
    }
  }

  /// Reads a name or a number as documents write it; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    if let known = Self.names.first(where: { $0.name.description == text }) {
      number = known.number
    } else if let value = UInt8(text), String(value) == text {
      number = value
    } else {
      return nil
    }
  }
}

extension TransportProtocol: Comparable {
  /// By number.
  @inlinable
  public static func < (a: TransportProtocol, b: TransportProtocol) -> Bool { a.number < b.number }
}
