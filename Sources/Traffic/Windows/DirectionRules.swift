import Flows
import Interchange
import Recognition

/// Decides the direction of flows whose beginning was not seen, with all that a window showed: the rules `degree`, `registered`, `port` and
/// `first` of the edge stream's format, in this order.
struct DirectionRules {
  /// One end of a flow: an address and port under a protocol, in its network.
  private struct Endpoint: Hashable {
    var high, low, network: UInt64
    var port: UInt16
    var proto: UInt8
    var isIPv6: Bool

    init(_ flow: Flow, isA: Bool) {
      let key = flow.key
      (high, low, port) = isA ? (key.aHigh, key.aLow, key.aPort) : (key.bHigh, key.bLow, key.bPort)
      (network, proto, isIPv6) = (key.network, key.proto, key.isIPv6)
    }
  }

  /// «Many» peers: at least this many addresses, and at least this many times those of the other end.
  private static let degreeMin = 4
  /// With more undecided flows in a window degree is not looked for, so that memory stays bounded.
  static let undecidedCountMax = 1 << 17

  /// For each end of an undecided flow one bit for every address that spoke to it, by the address's hash: counting them needs 8 bytes,
  /// does not depend on the order, and two counts of parts of the traffic join by OR.
  private var peers: [Endpoint: UInt64] = [:]
  private let window: Int64
  private var undecidedCount = 0

  /// For the flows of one window.
  init(window: Int64) { self.window = window }

  /// Notes the ends of a flow whose direction is not decided.
  mutating func consider(_ flow: Flow) {
    guard Self.hasPorts(flow), Self.isTelling(flow), !flow.isDirected(in: window), Self.silentGroup(flow) == nil else { return }
    undecidedCount += 1
    guard undecidedCount <= Self.undecidedCountMax else { return peers = [:] }
    peers[Endpoint(flow, isA: true)] = 0
    peers[Endpoint(flow, isA: false)] = 0
  }

  /// Whether degrees are needed at all.
  var hasUndecided: Bool { !peers.isEmpty }

  /// Notes a flow of the window, decided or not, as evidence of who speaks to whom.
  mutating func observe(_ flow: Flow) {
    guard Self.hasPorts(flow), Self.isTelling(flow) else { return }
    note(Endpoint(flow, isA: true), flow.key.bHigh, flow.key.bLow)
    note(Endpoint(flow, isA: false), flow.key.aHigh, flow.key.aLow)
  }

  private mutating func note(_ endpoint: Endpoint, _ high: UInt64, _ low: UInt64) {
    guard let place = peers.index(forKey: endpoint) else { return }
    var value = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 29) &* 0x94D0_49BB_1331_11EB
    peers.values[place] |= 1 << (value >> 58)
  }

  /// What a flow's own packets or the degree of its ends say for certain; nil where nothing does.
  func certain(_ flow: Flow) -> (clientIsB: Bool, basis: DirectionBasis)? {
    guard !flow.isDirected(in: window) else {
      return (flow.state.contains(.clientIsB), DirectionBasis(rawValue: flow.basis) ?? .opened)
    }
    if let groupIsA = Self.silentGroup(flow) { return (groupIsA, .opened) }
    guard hasUndecided, Self.hasPorts(flow), Self.isTelling(flow) else { return nil }
    let a = peers[Endpoint(flow, isA: true)]?.nonzeroBitCount ?? 0
    let b = peers[Endpoint(flow, isA: false)]?.nonzeroBitCount ?? 0
    if a >= Self.degreeMin, a >= Self.degreeMin * b { return (true, .degree) }
    if b >= Self.degreeMin, b >= Self.degreeMin * a { return (false, .degree) }
    return nil
  }

  /// Whether B is the client, and the rule that says so.
  func decide(_ flow: Flow) -> (clientIsB: Bool, basis: DirectionBasis) {
    if let answer = certain(flow) { return answer }
    let firstFromB = flow.state.contains(.firstFromB)
    guard Self.hasPorts(flow) else { return (firstFromB, .first) }
    let proto = TransportProtocol(number: flow.key.proto)
    let a = ServiceRegistry.shared.evidence(proto: proto, port: flow.key.aPort)
    let b = ServiceRegistry.shared.evidence(proto: proto, port: flow.key.bPort)
    if a != b { return (a > b, .registered) }
    for limit in [1024, 49152] as [UInt16] where (flow.key.aPort < limit) != (flow.key.bPort < limit) {
      return (flow.key.aPort < limit, .port)
    }
    if flow.key.aPort != flow.key.bPort { return (flow.key.aPort < flow.key.bPort, .port) }
    return (firstFromB, .first)
  }

  /// Whether the window shows anything of a TCP flow but bare headers: RSTs that refuse a scan from one port speak to many and serve nobody.
  private static func isTelling(_ flow: Flow) -> Bool {
    let headersByteCount: UInt64 = flow.key.isIPv6 ? 60 : 40
    return flow.key.proto != 6 || flow.bytesFromA &+ flow.bytesFromB > headersByteCount &* (flow.packetsFromA &+ flow.packetsFromB)
  }

  /// Whether A, and not B, is a group of receivers (multicast or the limited broadcast) that was sent to and sent nothing; nil where neither is.
  ///
  /// What is broadcast to a client's port is a reply to one client that has no address yet.
  private static func silentGroup(_ flow: Flow) -> Bool? {
    let key = flow.key
    let proto = TransportProtocol(number: key.proto)
    if flow.packetsFromA == 0, flow.packetsFromB > 0, isGroup(key.aHigh, key.aLow, key.isIPv6) {
      return ServiceRegistry.isClientPort(proto: proto, port: key.aPort) ? nil : true
    }
    if flow.packetsFromB == 0, flow.packetsFromA > 0, isGroup(key.bHigh, key.bLow, key.isIPv6) {
      return ServiceRegistry.isClientPort(proto: proto, port: key.bPort) ? nil : false
    }
    return nil
  }

  /// RFC 5771, RFC 919 §7, RFC 4291 §2.7.
  private static func isGroup(_ high: UInt64, _ low: UInt64, _ isIPv6: Bool) -> Bool {
    isIPv6 ? high >> 56 == 0xFF : low >> 28 == 0xE || low == 0xFFFF_FFFF
  }

  static func hasPorts(_ flow: Flow) -> Bool { hasPorts(flow.key) }

  static func hasPorts(_ key: FlowKey) -> Bool {
    key.proto == 6 || key.proto == 17 || key.proto == 33 || key.proto == 132 || key.proto == 136
  }
}
