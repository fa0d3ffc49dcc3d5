/// When there was traffic at all: the spans of time within which no two packets lie more than an hour apart.
///
/// What matters is the set of times and not the order in which they came, so that captures that were read apart say the same together.
@usableFromInline
struct ObservedTime {
  /// Longer silence than this begins another span, in nanoseconds.
  static let gapNanoseconds: Int64 = 3_600_000_000_000
  /// With more spans the oldest is forgotten: absurd times must not choose our memory.
  private static let spanCountMax = 4096

  private struct Span {
    var first: Int64
    var last: Int64
  }

  /// In the order of time.
  private var spans: [Span] = []

  /// Notes a time and gives the first of its span.
  mutating func note(_ time: Int64) -> Int64 {
    var place = spans.count
    while place > 0, spans[place - 1].first > time { place -= 1 }
    // What begins at or before this time, and what begins after it: each may be near enough, and the time may join the two.
    let joinsBefore = place > 0 && Self.isNear(spans[place - 1].last, time)
    let joinsAfter = place < spans.count && Self.isNear(time, spans[place].first)
    switch (joinsBefore, joinsAfter) {
    case (true, true):
      spans[place - 1].last = spans[place].last
      spans.remove(at: place)
      return spans[place - 1].first
    case (true, false):
      spans[place - 1].last = max(spans[place - 1].last, time)
      return spans[place - 1].first
    case (false, true):
      spans[place].first = time
      return time
    case (false, false):
      spans.insert(Span(first: time, last: time), at: place)
      if spans.count > Self.spanCountMax { spans.removeFirst() }
      return time
    }
  }

  /// Notes times from one to another without a gap between them, and gives the first of the span that the first of them lies in.
  mutating func note(_ time: Int64, through last: Int64) -> Int64 {
    let since = note(time)
    guard last > time, let place = spans.lastIndex(where: { $0.first <= time }) else { return since }
    spans[place].last = max(spans[place].last, last)
    while place + 1 < spans.count, Self.isNear(spans[place].last, spans[place + 1].first) {
      spans[place].last = max(spans[place].last, spans[place + 1].last)
      spans.remove(at: place + 1)
    }
    return since
  }

  private static func isNear(_ earlier: Int64, _ later: Int64) -> Bool {
    later <= earlier || later - earlier <= gapNanoseconds
  }
}
