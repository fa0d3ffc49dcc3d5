import ByteStreams
import Flows
import Interchange
import Packets
import Recognition

/// Packets in, windowed edges out: keeps the flows, moves the clock, and writes a window's edges when it closes.
public struct WindowAggregator: ~Copyable {
  /// What became of packets after they were handed over, by the number of their input.
  public struct Afterwards: Sendable {
    /// Packets that count in another window than their own.
    public internal(set) var late: [UInt64] = []
    /// What was given up to keep within a limit of memory.
    public internal(set) var evictions = Evictions()
    /// How many edges were written.
    public internal(set) var edgeCount: UInt64 = 0
    /// How many windows were written.
    public internal(set) var windowCount: UInt64 = 0

    /// Nothing.
    public init() {}

    @usableFromInline
    mutating func countLate(source: UInt16) {
      while late.count <= Int(source) { late.append(0) }
      late[Int(source)] += 1
    }
  }

  @usableFromInline var table: FlowTable
  @usableFromInline var clock: WindowClock
  @usableFromInline var packetCount = 0
  @usableFromInline var afterwards = Afterwards()
  private var edges = EdgeTable()
  private var writer: EdgeStreamWriter?
  /// Where flows are written instead of edges.
  private var ledger: FlowLedger?
  /// Numbers of the windows that hold something and have not closed, ascending.
  var open: [Int64] = []
  private let windowNanoseconds: Int64
  private let latenessNanoseconds: Int64
  /// With more open windows than this the oldest closes early; times that are not believed open at most half of them. Absurd times must choose
  /// neither our memory nor where real packets count.
  private static let openWindowCountMax = 4096
  /// How many packets are hashed before the first is looked up: their summaries and table slots stay in the first-level cache.
  @usableFromInline static let batchCount = 64
  private static let departureCountMax = 4096
  /// A window with more flows than this is written in shares of about as many, so that its edges are never all in memory.
  private static let shareCount = 1 << 17
  /// Longer limits than this (73 years) mean no limit, and their sums with times fit 64 bits.
  private static let limitNanosecondsMax: Int64 = 1 << 61
  /// An option's length of time as it is reckoned with.
  public static func limit(_ nanoseconds: UInt64) -> Int64 { min(Int64(clamping: nanoseconds), limitNanosecondsMax) }

  /// An aggregator that writes to `sink`; the header is written at once. All times lie strictly within 2^62 ns of the epoch.
  ///
  /// `flowCountMax` limits how many flows and parts of flows are held.
  public init(header: EdgeStreamHeader, flowCountMax: Int = .max, to sink: any ByteSink) throws(StreamError) {
    try self.init(header, flowCountMax: flowCountMax, writer: EdgeStreamWriter(header: header, to: sink), ledger: nil)
  }

  /// An aggregator that writes flows, each once it has ended and no flow that comes before it in the stream can still be open.
  public init(header: EdgeStreamHeader, flowCountMax: Int = .max, flowsTo sink: any ByteSink) throws(StreamError) {
    let ledger = FlowLedger(try FlowStreamWriter(header: header, to: sink), finishedCountMax: flowCountMax)
    try self.init(header, flowCountMax: flowCountMax, writer: nil, ledger: ledger)
    table.notesDepartures = true
  }

  private init(
    _ header: EdgeStreamHeader, flowCountMax: Int, writer: consuming EdgeStreamWriter?, ledger: consuming FlowLedger?
  ) throws(StreamError) {
    self.writer = writer
    self.ledger = ledger
    windowNanoseconds = Int64(header.windowSeconds) * 1_000_000_000
    latenessNanoseconds = Self.limit(header.latenessNanoseconds)
    clock = WindowClock(windowNanoseconds: windowNanoseconds, latenessNanoseconds: latenessNanoseconds)
    table = FlowTable(
      idleTCPNanoseconds: Self.limit(header.idleTCPNanoseconds), idleOtherNanoseconds: Self.limit(header.idleOtherNanoseconds),
      countMax: flowCountMax)
  }

  /// Takes packets that belong to flows, and packets quoted by ICMP errors, in the order in which they were captured.
  @inlinable
  public mutating func add(_ packets: Span<FlowPacket>) throws(StreamError) {
    var start = 0
    while start < packets.count {
      let end = min(start + Self.batchCount, packets.count)
      try add(packets, from: start, to: end)
      start = end
    }
  }

  @inlinable @inline(__always)
  mutating func add(_ packets: Span<FlowPacket>, from start: Int, to end: Int) throws(StreamError) {
    table.prepare(packets, from: start, to: end)
    for place in start..<end {
      let time = packets[place].timeNanoseconds
      if time >= clock.sameFrom, time < clock.sameUntil, packets[place].kind == .flow {
        clock.newestNanoseconds = max(clock.newestNanoseconds, time)
        packetCount &+= 1
        if !table.add(packets[place], window: clock.sameWindow, slot: clock.sameSlot) { table.giveUp(packets[place]) }
      } else {
        try addUnusual(packets[place])
      }
    }
  }

  /// Takes packets as `add` does where flows are written: what a flow keeps of its single packets is noted too.
  public mutating func addFollowing(_ packets: Span<FlowPacket>) throws(StreamError) {
    for place in packets.indices {
      try add(packets, from: place, to: place + 1)
      guard packets[place].kind == .flow, let flow = table.lifetime(of: packets[place]) else { continue }
      ledger?.note(packets[place], of: flow)
    }
    // A flood that is given up must not be remembered until its window closes.
    if table.departureCount >= Self.departureCountMax { ledger?.take(table.takeDepartures()) }
  }

  /// A packet whose window must be found first, or a quoted one.
  @usableFromInline
  mutating func addUnusual(_ packet: FlowPacket) throws(StreamError) {
    let time = packet.timeNanoseconds
    guard packet.kind == .flow else {
      return table.addQuoted(packet, window: try self.place((clock.window(of: time), 1, false), at: time).window)
    }
    let (window, slot, isLate) = try admit(time)
    if isLate { afterwards.countLate(source: packet.source) }
    if !table.add(packet, window: window, slot: slot) { table.giveUp(packet) }
  }

  /// The window and slot of a packet that needs a second thought; closes windows whose time has come.
  @usableFromInline
  mutating func admit(_ time: Int64) throws(StreamError) -> (window: Int64, slot: UInt64, isLate: Bool) {
    var answer = clock.admit(time, packet: packetCount)
    table.observedSinceNanoseconds = clock.observedSinceNanoseconds
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

  mutating func closeOldest() throws(StreamError) {
    let window = open.removeFirst()
    let (start, overflow) = window.multipliedReportingOverflow(by: windowNanoseconds)
    let windowStart = overflow ? Int64.min : start
    let count = table.gather(window: window)
    if count > 0 { afterwards.windowCount += 1 }
    var rules = DirectionRules(window: window)
    table.forEachPart(of: window) { _, part in rules.consider(part) }
    if rules.hasUndecided { table.forEachPart(of: window) { _, part in rules.observe(part) } }
    table.direct(window: window) { part in rules.certain(part).map { ($0.clientIsB, $0.basis.rawValue) } }
    if ledger != nil {
      table.forEachPart(of: window) { _, part in
        let (clientIsB, basis) = rules.decide(part)
        ledger?.add(part, clientIsB: clientIsB, basis: basis)
      }
    } else if count <= Self.shareCount {
      try write(window: window, rules, windowStart: windowStart)
    } else {
      let shares = shares(of: window, count: count, rules)
      for share in 0...(shares.max() ?? 0) { try write(window: window, rules, windowStart: windowStart, shares: shares, share: share) }
    }
    table.close(window: window, newest: clock.newestNanoseconds, latenessNanoseconds: latenessNanoseconds)
    try ledger?.close(window: window, departures: table.takeDepartures())
  }

  /// For each part of a window the share in which its edge is written: edges between the same two of some sampled edges go together.
  private func shares(of window: Int64, count: Int, _ rules: DirectionRules) -> [UInt8] {
    func key(_ flow: Flow) -> EdgeTable.Key { EdgeTable.Key(flow, clientIsB: rules.decide(flow).clientIsB) }
    let shareCount = min(256, count / Self.shareCount + 1)
    let sampleCount = shareCount * 64
    let sample = (0..<sampleCount).compactMap { table.part($0 * (count / sampleCount), of: window).map(key) }.sorted(by: <)
    let limits = (1..<shareCount).map { sample[$0 * sample.count / shareCount] }
    var shares = [UInt8](repeating: 0, count: count)
    table.forEachPart(of: window) { number, part in
      let own = key(part)
      var (low, high) = (0, limits.count)
      while low < high {
        let middle = (low + high) / 2
        if limits[middle] < own { low = middle + 1 } else { high = middle }
      }
      shares[number] = UInt8(low)
    }
    return shares
  }

  /// Writes the edges of a gathered window, or of one share of it.
  private mutating func write(
    window: Int64, _ rules: DirectionRules, windowStart: Int64, shares: [UInt8] = [], share: UInt8 = 0
  ) throws(StreamError) {
    edges.removeAll()
    table.forEachPart(of: window, shares: shares, share: share) { _, part in
      let (clientIsB, basis) = rules.decide(part)
      edges.add(part, clientIsB: clientIsB, basis: basis, windowStart: windowStart)
    }
    try write(windowStart: windowStart)
  }

  private mutating func write(windowStart: Int64) throws(StreamError) {
    let handshakes = edges.distributions()
    for number in edges.order {
      let place = Int(number)
      let sums = edges.edges[place]
      let proto = TransportProtocol(number: sums.key.proto)
      let hasPorts = [6, 17, 33, 132, 136].contains(sums.key.proto)
      var edge = EdgeRecord(
        window: Timestamp(nanoseconds: windowStart), client: sums.key.client, server: sums.key.server, proto: proto,
        port: hasPorts ? sums.key.port : nil, direction: sums.basis, first: Timestamp(nanoseconds: sums.span.first),
        last: Timestamp(nanoseconds: sums.span.last))
      if sums.key.network != 0 { edge.network = Overlay.name(sums.key.network) }
      if hasPorts, !sums.basis.isCertain, !sums.hasSeveralClientPorts { edge.clientPort = sums.clientPort }
      edge.service = ServiceRegistry.shared.service(proto: proto, port: sums.key.port)
      edge.volume = sums.volume
      edge.flows = sums.flows
      edge.activeSlots = UInt64(sums.slots.nonzeroBitCount)
      edge.durationNanoseconds = sums.durationNanoseconds
      edge.outcome = sums.outcome
      if !handshakes.isEmpty { edge.networkResponse = handshakes[place] }
      try writer?.write(edge)
      afterwards.edgeCount += 1
    }
  }

  /// Closes all windows; gives what became of packets afterwards.
  public mutating func closeAll() throws(StreamError) -> Afterwards {
    while !open.isEmpty { try closeOldest() }
    if ledger != nil {
      table.noteEnd(newest: clock.newestNanoseconds)
      try ledger?.close(window: .max, departures: table.takeDepartures())
    }
    afterwards.evictions = table.evictions
    return afterwards
  }

  /// Writes the names of addresses and what was read of each input, and ends the stream.
  public consuming func finish(names: [NameRecord] = [], sources: [SourceRecord]) throws(StreamError) {
    try ledger.take()?.finish(names: names, sources: sources)
    guard var writer = writer.take() else { return }
    for name in names { try writer.write(name) }
    for source in sources { try writer.write(source) }
    try writer.finish()
  }
}
