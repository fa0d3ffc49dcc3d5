import Interchange
import Recognition

/// Computes edges slowly and plainly, from docs/formats/edges.md alone: the yardstick for the implementation.
///
/// Holds for packets that come within the lateness.
struct EdgeOracle {
  final class Part {
    var bytes: [End: UInt64] = [:]
    var packets: [End: UInt64] = [:]
    var times: [Int64] = []
    /// When ICMP errors spoke of the flow.
    var quotedTimes: [Int64] = []
    var slots: Set<Int64> = []
    var outcome = EdgeRecord.Outcome()
    var began = false
    var handshakes: [UInt64] = []
  }

  final class OracleFlow {
    let ends: [End]
    let proto: UInt8
    let start: Int64
    let firstSender: End
    var last: Int64
    /// Who the client is for certain, by the window that showed it: the earliest counts, in it the one that came first.
    var evidence: [(window: Int64, client: End, basis: DirectionBasis)] = []
    var heard: Set<End> = []
    var beginningSeen = false
    var answered = false, refused = false, reset = false, unreachable = false, ended = false, seenSYNACK = false
    var finished: Set<End> = []
    var initialSequence: UInt32?
    var synSender: End?, synAckReceiver: End?
    /// The one SYN that a SYN-ACK can be held against.
    var synTime: Int64?
    var parts: [Int64: Part] = [:]

    init(_ packet: TestPacket) {
      ends = [packet.from, packet.to].sorted()
      (proto, start, last, firstSender) = (packet.proto, packet.time, packet.time, packet.from)
    }

    func direct(_ client: End, _ basis: DirectionBasis, _ window: Int64) {
      if !evidence.contains(where: { $0.window <= window }) { evidence.append((window, client, basis)) }
    }
    func direction(in window: Int64) -> (End, DirectionBasis)? {
      evidence.filter { $0.window <= window }.min { $0.window < $1.window }.map { ($0.client, $0.basis) }
    }
    func other(_ end: End) -> End { ends[0] == end ? ends[1] : ends[0] }
  }

  private struct Key: Hashable {
    var ends: [End]
    var proto: UInt8
  }

  let header: EdgeStreamHeader
  private var open: [Key: OracleFlow] = [:]
  private var flows: [OracleFlow] = []
  private var waiting: [String: [TestPacket]] = [:]
  private var firsts: [String: TestPacket] = [:]
  private var newest = Int64.min
  private var observedSince: Int64?
  private var packetCount = 0
  private var closedBefore = Int64.min
  private(set) var edges: [EdgeRecord] = []

  init(_ header: EdgeStreamHeader) { self.header = header }

  private var windowLength: Int64 { Int64(header.windowSeconds) * 1_000_000_000 }
  private func window(_ time: Int64) -> Int64 { time >= 0 ? time / windowLength : -((windowLength - 1 - time) / windowLength) }

  /// All edges of packets in the order of their arrival.
  static func edges(of packets: [TestPacket], _ header: EdgeStreamHeader) -> [EdgeRecord] {
    var oracle = EdgeOracle(header)
    for packet in packets { oracle.arrive(packet) }
    oracle.close(before: .max)
    return oracle.edges
  }

  private mutating func arrive(_ packet: TestPacket) {
    guard let fragment = packet.fragment else { return take(packet) }
    let name = "\(packet.from.address) \(packet.to.address) \(packet.proto) \(fragment.identification)"
    if packet.isLaterFragment {
      guard let first = firsts[name] else { return waiting[name, default: []].append(packet) }
      take(packet, portsOf: first)
    } else {
      firsts[name] = packet
      take(packet)
      for later in waiting.removeValue(forKey: name) ?? [] { take(later, portsOf: packet) }
    }
  }

  private mutating func take(_ fragment: TestPacket, portsOf first: TestPacket) {
    var packet = fragment
    (packet.from, packet.to) = (first.from, first.to)
    take(packet)
  }

  private mutating func take(_ packet: TestPacket) {
    packetCount += 1
    newest = max(newest, packet.time)
    // Nothing closes before 64 packets were seen.
    if packetCount >= 64 { close(before: window(newest - Int64(header.latenessNanoseconds))) }
    let flow = flow(of: packet)
    let number = window(packet.time)
    let part = flow.parts[number] ?? Part()
    flow.parts[number] = part
    if flow.heard.isEmpty, flow.parts.count == 1, part.times.isEmpty { begin(flow, part, packet) }
    part.bytes[packet.from, default: 0] += packet.byteCount
    part.packets[packet.from, default: 0] += 1
    part.times.append(packet.time)
    part.slots.insert((packet.time - number * windowLength) * 60 / windowLength)
    flow.last = max(flow.last, packet.time)
    live(flow, part, packet)
    for quoted in packet.quoted { fail(quoted, packet) }
  }

  private func idle(_ proto: UInt8) -> Int64 { Int64(proto == 6 ? header.idleTCPNanoseconds : header.idleOtherNanoseconds) }

  private mutating func flow(of packet: TestPacket) -> OracleFlow {
    let key = Key(ends: [packet.from, packet.to].sorted(), proto: packet.proto)
    observedSince = min(observedSince ?? packet.time, packet.time)
    let known = open[key]
    if let known, packet.time - known.last <= idle(packet.proto), !isAnotherBeginning(packet, known) { return known }
    let flow = OracleFlow(packet)
    let wasSilent = packet.time - (observedSince ?? 0) >= Int64(header.idleOtherNanoseconds)
    if packet.proto == 1 || packet.proto == 58, let client = echoClient(packet) { flow.direct(client, .message, window(packet.time)) }
    flow.beginningSeen = packet.proto != 6 && wasSilent
    open[key] = flow
    flows.append(flow)
    return flow
  }

  private func isAnotherBeginning(_ packet: TestPacket, _ flow: OracleFlow) -> Bool {
    guard packet.proto == 6, packet.flags & TestPacket.synAck == TestPacket.syn else { return false }
    if flow.ended { return true }
    if let known = flow.initialSequence { return known != packet.sequence }
    return !(flow.seenSYNACK && flow.synAckReceiver == packet.from)
  }

  private func echoClient(_ packet: TestPacket) -> End? {
    switch (packet.proto, packet.icmpType) {
    case (1, 8), (58, 128): packet.from
    case (1, 0), (58, 129): packet.to
    default: nil
    }
  }

  private func begin(_ flow: OracleFlow, _ part: Part, _ packet: TestPacket) {
    part.began = true
    if packet.proto == 6, packet.flags & TestPacket.syn == 0 { part.outcome.midstream += 1 }
  }

  /// What a packet says of its flow's beginning and end.
  private func live(_ flow: OracleFlow, _ part: Part, _ packet: TestPacket) {
    if packet.proto == 1 || packet.proto == 58, let client = echoClient(packet) { flow.direct(client, .message, window(packet.time)) }
    let isReset = packet.proto == 6 && packet.flags & TestPacket.rst != 0
    if isReset {
      if flow.answered {
        if !flow.reset { (flow.reset, part.outcome.reset) = (true, part.outcome.reset + 1) }
      } else if flow.initialSequence != nil, flow.synSender == packet.to, packet.from != packet.to, !flow.refused {
        (flow.refused, part.outcome.refused) = (true, part.outcome.refused + 1)
      }
      flow.ended = true
    } else {
      flow.heard.insert(packet.from)
      if flow.heard.count == 2, !flow.answered {
        (flow.answered, part.outcome.answered) = (true, part.outcome.answered + 1)
        if flow.beginningSeen { flow.direct(flow.firstSender, .opened, window(packet.time)) }
      }
    }
    guard packet.proto == 6 else { return }
    switch packet.flags & TestPacket.synAck {
    case TestPacket.syn:
      flow.synTime = flow.initialSequence == nil && !flow.seenSYNACK ? packet.time : nil
      if flow.initialSequence == nil { (flow.initialSequence, flow.synSender) = (packet.sequence, packet.from) }
      flow.direct(packet.from, .handshake, window(packet.time))
    case TestPacket.synAck:
      flow.direct(packet.to, .handshake, window(packet.time))
      if !flow.seenSYNACK { flow.synAckReceiver = packet.to }
      if let asked = flow.synTime, flow.synSender == packet.to, packet.time >= asked { part.handshakes.append(UInt64(packet.time - asked)) }
      flow.synTime = nil
      flow.seenSYNACK = true
    default: break
    }
    if packet.flags & 1 != 0 { flow.finished.insert(packet.from) }
    if flow.finished.count == 2 { flow.ended = true }
  }

  /// An ICMP error quotes a packet of a flow.
  private func fail(_ quoted: TestPacket, _ error: TestPacket) {
    guard let flow = open[Key(ends: [quoted.from, quoted.to].sorted(), proto: quoted.proto)], error.time - flow.last <= idle(quoted.proto)
    else { return }
    let isRefused = error.icmpCode == (error.proto == 1 ? 3 : 4)
    // Each counts once a flow, and what does not count leaves no trace.
    guard !(isRefused ? flow.refused : flow.unreachable) else { return }
    let number = window(error.time)
    let part = flow.parts[number] ?? Part()
    part.quotedTimes.append(error.time)
    flow.parts[number] = part
    if isRefused { (flow.refused, part.outcome.refused) = (true, part.outcome.refused + 1) }
    if !isRefused { (flow.unreachable, part.outcome.unreachable) = (true, part.outcome.unreachable + 1) }
  }

  // MARK: windows

  private mutating func close(before limit: Int64) {
    let numbers = Set(flows.flatMap { $0.parts.keys }).filter { $0 >= closedBefore && $0 < limit }.sorted()
    for number in numbers { close(number) }
    closedBefore = max(closedBefore, limit)
  }

  private mutating func close(_ number: Int64) {
    let members = flows.compactMap { flow in flow.parts[number].map { (flow: flow, part: $0) } }
    var peers: [String: Set<String>] = [:]
    func name(_ flow: OracleFlow, _ end: End) -> String { "\(end) \(flow.proto)" }
    func isTelling(_ flow: OracleFlow, _ part: Part) -> Bool {
      let bare = UInt64(part.times.count) * (flow.ends[0].address.contains(":") ? 60 : 40)
      return flow.proto != 6 || part.bytes.values.reduce(0, +) > bare
    }
    for (flow, part) in members where isTelling(flow, part) {
      peers[name(flow, flow.ends[0]), default: []].insert(flow.ends[1].address)
      peers[name(flow, flow.ends[1]), default: []].insert(flow.ends[0].address)
    }
    var groups: [String: [(flow: OracleFlow, part: Part, client: End, basis: DirectionBasis)]] = [:]
    for (flow, part) in members {
      let (client, basis) = decide(flow, number) { isTelling(flow, part) ? peers[name(flow, $0)]?.count ?? 0 : 0 }
      if basis.isCertain { flow.direct(client, basis, number) }
      let server = flow.other(client)
      groups["\(client.address) \(server.address) \(flow.proto) \(server.port)", default: []].append((flow, part, client, basis))
    }
    edges += groups.values.compactMap { edge($0, number) }.sorted {
      ($0.client, $0.server, $0.proto, $0.port ?? 0) < ($1.client, $1.server, $1.proto, $1.port ?? 0)
    }
  }

  private func decide(_ flow: OracleFlow, _ window: Int64, peers: (End) -> Int) -> (End, DirectionBasis) {
    if let known = flow.direction(in: window) { return known }
    guard hasPorts(flow.proto) else { return (flow.firstSender, .first) }
    let a = flow.ends[0], b = flow.ends[1]
    if peers(a) >= 4, peers(a) >= 4 * peers(b) { return (b, .degree) }
    if peers(b) >= 4, peers(b) >= 4 * peers(a) { return (a, .degree) }
    let registry = ServiceRegistry.shared, proto = TransportProtocol(number: flow.proto)
    let known = flow.ends.map { registry.evidence(proto: proto, port: $0.port) }
    if known[0] != known[1] { return (known[0] > known[1] ? b : a, .registered) }
    for limit in [1024, 49152] as [UInt16] where (a.port < limit) != (b.port < limit) { return (a.port < limit ? b : a, .port) }
    return a.port == b.port ? (flow.firstSender, .first) : (a.port < b.port ? b : a, .port)
  }

  private func hasPorts(_ proto: UInt8) -> Bool { [6, 17, 33, 132, 136].contains(proto) }

  private func edge(_ group: [(flow: OracleFlow, part: Part, client: End, basis: DirectionBasis)], _ number: Int64) -> EdgeRecord? {
    guard let one = group.first, let client = IPAddress(one.client.address), let server = IPAddress(one.flow.other(one.client).address)
    else { return nil }
    let times = group.flatMap(\.part.times), quoted = group.flatMap(\.part.quotedTimes)
    let (shown, basis) = (times.isEmpty ? quoted : times, group.map(\.basis).min() ?? .first)
    guard let first = shown.min(), let last = shown.max() else { return nil }
    let proto = TransportProtocol(number: one.flow.proto), port = one.flow.other(one.client).port
    var edge = EdgeRecord(
      window: Timestamp(nanoseconds: number * windowLength), client: client, server: server, proto: proto,
      port: hasPorts(one.flow.proto) ? port : nil,
      direction: basis, first: Timestamp(nanoseconds: first), last: Timestamp(nanoseconds: last))
    edge.service = ServiceRegistry.shared.service(proto: proto, port: port)
    let clientPorts = Set(group.map(\.client.port))
    if !basis.isCertain, hasPorts(one.flow.proto), clientPorts.count == 1 { edge.clientPort = clientPorts.first }
    for (flow, part, client, _) in group {
      let server = flow.other(client)
      edge.volume.bytesToServer += part.bytes[client] ?? 0
      edge.volume.packetsToServer += part.packets[client] ?? 0
      if server != client {
        edge.volume.bytesToClient += part.bytes[server] ?? 0
        edge.volume.packetsToClient += part.packets[server] ?? 0
      }
      edge.flows += part.began ? 1 : 0
      if let last = part.times.max() { edge.durationNanoseconds += UInt64(max(0, last - max(number * windowLength, flow.start))) }
      edge.outcome.answered += part.outcome.answered
      edge.outcome.refused += part.outcome.refused
      edge.outcome.reset += part.outcome.reset
      edge.outcome.unreachable += part.outcome.unreachable
      edge.outcome.midstream += part.outcome.midstream
      for sample in part.handshakes { edge.networkResponse.record(nanoseconds: sample) }
    }
    edge.activeSlots = UInt64(Set(group.flatMap(\.part.slots)).count)
    return edge
  }
}
