import Flows

/// Until when runs of packets go on that have been taken as a whole: what of them comes behind a SYN of another source that begins a new
/// flow is in the flow before it all the same.
struct RunEnds {
  private struct End {
    var arrival: Int64
    var source: Int
  }

  /// By flow key; the later ones alone.
  private var ends: [FlowKey: [End]] = [:]

  /// Notes a run that was taken; `end` is the time for which its last packet stands.
  mutating func note(_ key: FlowKey, _ run: JoinedItems.Happening, end: Int64) {
    guard end > run.arrival else { return }
    var known = ends[key] ?? []
    known.removeAll { $0.arrival < run.arrival || $0.source == run.source && $0.arrival <= end }
    known.append(End(arrival: end, source: run.source))
    ends[key] = known
  }

  /// Whether a run of another source has packets behind this place.
  func isWithinRun(_ key: FlowKey, _ place: JoinedItems.Happening) -> Bool {
    guard let known = ends[key] else { return false }
    return known.contains {
      $0.source != place.source && ($0.arrival > place.arrival || $0.arrival == place.arrival && $0.source > place.source)
    }
  }

  /// Forgets runs that ended before a time.
  mutating func forget(before time: Int64) { ends = ends.filter { $0.value.contains { $0.arrival >= time } } }
}
