import ByteStreams
import Flows
import Interchange
import Packets
import Recognition

/// Packets in, windowed edges out: keeps the flows, moves the clock, and writes a window's edges when it closes.
public struct WindowAggregator: ~Copyable {
  /// How many packets and bytes of a batch went into edges, and how many of them came late.
  public struct Admission: Sendable {
    /// Packets that are in edges.
    public var packets: UInt64 = 0
    /// Their IP bytes.
    public var bytes: UInt64 = 0
    /// Packets that count in another window than their own.
    public var late: UInt64 = 0
    /// Nothing.
    @inlinable public init() {}
  }

  @usableFromInline var table: FlowTable
  @usableFromInline var clock: WindowClock
  @usableFromInline var packetCount = 0
  private var edges = EdgeTable()
  private var writer: EdgeStreamWriter
  /// Numbers of the windows that hold something and have not closed, ascending.
  private var open: [Int64] = []
  private let windowNanoseconds: Int64
  private let latenessNanoseconds: Int64
  /// With more open windows than this the oldest closes early; times that are not believed open at most half of them. Absurd times must choose
  /// neither our memory nor where real packets count.
  private static let openWindowCountMax = 4096
  /// Longer limits than this (73 years) mean no limit, and their sums with times fit 64 bits.
  private static let limitNanosecondsMax: Int64 = 1 << 61

  /// An aggregator that writes to `sink`; the header is written at once. All times lie strictly within 2^62 ns of the epoch.
  public init(header: EdgeStreamHeader, batchCount: Int, to sink: any ByteSink) throws(StreamError) {
    writer = try EdgeStreamWriter(header: header, to: sink)
    windowNanoseconds = Int64(header.windowSeconds) * 1_000_000_000
    func limit(_ value: UInt64) -> Int64 { min(Int64(clamping: value), Self.limitNanosecondsMax) }
    latenessNanoseconds = limit(header.latenessNanoseconds)
    clock = WindowClock(windowNanoseconds: windowNanoseconds, latenessNanoseconds: latenessNanoseconds)
    table = FlowTable(
      idleTCPNanoseconds: limit(header.idleTCPNanoseconds), idleOtherNanoseconds: limit(header.idleOtherNanoseconds),
      batchCount: batchCount)
  }

  /// Takes a batch of packets that belong to flows, in the order in which they were captured.
  @inlinable
  public mutating func add(_ batch: [PacketSummary], count: Int) throws(StreamError) -> Admission {
    var admission = Admission()
    table.prepare(batch, count: count)
    for place in 0..<count {
      let time = batch[place].timeNanoseconds
      if time >= clock.sameFrom, time < clock.sameUntil {
        clock.newestNanoseconds = max(clock.newestNanoseconds, time)
        packetCount += 1
        table.add(batch[place], place: place, window: clock.sameWindow, slot: clock.sameSlot)
      } else {
        let (window, slot, isLate) = try admit(time)
        if isLate { admission.late += 1 }
        table.add(batch[place], place: place, window: window, slot: slot)
      }
      admission.bytes &+= UInt64(batch[place].ipByteCount)
    }
    admission.packets = UInt64(count)
    return admission
  }

  /// The window and slot of a packet that needs a second thought; closes windows whose time has come.
  @usableFromInline
  mutating func admit(_ time: Int64) throws(StreamError) -> (window: Int64, slot: UInt64, isLate: Bool) {
    var answer = clock.admit(time, packet: packetCount)
    table.observedSinceNanoseconds = clock.observedSinceNanoseconds
    table.believedUntilNanoseconds = clock.believedUntilNanoseconds
    if let stays = clock.closing() {
      while let oldest = open.first, oldest < stays { try closeOldest() }
      clock.close(before: stays)
      // Time has moved: the packet is looked at again under the windows that are open now.
      answer = clock.admit(time, packet: packetCount)
    }
    packetCount += 1
    return open.last == answer.window ? answer : try place(answer, at: time)
  }

  /// Opens the window of an answer, or gives another where there are too many.
  private mutating func place(
    _ answer: (window: Int64, slot: UInt64, isLate: Bool), at time: Int64
  ) throws(StreamError) -> (window: Int64, slot: UInt64, isLate: Bool) {
    var (place, end) = (0, open.count)
    while place < end {
      let middle = (place + end) / 2
      if open[middle] < answer.window { place = middle + 1 } else { end = middle }
    }
    if place < open.count, open[place] == answer.window { return answer }
    if time > clock.believedUntilNanoseconds, open.count >= Self.openWindowCountMax / 2 {
      clock.forgetSlot()
      let newest = clock.newestNanoseconds
      return try self.place((clock.window(of: newest), 1, true), at: newest)
    }
    if open.count >= Self.openWindowCountMax {
      let oldest = open[0]
      guard answer.window > oldest else {
        clock.close(before: oldest)
        return (oldest, 1, true)
      }
      try closeOldest()
      clock.close(before: oldest + 1)
      place -= 1
    }
    open.insert(answer.window, at: place)
    return answer
  }

  /// Counts what an ICMP error says of the flow that it quotes. The packets before it must have been added.
  public mutating func add(_ quoted: QuotedPacket) throws(StreamError) {
    let time = quoted.summary.timeNanoseconds
    table.add(quoted, window: try place((clock.window(of: time), 1, false), at: time).window)
  }

  private mutating func closeOldest() throws(StreamError) {
    let window = open.removeFirst()
    let (start, overflow) = window.multipliedReportingOverflow(by: windowNanoseconds)
    let windowStart = overflow ? Int64.min : start
    table.gather(window: window)
    var rules = DirectionRules()
    table.forEachPart(of: window) { part in
      if !part.state.contains(.directed) { rules.consider(part) }
    }
    if rules.hasUndecided { table.forEachPart(of: window) { part in rules.observe(part) } }
    edges.removeAll()
    table.forEachPart(of: window) { part in
      let (clientIsB, basis) = rules.decide(part)
      if basis.isCertain { part.direct(clientIsA: !clientIsB, basis: basis.rawValue) }
      edges.add(part, clientIsB: clientIsB, basis: basis, windowStart: windowStart)
    }
    try write(windowStart: windowStart)
    table.close(window: window, newest: clock.newestNanoseconds, latenessNanoseconds: latenessNanoseconds)
  }

  private mutating func write(windowStart: Int64) throws(StreamError) {
    var handshakes = edges.takeHandshakes()
    for place in edges.order {
      let sums = edges.edges[place]
      let proto = TransportProtocol(number: sums.key.proto)
      let hasPorts = [6, 17, 33, 132, 136].contains(sums.key.proto)
      var edge = EdgeRecord(
        window: Timestamp(nanoseconds: windowStart), client: sums.key.client, server: sums.key.server, proto: proto,
        port: hasPorts ? sums.key.port : nil, direction: sums.basis, first: Timestamp(nanoseconds: sums.span.first),
        last: Timestamp(nanoseconds: sums.span.last))
      if hasPorts, !sums.basis.isCertain, !sums.hasSeveralClientPorts { edge.clientPort = sums.clientPort }
      edge.service = ServiceRegistry.shared.service(proto: proto, port: sums.key.port)
      edge.volume = sums.volume
      edge.flows = sums.flows
      edge.activeSlots = UInt64(sums.slots.nonzeroBitCount)
      edge.durationNanoseconds = sums.durationNanoseconds
      edge.outcome = sums.outcome
      if let distribution = handshakes.removeValue(forKey: place) { edge.networkResponse = distribution }
      try writer.write(edge)
    }
  }

  /// Closes all windows, writes the names of addresses and what was read of each input, and ends the stream.
  public consuming func finish(names: [NameRecord] = [], sources: [SourceRecord]) throws(StreamError) {
    while !open.isEmpty { try closeOldest() }
    for name in names { try writer.write(name) }
    for source in sources { try writer.write(source) }
    try writer.finish()
  }
}
