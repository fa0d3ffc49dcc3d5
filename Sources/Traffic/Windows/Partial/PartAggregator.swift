import ByteStreams
import Flows
import Interchange
import Packets

/// Packets in, a partial stream out: per window and flow key what happened, added up only as far as no other input can change it.
public struct PartAggregator: ~Copyable {
  private var clock: WindowClock
  private var packetCount = 0
  private var afterwards = WindowAggregator.Afterwards()
  private var writer: EdgeStreamWriter
  /// The window that was used last.
  private var current = PartWindow(number: .min)
  /// The other windows that hold something and have not closed, ascending.
  private var others: [PartWindow] = []
  private var orders: [ArrivalOrder]
  /// For the number of each input its place in the header's list.
  private let numbers: [Int]
  private let windowNanoseconds: Int64
  private let idleTCPNanoseconds: Int64
  private let idleOtherNanoseconds: Int64
  private let itemCountMax: Int
  private static let openWindowCountMax = 4096

  /// An aggregator that writes to `sink`; the header, which names the inputs, is written at once.
  ///
  /// `numbers` holds for the number of each input its place in the header's list; `itemCountMax` limits how many items are held: beyond it
  /// windows close early and the newest is written in several pieces.
  public init(header: EdgeStreamHeader, numbers: [Int], itemCountMax: Int, to sink: any ByteSink) throws(StreamError) {
    writer = try EdgeStreamWriter(header: header, to: sink)
    self.numbers = numbers
    self.itemCountMax = itemCountMax
    windowNanoseconds = Int64(header.windowSeconds) * 1_000_000_000
    clock = WindowClock(windowNanoseconds: windowNanoseconds, latenessNanoseconds: WindowAggregator.limit(header.latenessNanoseconds))
    // Silence of more than an hour matters to whether a flow's beginning was seen.
    idleTCPNanoseconds = min(WindowAggregator.limit(header.idleTCPNanoseconds), ObservedTime.gapNanoseconds)
    idleOtherNanoseconds = min(WindowAggregator.limit(header.idleOtherNanoseconds), ObservedTime.gapNanoseconds)
    orders = Array(repeating: ArrivalOrder(), count: numbers.count)
  }

  /// Takes all packets in the order in which they were captured: those of flows, what ICMP errors quote, fragments, and as mere signs of
  /// time those that belong to no flow.
  public mutating func add(_ packets: Span<FlowPacket>) throws(StreamError) {
    for place in packets.indices {
      let packet = packets[place]
      let time = packet.timeNanoseconds
      let arrival = orders[Int(packet.source)].arrival(of: time)
      if time >= clock.sameFrom, time < clock.sameUntil, packet.kind == .flow, clock.sameWindow == current.number {
        clock.newestNanoseconds = max(clock.newestNanoseconds, time)
        packetCount &+= 1
        current.add(packet, slot: clock.sameSlot, arrival: arrival, idleNanoseconds: idle(packet))
        if packet.tcpFlags & TCPFlags.syn != 0, !others.isEmpty { cutRuns(of: packet) }
      } else {
        try addUnusual(packet, arrival: arrival)
      }
    }
    if current.itemCount > itemCountMax { try spill() }
  }

  /// A SYN may begin a flow: what comes behind it in other windows must not join what came before it there.
  private mutating func cutRuns(of packet: FlowPacket) {
    for place in others.indices { others[place].cutRun(of: packet) }
  }

  @inline(__always)
  private func idle(_ packet: FlowPacket) -> Int64 { packet.key.proto == 6 ? idleTCPNanoseconds : idleOtherNanoseconds }

  /// A packet whose window must be found first, or one that is no packet of a flow.
  private mutating func addUnusual(_ packet: FlowPacket, arrival: Arrival) throws(StreamError) {
    switch packet.kind {
    case .flow:
      let (window, slot, isLate) = try admit(packet.timeNanoseconds)
      if isLate { afterwards.countLate(source: packet.source) }
      try use(window)
      current.add(packet, slot: slot, arrival: arrival, idleNanoseconds: idle(packet))
      if packet.tcpFlags & TCPFlags.syn != 0, !others.isEmpty { cutRuns(of: packet) }
    case .quotedAsRefused, .quotedAsUnreachable:
      try use(clock.window(of: packet.timeNanoseconds))
      current.addQuoted(packet, arrival: arrival)
    case .firstFragment, .laterFragment:
      try use(clock.window(of: packet.timeNanoseconds))
      current.addFragment(packet, arrival: arrival)
    case .carriedByFragment: current.carry(packet)
    case .malformed, .cutTransportHeader, .cutIPHeader, .notIPHeader, .nonIP, .unsupportedLink: break
    }
  }

  /// The window and slot of a packet; closes windows whose time has come.
  private mutating func admit(_ time: Int64) throws(StreamError) -> (window: Int64, slot: UInt64, isLate: Bool) {
    var answer = clock.admit(time, packet: packetCount)
    if let stays = clock.closing() {
      try close(before: stays)
      // Time has moved: the packet is looked at again under the windows that are open now.
      answer = clock.admit(time, packet: packetCount)
    }
    packetCount += 1
    return answer
  }

  /// Makes a window the current one.
  private mutating func use(_ window: Int64) throws(StreamError) {
    if current.number == window { return }
    if others.count >= Self.openWindowCountMax { try close(before: min(current.number, others[0].number) + 1) }
    if current.itemCount > 0 { others.insert(current, at: others.firstIndex { $0.number > current.number } ?? others.count) }
    if let place = others.firstIndex(where: { $0.number == window }) {
      current = others.remove(at: place)
    } else {
      current = PartWindow(number: window)
    }
  }

  private mutating func close(before window: Int64) throws(StreamError) {
    if current.number < window {
      if current.itemCount > 0 { others.insert(current, at: others.firstIndex { $0.number > current.number } ?? others.count) }
      current = PartWindow(number: .min)
    }
    while let oldest = others.first, oldest.number < window {
      try write(oldest)
      others.removeFirst()
    }
    clock.close(before: window)
  }

  private func start(of window: Int64) -> Int64 {
    let (start, overflow) = window.multipliedReportingOverflow(by: windowNanoseconds)
    return overflow ? Int64.min : start
  }

  private mutating func write(_ window: PartWindow) throws(StreamError) {
    try window.write(windowStart: start(of: window.number), numbers: numbers, to: &writer)
  }

  /// Writes all that is held, so that memory stays bounded: windows before the newest close early.
  private mutating func spill() throws(StreamError) {
    let newest = max(current.number, others.last?.number ?? .min)
    try close(before: newest)
    try use(newest)
    try write(current)
    current = PartWindow(number: newest)
  }

  /// Closes all windows; gives what became of packets afterwards.
  public mutating func closeAll() throws(StreamError) -> WindowAggregator.Afterwards {
    if current.number != .min || !others.isEmpty { try close(before: max(current.number, others.last?.number ?? .min) + 1) }
    return afterwards
  }

  /// Writes the names of addresses and what was read of each input, and ends the stream.
  public consuming func finish(names: [NameRecord] = [], sources: [SourceRecord]) throws(StreamError) {
    for name in names { try writer.write(name) }
    for source in sources { try writer.write(source) }
    try writer.finish()
  }
}
