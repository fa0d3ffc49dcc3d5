import ByteStreams
import Flows
import Interchange
import Packets

/// Runs of packets in, windowed edges out: the same flows, windows and rules as for packets, for traffic that was read in pieces.
public struct JoiningAggregator: ~Copyable {
  private var aggregator: WindowAggregator
  private var observed = ObservedTime()

  /// An aggregator that writes to `sink`; the header is written at once. `flowCountMax` limits how many flows and parts of flows are held.
  public init(header: EdgeStreamHeader, flowCountMax: Int = .max, to sink: any ByteSink) throws(StreamError) {
    aggregator = try WindowAggregator(header: header, flowCountMax: flowCountMax, to: sink)
  }

  /// Takes a run that counts in a window which has not been closed; runs must come in the order in which their first packets came. Gives
  /// whether it began another flow in place of one of the same key.
  public mutating func add(_ run: PacketRun, window: Int64) -> Bool {
    aggregator.table.observedSinceNanoseconds = observed.note(run.first.timeNanoseconds, through: run.lastNanoseconds)
    aggregator.open(window)
    switch aggregator.table.add(run, window: window) {
    case .taken: return false
    case .takenByAnotherFlow: return true
    case .refused:
      aggregator.table.giveUp(run)
      return false
    }
  }

  /// Notes that a run which was taken before brings its first packet from the other side now.
  public mutating func hear(_ packet: FlowPacket, window: Int64) { aggregator.table.hear(packet, window: window) }

  /// Takes what an ICMP error quotes.
  public mutating func addQuoted(_ packet: FlowPacket, window: Int64) {
    aggregator.open(window)
    aggregator.table.addQuoted(packet, window: window)
  }

  /// Closes all windows before this one; `newest` is the time that has been reached.
  public mutating func close(before window: Int64, newest: Int64) throws(StreamError) {
    try aggregator.close(before: window, newest: newest)
  }

  /// Closes all windows; gives what was given up for want of room.
  public mutating func closeAll() throws(StreamError) -> Evictions { try aggregator.closeAll().evictions }

  /// Writes the names of addresses and what was read of each input, and ends the stream.
  public consuming func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError) {
    try aggregator.finish(names: names, sources: sources)
  }
}

/// What joining needs of an aggregator besides packets.
extension WindowAggregator {
  /// The slot, of 60, of a time so far inside a window of that length.
  public static func slot(_ inside: Int64, of windowNanoseconds: Int64) -> Int64 { min(59, WindowClock.scaled(inside, windowNanoseconds)) }

  /// Opens a window.
  mutating func open(_ window: Int64) {
    if open.last == window { return }
    let place = open.lastIndex { $0 <= window }.map { $0 + 1 } ?? 0
    if place == 0 || open[place - 1] != window { open.insert(window, at: place) }
  }

  /// Closes all windows before this one.
  mutating func close(before window: Int64, newest: Int64) throws(StreamError) {
    clock.newestNanoseconds = newest
    while let oldest = open.first, oldest < window { try closeOldest() }
  }
}
