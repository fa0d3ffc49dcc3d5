import ByteStreams
import Flows
import Interchange

/// Adds up whole flows from their parts in windows, and writes each when no flow that comes before it in the stream can still be open.
///
/// It holds the flows that are open, and of the finished those that began to be silent after the one that has been silent longest of the open:
/// as many as within one idle time.
struct FlowLedger: ~Copyable {
  private var lives: [FlowLifetime: FlowLife] = [:]
  /// Flows that have left the table and may have parts in windows that are open.
  private var leaving: [FlowDeparture] = []
  private var finished: [FlowLife] = []
  private var writer: FlowStreamWriter
  private var flowCount: UInt64 = 0
  /// With more finished flows than this all are written, and their order begins anew.
  private let finishedCountMax: Int
  /// Looking for what can be written costs as much as there are flows.
  private static let finishedCountMin = 4096

  init(_ writer: consuming FlowStreamWriter, finishedCountMax: Int) {
    self.writer = writer
    self.finishedCountMax = finishedCountMax
  }

  /// Notes a packet of a flow.
  mutating func note(_ packet: FlowPacket, of flow: FlowLifetime) {
    if lives[flow]?.note(packet) != nil { return }
    flowCount += 1
    var life = FlowLife(packet, number: flowCount)
    life.note(packet)
    lives[flow] = life
  }

  /// Adds a flow's part of a window that closes.
  mutating func add(_ part: Flow, clientIsB: Bool, basis: DirectionBasis) {
    lives[FlowLifetime(part)]?.add(part, clientIsB: clientIsB, basis: basis)
  }

  /// Takes departures between two windows' closings: what was given up whole is forgotten at once.
  mutating func take(_ departures: [FlowDeparture]) {
    for departure in departures {
      if departure.reason == .givenUp { lives[departure.flow] = nil } else { leaving.append(departure) }
    }
  }

  /// Finishes the flows that have left and whose windows have all closed, this one the last of them.
  mutating func close(window: Int64, departures: [FlowDeparture]) throws(StreamError) {
    leaving += departures
    var staying: [FlowDeparture] = []
    for departure in leaving {
      guard departure.lastWindow <= window else {
        staying.append(departure)
        continue
      }
      guard var life = lives.removeValue(forKey: departure.flow), departure.reason != .givenUp else { continue }
      life.end(departure)
      finished.append(life)
    }
    leaving = staying
    guard finished.count >= max(Self.finishedCountMin, min(lives.count / 2, finishedCountMax)) else { return }
    // What is not in any closed window yet ends in one that closes later.
    let oldest = lives.values.reduce(Int64.max) { $1.lastWindow == Flow.noWindow ? $0 : min($0, $1.lastWindow) }
    try write(before: finished.count > finishedCountMax ? .max : oldest)
  }

  private mutating func write(before window: Int64) throws(StreamError) {
    let ready = finished.filter { $0.lastWindow < window }.sorted(by: <)
    finished.removeAll { $0.lastWindow < window }
    for life in ready { try writer.write(life.record) }
  }

  /// Writes the rest once all flows have left, names, what was read of each input, and the end of the stream.
  consuming func finish(names: [NameRecord], sources: [SourceRecord]) throws(StreamError) {
    try write(before: .max)
    for name in names { try writer.write(name) }
    for source in sources { try writer.write(source) }
    try writer.finish()
  }
}
