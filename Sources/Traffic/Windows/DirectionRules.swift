import Flows
import Interchange
import Recognition

/// Decides the direction of flows whose beginning was not seen, with all that a window showed: the rules `degree`, `registered`, `port` and
/// `first` of the edge stream's format, in this order.
struct DirectionRules {
  /// One end of a flow: an address and port under a protocol.
  private struct Endpoint: Hashable {
    var high, low: UInt64
    var port: UInt16
    var proto: UInt8
    var isIPv6: Bool

    init(_ flow: Flow, isA: Bool) {
      (high, low, port) = isA ? (flow.aHigh, flow.aLow, flow.aPort) : (flow.bHigh, flow.bLow, flow.bPort)
      proto = flow.proto
      isIPv6 = flow.isIPv6
    }
  }

  private struct Address: Hashable {
    var high, low: UInt64
  }

  /// «Many» peers: at least this many addresses, and at least this many times those of the other end.
  private static let degreeMin = 4
  /// How many endpoints and how many peers of each are looked at: beyond it degree is no evidence, and memory stays bounded.
  private static let endpointCountMax = 1 << 16

  private var peers: [Endpoint: Set<Address>] = [:]

  /// Notes the ends of a flow whose direction is not decided.
  mutating func consider(_ flow: Flow) {
    guard Self.hasPorts(flow), peers.count < Self.endpointCountMax else { return }
    peers[Endpoint(flow, isA: true), default: []] = []
    peers[Endpoint(flow, isA: false), default: []] = []
  }

  /// Whether degrees are needed at all.
  var hasUndecided: Bool { !peers.isEmpty }

  /// Notes a flow of the window, decided or not, as evidence of who speaks to whom.
  mutating func observe(_ flow: Flow) {
    guard Self.hasPorts(flow) else { return }
    note(Endpoint(flow, isA: true), Address(high: flow.bHigh, low: flow.bLow))
    note(Endpoint(flow, isA: false), Address(high: flow.aHigh, low: flow.aLow))
  }

  private mutating func note(_ endpoint: Endpoint, _ peer: Address) {
    guard let place = peers.index(forKey: endpoint), peers.values[place].count < 64 else { return }
    peers.values[place].insert(peer)
  }

  /// Whether B is the client, and the rule that says so.
  func decide(_ flow: Flow) -> (clientIsB: Bool, basis: DirectionBasis) {
    if flow.state.contains(.directed) {
      return (flow.state.contains(.clientIsB), DirectionBasis(rawValue: flow.basis) ?? .opened)
    }
    let firstFromB = flow.state.contains(.firstFromB)
    guard Self.hasPorts(flow) else { return (firstFromB, .first) }
    let a = peers[Endpoint(flow, isA: true)]?.count ?? 0
    let b = peers[Endpoint(flow, isA: false)]?.count ?? 0
    if a >= Self.degreeMin, a >= Self.degreeMin * b { return (true, .degree) }
    if b >= Self.degreeMin, b >= Self.degreeMin * a { return (false, .degree) }
    let proto = TransportProtocol(number: flow.proto)
    let aRegistered = ServiceRegistry.shared.isRegistered(proto: proto, port: flow.aPort)
    let bRegistered = ServiceRegistry.shared.isRegistered(proto: proto, port: flow.bPort)
    if aRegistered != bRegistered { return (aRegistered, .registered) }
    for limit in [1024, 49152] as [UInt16] where (flow.aPort < limit) != (flow.bPort < limit) { return (flow.aPort < limit, .port) }
    if flow.aPort != flow.bPort { return (flow.aPort < flow.bPort, .port) }
    return (firstFromB, .first)
  }

  static func hasPorts(_ flow: Flow) -> Bool {
    flow.proto == 6 || flow.proto == 17 || flow.proto == 33 || flow.proto == 132 || flow.proto == 136
  }
}
