import Flows
import Interchange
import Packets

/// The edges of one window while its flows are added up: an array of sums, found through an open-addressing index at most half full.
struct EdgeTable {
  /// What makes an edge.
  struct Key: Equatable {
    var network, clientHigh, clientLow, serverHigh, serverLow: UInt64
    var port: UInt16
    var proto: UInt8
    var isIPv6: Bool

    init(_ flow: Flow, clientIsB: Bool) { self.init(flow.key, clientIsB: clientIsB) }

    init(_ key: FlowKey, clientIsB: Bool) {
      (clientHigh, clientLow) = clientIsB ? (key.bHigh, key.bLow) : (key.aHigh, key.aLow)
      (serverHigh, serverLow) = clientIsB ? (key.aHigh, key.aLow) : (key.bHigh, key.bLow)
      network = key.network
      port = clientIsB ? key.aPort : key.bPort
      proto = key.proto
      isIPv6 = key.isIPv6
    }

    func hash(seed: UInt64) -> UInt64 {
      var value = (clientLow ^ seed) &* 0x9E37_79B9_7F4A_7C15 ^ serverLow
      value = (value << 29 | value >> 35) &* 0xBF58_476D_1CE4_E5B9 ^ clientHigh
      value = (value << 31 | value >> 33) &* 0x94D0_49BB_1331_11EB ^ serverHigh ^ network &* 0x2545_F491_4F6C_DD1D
      value = (value << 27 | value >> 37) &* 0xD6E8_FEB8_6659_FD93 ^ (UInt64(port) << 9 | UInt64(proto) << 1 | (isIPv6 ? 1 : 0))
      value = (value ^ value >> 32) &* 0xD6E8_FEB8_6659_FD93
      return value ^ value >> 32
    }

    var client: IPAddress { Self.address(clientHigh, clientLow, isIPv6) }
    var server: IPAddress { Self.address(serverHigh, serverLow, isIPv6) }

    private static func address(_ high: UInt64, _ low: UInt64, _ isIPv6: Bool) -> IPAddress {
      isIPv6 ? IPAddress(high: high, low: low) : IPAddress(v4: UInt32(truncatingIfNeeded: low))
    }

    /// The order of edges within a window: network, client, server, protocol, port.
    static func < (a: Key, b: Key) -> Bool {
      if a.network != b.network { return Overlay.isBefore(a.network, b.network) }
      if a.isIPv6 != b.isIPv6 { return b.isIPv6 }
      if a.clientHigh != b.clientHigh { return a.clientHigh < b.clientHigh }
      if a.clientLow != b.clientLow { return a.clientLow < b.clientLow }
      if a.serverHigh != b.serverHigh { return a.serverHigh < b.serverHigh }
      if a.serverLow != b.serverLow { return a.serverLow < b.serverLow }
      return a.proto != b.proto ? a.proto < b.proto : a.port < b.port
    }
  }

  /// The sums of one edge.
  struct Sums {
    var key: Key
    var basis = DirectionBasis.first
    /// The client's port, as long as all flows have the same.
    var clientPort: UInt16?
    var hasSeveralClientPorts = false
    var volume = EdgeRecord.Volume()
    var outcome = EdgeRecord.Outcome()
    var flows: UInt64 = 0
    var slots: UInt64 = 0
    var durationNanoseconds: UInt64 = 0
    var firstNanoseconds = Int64.max
    var lastNanoseconds = Int64.min
    // Of ICMP errors about flows that had no packet in the window.
    var firstFailureNanoseconds = Int64.max
    var lastFailureNanoseconds = Int64.min

    /// The earliest and the latest time of a packet, or of an ICMP error where there was none.
    var span: (first: Int64, last: Int64) {
      lastNanoseconds == .min ? (firstFailureNanoseconds, lastFailureNanoseconds) : (firstNanoseconds, lastNanoseconds)
    }
  }

  private(set) var edges: [Sums] = []
  /// Handshake round trips with the place of their edge.
  private(set) var handshakes: [(edge: Int, nanoseconds: UInt64)] = []
  private static let slotCountMin = 1 << 10
  private var slots = [Int32](repeating: -1, count: Self.slotCountMin)
  /// Makes collisions unforeseeable to whoever sends the traffic; nothing that is written depends on it.
  private let seed = UInt64.random(in: .min ... .max)

  /// Forgets all edges and keeps the room, unless it is so large that clearing it would cost more than the edges did.
  mutating func removeAll() {
    let isLarge = slots.count > max(Self.slotCountMin, edges.count * 16)
    edges.removeAll(keepingCapacity: !isLarge)
    handshakes.removeAll(keepingCapacity: true)
    slots = [Int32](repeating: -1, count: isLarge ? Self.slotCountMin : slots.count)
  }

  /// Adds a flow's part of the window that starts at `windowStart`.
  mutating func add(_ flow: Flow, clientIsB: Bool, basis: DirectionBasis, windowStart: Int64) {
    let place = self.place(of: Key(flow, clientIsB: clientIsB))
    let (toServer, toClient) = clientIsB ? (flow.bytesFromB, flow.bytesFromA) : (flow.bytesFromA, flow.bytesFromB)
    edges[place].volume.bytesToServer &+= toServer
    edges[place].volume.bytesToClient &+= toClient
    let (packetsToServer, packetsToClient) = clientIsB ? (flow.packetsFromB, flow.packetsFromA) : (flow.packetsFromA, flow.packetsFromB)
    edges[place].volume.packetsToServer &+= packetsToServer
    edges[place].volume.packetsToClient &+= packetsToClient
    let events = flow.events
    if events.contains(.began) { edges[place].flows += 1 }
    if events.contains(.answered) { edges[place].outcome.answered += 1 }
    if events.contains(.refused) { edges[place].outcome.refused += 1 }
    if events.contains(.reset) { edges[place].outcome.reset += 1 }
    if events.contains(.unreachable) { edges[place].outcome.unreachable += 1 }
    if events.contains(.midstream) { edges[place].outcome.midstream += 1 }
    edges[place].slots |= flow.slots
    let from = max(windowStart, flow.startNanoseconds)
    if flow.isWithoutPackets {
      edges[place].firstFailureNanoseconds = min(edges[place].firstFailureNanoseconds, flow.firstInWindowNanoseconds)
      edges[place].lastFailureNanoseconds = max(edges[place].lastFailureNanoseconds, flow.lastInWindowNanoseconds)
    } else {
      if flow.lastInWindowNanoseconds > from { edges[place].durationNanoseconds &+= UInt64(flow.lastInWindowNanoseconds - from) }
      edges[place].firstNanoseconds = min(edges[place].firstNanoseconds, flow.firstInWindowNanoseconds)
      edges[place].lastNanoseconds = max(edges[place].lastNanoseconds, flow.lastInWindowNanoseconds)
    }
    edges[place].basis = min(edges[place].basis, basis)
    let clientPort = clientIsB ? flow.key.bPort : flow.key.aPort
    if edges[place].clientPort == nil { edges[place].clientPort = clientPort }
    if edges[place].clientPort != clientPort { edges[place].hasSeveralClientPorts = true }
    if events.contains(.handshake) { handshakes.append((place, UInt64(max(0, flow.handshakeNanoseconds)))) }
  }

  private mutating func place(of key: Key) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: key.hash(seed: seed)) & mask
    while slots[slot] >= 0 {
      if edges[Int(slots[slot])].key == key { return Int(slots[slot]) }
      slot = (slot + 1) & mask
    }
    edges.append(Sums(key: key))
    slots[slot] = Int32(edges.count - 1)
    if edges.count * 2 > slots.count { grow() }
    return edges.count - 1
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for place in edges.indices {
      var slot = Int(truncatingIfNeeded: edges[place].key.hash(seed: seed)) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(place)
    }
  }

  /// The places of the edges in the order of the edge stream.
  var order: [Int32] {
    var places = edges.indices.map { (prefix: edges[$0].key.prefix, place: Int32(truncatingIfNeeded: $0)) }
    places.sort { a, b in
      if a.prefix != b.prefix { return a.prefix < b.prefix }
      return edges[Int(a.place)].key < edges[Int(b.place)].key
    }
    return places.map(\.place)
  }

  /// The distributions of the handshakes, by place of their edge; those of edges without any are empty.
  func distributions() -> [Distribution] {
    var distributions = [Distribution](repeating: Distribution(), count: handshakes.isEmpty ? 0 : edges.count)
    for sample in handshakes { distributions[sample.edge].record(nanoseconds: sample.nanoseconds) }
    return distributions
  }
}

extension EdgeTable.Key {
  /// The first bits of what edges are sorted by: keys of different prefixes sort as these do.
  var prefix: UInt64 {
    // Networks sort by their names, which no number says.
    if network != 0 { return .max }
    if isIPv6 { return 1 << 63 | clientHigh >> 1 }
    return clientLow << 31 | serverLow >> 1
  }
}
