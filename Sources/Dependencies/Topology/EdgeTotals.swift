import Interchange

/// All that was seen of one machine's use of one service, in whole numbers, so that the order of adding does not matter.
struct EdgeTotals {
  /// When traffic was seen within one window.
  struct Presence {
    var first: Timestamp
    var last: Timestamp
    /// In how many of the window's slots; where several records share a window, the largest of theirs.
    var activeSlots: UInt64
    var slots: UInt64
  }

  private(set) var volume = EdgeRecord.Volume()
  private(set) var flows: UInt64 = 0
  private(set) var openNanoseconds: UInt64 = 0
  private(set) var outcome = EdgeRecord.Outcome()
  private(set) var directions: Set<DirectionBasis> = []
  private(set) var windows: [Timestamp: Presence] = [:]
  private(set) var first = Timestamp(nanoseconds: .max)
  private(set) var last = Timestamp(nanoseconds: .min)

  /// IP bytes both ways.
  var bytes: UInt64 { volume.bytesToServer.addingSaturated(volume.bytesToClient) }
  /// The rule that decided direction best.
  var direction: DirectionBasis { directions.min() ?? .first }

  /// Whether the server was heard to answer. A refusal is none; a conversation joined in the middle counts if nobody refused anything.
  var isAnswered: Bool { outcome.answered > 0 || (volume.packetsToClient > 0 && outcome.refused == 0 && outcome.unreachable == 0) }

  mutating func add(_ edge: EdgeRecord) {
    func sum(_ total: inout UInt64, _ value: UInt64) { total = total.addingSaturated(value) }
    sum(&volume.bytesToServer, edge.volume.bytesToServer)
    sum(&volume.bytesToClient, edge.volume.bytesToClient)
    sum(&volume.packetsToServer, edge.volume.packetsToServer)
    sum(&volume.packetsToClient, edge.volume.packetsToClient)
    sum(&flows, edge.flows)
    sum(&openNanoseconds, edge.durationNanoseconds)
    sum(&outcome.answered, edge.outcome.answered)
    sum(&outcome.refused, edge.outcome.refused)
    sum(&outcome.reset, edge.outcome.reset)
    sum(&outcome.unreachable, edge.outcome.unreachable)
    sum(&outcome.midstream, edge.outcome.midstream)
    directions.insert(edge.direction)
    first = min(first, edge.first)
    last = max(last, edge.last)
    let presence = Presence(first: edge.first, last: edge.last, activeSlots: edge.activeSlots, slots: edge.slots)
    guard let known = windows[edge.window] else { return windows[edge.window] = presence }
    windows[edge.window] = Presence(
      first: min(known.first, presence.first), last: max(known.last, presence.last),
      activeSlots: max(known.activeSlots, presence.activeSlots), slots: max(known.slots, presence.slots))
  }
}
