import Interchange

/// In which windows anything at all was seen, and from when to when.
struct ObservedTime {
  /// Length of a window.
  var windowNanoseconds: Int64 = 0
  private var windows: [Timestamp: (first: Int64, last: Int64)] = [:]

  init() {}

  /// The moment at which a window ends.
  func end(ofWindow window: Timestamp) -> Timestamp {
    let (end, overflow) = window.nanoseconds.addingReportingOverflow(windowNanoseconds)
    return Timestamp(nanoseconds: overflow ? .max : end)
  }

  /// Takes in when traffic of a record was seen. What came late counts in a window that is not its own, so times are held within the window.
  mutating func add(_ edge: EdgeRecord) {
    let bounds = edge.window.nanoseconds...end(ofWindow: edge.window).nanoseconds
    let first = edge.first.nanoseconds.held(in: bounds)
    let last = max(first, edge.last.nanoseconds.held(in: bounds))
    let known = windows[edge.window] ?? (first, last)
    windows[edge.window] = (min(known.first, first), max(known.last, last))
  }

  /// The observed time as a line without its gaps.
  var timeline: Timeline { Timeline(windows: windows, windowNanoseconds: windowNanoseconds) }
}

/// Observed time with its gaps taken out: every moment in an observed window has a place between 0 and the total.
struct Timeline {
  /// A run of windows without one missing between them.
  private struct Run {
    var first: Int64
    var last: Int64
    var start: Int64
  }

  /// How much time was observed, in nanoseconds: between first and last traffic of each run of neighbouring windows.
  private(set) var totalNanoseconds: Int64 = 0
  /// How many windows hold anything.
  let windowCount: Int
  let oldestWindow: Timestamp?
  let newestWindow: Timestamp?
  let windowNanoseconds: Int64
  /// Stretches between observed windows: end of the one before, start of the one after.
  private(set) var gaps: [(from: Timestamp, until: Timestamp)] = []
  private var runs: [Timestamp: Run] = [:]

  init(windows: [Timestamp: (first: Int64, last: Int64)], windowNanoseconds: Int64) {
    self.windowNanoseconds = windowNanoseconds
    let sorted = windows.sorted { $0.key < $1.key }
    windowCount = sorted.count
    oldestWindow = sorted.first?.key
    newestWindow = sorted.last?.key
    var place = 0
    while place < sorted.count {
      var end = place + 1
      while end < sorted.count, sorted[end].key.nanoseconds.subtractingSaturated(sorted[end - 1].key.nanoseconds) <= windowNanoseconds {
        end += 1
      }
      let run = Run(first: sorted[place].value.first, last: sorted[end - 1].value.last, start: totalNanoseconds)
      for index in place..<end { runs[sorted[index].key] = run }
      totalNanoseconds = totalNanoseconds.addingSaturated(run.last.subtractingSaturated(run.first))
      if end < sorted.count {
        gaps.append((Timestamp(nanoseconds: sorted[end - 1].key.nanoseconds.addingSaturated(windowNanoseconds)), sorted[end].key))
      }
      place = end
    }
  }

  /// How long a dependency was present, in nanoseconds: each sighting vouches for `vouchNanoseconds` after it, or the length of a slot if
  /// that is more; what lies between two sightings within a window counts as far as its active slots can carry it.
  func present(_ windows: [Timestamp: EdgeTotals.Presence]) -> Int64 {
    var present: Int64 = 0
    var covered: Int64 = 0
    for (window, presence) in windows.sorted(by: { $0.key < $1.key }) {
      guard let run = runs[window] else { continue }
      func position(_ time: Timestamp) -> Int64 {
        run.start.addingSaturated(time.nanoseconds.held(in: run.first...max(run.first, run.last)).subtractingSaturated(run.first))
      }
      let vouch = max(vouchNanoseconds, windowNanoseconds / Int64(clamping: max(1, presence.slots)))
      let start = max(covered, position(presence.first))
      let end = min(totalNanoseconds, position(presence.last).addingSaturated(vouchNanoseconds))
      guard end > start else { continue }
      let (carried, overflow) = vouch.multipliedReportingOverflow(by: Int64(clamping: max(1, presence.activeSlots)))
      present = present.addingSaturated(min(end - start, overflow ? .max : carried))
      covered = end
    }
    return min(present, totalNanoseconds)
  }

  /// How long a sighting vouches for: a tenth of the observed time, so that the same behaviour counts the same in five minutes and in a month.
  var vouchNanoseconds: Int64 { totalNanoseconds / 10 }
}

extension Int64 {
  func held(in bounds: ClosedRange<Int64>) -> Int64 { Swift.min(Swift.max(self, bounds.lowerBound), bounds.upperBound) }

  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  func subtractingSaturated(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
