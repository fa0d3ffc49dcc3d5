import Interchange

/// Which ports belong to which service: IANA's registry with the well-known services of practice over it.
///
/// Covers TCP, UDP, SCTP and DCCP; every other protocol has no services. Looking up costs one array access.
public struct ServiceRegistry: Sendable {
  /// The one registry, built when it is first asked for (about a millisecond).
  public static let shared = ServiceRegistry()

  /// A service's name as a piece of `text`, and what it is for.
  struct Entry: Sendable {
    var nameStart: Int
    var nameEnd: Int
    var nature: Nature
  }

  private static let portCount = 65536

  private(set) var entries: [Entry] = []
  private var text: [UInt8] = []
  /// For each protocol, for each port: 1 + the place of its entry, 0 where it has none.
  private var places = [UInt16](repeating: 0, count: 4 * Self.portCount)

  init() {
    entries.reserveCapacity(8192)
    add(IANAServices.table, nature: .unknown)
    for (nature, table) in WellKnownServices.tables { add(table, nature: nature) }
  }

  /// Where the ports of a protocol begin in `places`; nil for a protocol without registered ports.
  private static func start(of proto: TransportProtocol) -> Int? {
    switch proto {
    case .tcp: 0
    case .udp: portCount
    case .sctp: 2 * portCount
    case .dccp: 3 * portCount
    default: nil
    }
  }

  /// Whether the port is that of a registered or well-known service.
  public func isRegistered(proto: TransportProtocol, port: UInt16) -> Bool {
    guard let start = Self.start(of: proto) else { return false }
    return places[start + Int(port)] != 0
  }

  /// How much speaks for a port being a service's and not a client's: 2 for services that are known from practice, 1 for those that are only
  /// registered, 0 for all others and for the ports that clients of DHCP have (RFC 2131 §4.1, RFC 8415 §7.2).
  public func evidence(proto: TransportProtocol, port: UInt16) -> Int {
    guard let start = Self.start(of: proto) else { return 0 }
    let place = Int(places[start + Int(port)])
    guard place > 0, !Self.isClientPort(proto: proto, port: port) else { return 0 }
    return entries[place - 1].nature == .unknown ? 1 : 2
  }

  /// Whether only clients have this port.
  public static func isClientPort(proto: TransportProtocol, port: UInt16) -> Bool { proto == .udp && (port == 68 || port == 546) }

  /// The service of a port, on the basis `port`; its nature is `unknown` where only IANA's name is known. Nil for other ports.
  public func service(proto: TransportProtocol, port: UInt16) -> Service? {
    guard let start = Self.start(of: proto) else { return nil }
    let place = Int(places[start + Int(port)])
    guard place > 0 else { return nil }
    let entry = entries[place - 1]
    return Service(app: String(decoding: text[entry.nameStart..<entry.nameEnd], as: UTF8.self), nature: entry.nature, basis: .port)
  }

  /// Takes in a table's lines; a later table stands over an earlier one.
  private mutating func add(_ table: StaticString, nature: Nature) {
    var at = text.count
    text.append(contentsOf: table.description.utf8)
    text.append(0x0A)
    while at < text.count {
      let start = at
      while text[at] != 0x20, text[at] != 0x0A { at += 1 }
      let entry = Entry(nameStart: start, nameEnd: at, nature: nature)
      at += 1
      let low = number(&at)
      var high = low
      if text[at] == 0x2D {
        at += 1
        high = number(&at)
      }
      entries.append(entry)
      // `/` stands before the first protocol and `,` before each other; their initials tell them apart.
      while text[at] != 0x0A {
        let initial = text[at + 1]
        at += 1
        while text[at] != 0x2C, text[at] != 0x0A { at += 1 }
        guard low <= high, let proto = Self.proto(initial: initial), let start = Self.start(of: proto) else { continue }
        for port in low...high { places[start + port] = UInt16(entries.count) }
      }
      at += 1
    }
  }

  private static func proto(initial: UInt8) -> TransportProtocol? {
    switch initial {
    case 0x74: .tcp
    case 0x75: .udp
    case 0x73: .sctp
    case 0x64: .dccp
    default: nil
    }
  }

  /// Reads a decimal number of at most 65535; what is larger becomes 65535.
  private func number(_ at: inout Int) -> Int {
    var value = 0
    while text[at] >= 0x30, text[at] <= 0x39 {
      value = min(value * 10 + Int(text[at] - 0x30), Self.portCount - 1)
      at += 1
    }
    return value
  }
}
