/// For the contents that can come more than once: up to which of its packets each tap has shown it. Lists in one array, free ones linked.
struct TapMarks {
  private struct Mark {
    var tap: UInt32
    /// The place of the last packet that the tap has shown; none where that was forgotten.
    var place: UInt32
    var next: UInt32
  }

  private static let none = RecentPackets.none
  /// How many taps one content may have: a list is walked for every packet.
  private static let tapCountMax = 1024

  private var marks: [Mark] = []
  private var free = Self.none
  private let limit: Int

  /// Nothing yet; `limit` is how many there may be at once.
  init(limit: Int) { self.limit = limit }

  /// The place that a mark stands at.
  subscript(number: UInt32) -> UInt32 {
    get { marks[Int(number)].place }
    set { marks[Int(number)].place = newValue }
  }

  /// The mark of a tap in a list, made where there is none; none where there is no room.
  mutating func find(_ tap: UInt32, from first: inout UInt32) -> UInt32 {
    var number = first
    var steps = 0
    while number != Self.none {
      if marks[Int(number)].tap == tap { return number }
      number = marks[Int(number)].next
      steps += 1
    }
    guard steps < Self.tapCountMax else { return Self.none }
    if free != Self.none {
      number = free
      free = marks[Int(number)].next
    } else {
      guard marks.count < limit else { return Self.none }
      number = UInt32(marks.count)
      marks.append(Mark(tap: 0, place: Self.none, next: Self.none))
    }
    marks[Int(number)] = Mark(tap: tap, place: Self.none, next: first)
    first = number
    return number
  }

  /// Takes back a list.
  mutating func release(_ first: UInt32) {
    var number = first
    while number != Self.none {
      let next = marks[Int(number)].next
      marks[Int(number)].next = free
      free = number
      number = next
    }
  }

  /// Lets no mark of a list stand at a place that is given up.
  mutating func forget(_ place: UInt32, from first: UInt32) {
    var number = first
    while number != Self.none {
      if marks[Int(number)].place == place { marks[Int(number)].place = Self.none }
      number = marks[Int(number)].next
    }
  }

  /// Moves every mark to where its packet has gone.
  mutating func renumber(_ moved: (UInt32) -> UInt32) {
    for number in marks.indices { marks[number].place = moved(marks[number].place) }
  }
}
