/// The packets of the last moments that were counted, oldest first in a ring, found by their content through an open-addressing index
/// (linear probing, at most half full). Those of equal content are a chain in the order of their arrival.
///
/// A packet is known by its place in the ring. Memory follows what there is at once and never what there was; nothing is allocated per packet.
struct RecentPackets: ~Copyable {
  /// No place.
  static let none = UInt32.max

  private struct Entry {
    var high: UInt64
    var low: UInt64
    var timeNanoseconds: Int64
    /// The next of the same content.
    var next: UInt32
    /// In the newest of a content: the oldest of it.
    var oldest: UInt32
    /// In the newest of a content: the first of the taps' marks.
    var marks: UInt32
  }

  private var entries: [Entry]
  private var head = 0
  private(set) var count = 0
  /// For each slot the upper half of a content's hash, and 1 + the place of its newest packet; 0 is free.
  private var slots: [UInt64]
  private(set) var marks: TapMarks
  private let limit: Int

  /// Nothing yet; `limit` is how many there may be at once, a power of two.
  init(limit: Int) {
    self.limit = limit
    entries = []
    slots = [0, 0]
    marks = TapMarks(limit: self.limit * 2)
    resize(to: min(limit, 64))
  }

  /// Whether there is room for one more.
  var hasRoom: Bool { count < entries.count }
  /// Whether one more has no room before the oldest goes.
  var isFull: Bool { count == limit }
  /// When the oldest was seen; nil where there is none.
  var oldestNanoseconds: Int64? { count == 0 ? nil : entries[head].timeNanoseconds }

  /// When the packet at a place was seen.
  func time(_ place: UInt32) -> Int64 { entries[Int(place)].timeNanoseconds }
  /// The packet of the same content that came after the one at a place.
  func next(_ place: UInt32) -> UInt32 { entries[Int(place)].next }
  /// The oldest packet of the content whose newest is at a place.
  func oldest(_ newest: UInt32) -> UInt32 { entries[Int(newest)].oldest }

  // MARK: the taps' marks

  /// Up to which packet of a content a tap has shown it; `isKnown` is false where the tap has none and there is no room for one.
  mutating func mark(of tap: UInt32, newest: UInt32) -> (number: UInt32, isKnown: Bool) {
    let number = marks.find(tap, from: &entries[Int(newest)].marks)
    return (number, number != Self.none)
  }

  /// The place that a mark stands at.
  func position(ofMark number: UInt32) -> UInt32 { marks[number] }
  /// Moves a mark.
  mutating func setMark(_ number: UInt32, at place: UInt32) { marks[number] = place }

  // MARK: packets

  /// The place of the newest packet of a content.
  func newest(_ content: PacketContent) -> UInt32 {
    guard let slot = slot(high: content.high, low: content.low) else { return Self.none }
    return UInt32(truncatingIfNeeded: slots[slot]) - 1
  }

  /// Takes in a packet behind `newest`, the newest of its content; there must be room.
  mutating func add(_ content: PacketContent, timeNanoseconds: Int64, newest: UInt32) -> UInt32 {
    let place = UInt32((head + count) & (entries.count - 1))
    count += 1
    var entry = Entry(
      high: content.high, low: content.low, timeNanoseconds: timeNanoseconds, next: Self.none, oldest: place, marks: Self.none)
    var free: Int
    if newest == Self.none {
      free = home(content.high)
      while slots[free] != 0 { free = (free + 1) & (slots.count - 1) }
    } else {
      entry.oldest = entries[Int(newest)].oldest
      entry.marks = entries[Int(newest)].marks
      entries[Int(newest)].next = place
      entries[Int(newest)].marks = Self.none
      free = slot(high: content.high, low: content.low) ?? 0
    }
    slots[free] = Self.tag(content.high) | UInt64(place + 1)
    entries[Int(place)] = entry
    return place
  }

  /// Forgets the oldest packet.
  mutating func removeOldest() {
    let gone = entries[head]
    if let slot = slot(high: gone.high, low: gone.low) {
      let newest = Int(UInt32(truncatingIfNeeded: slots[slot]) - 1)
      if newest == head {
        marks.release(gone.marks)
        clear(slot)
      } else {
        entries[newest].oldest = gone.next
        marks.forget(UInt32(head), from: entries[newest].marks)
      }
    }
    head = (head + 1) & (entries.count - 1)
    count -= 1
  }

  /// Makes room for as many again; every packet has another place afterwards.
  mutating func grow() { resize(to: entries.count * 2) }

  // MARK: the index

  private static func tag(_ high: UInt64) -> UInt64 { high & 0xFFFF_FFFF_0000_0000 }
  private func home(_ high: UInt64) -> Int { Int(high >> 32) & (slots.count - 1) }

  private func slot(high: UInt64, low: UInt64) -> Int? {
    var place = home(high)
    while slots[place] != 0 {
      if slots[place] & 0xFFFF_FFFF_0000_0000 == Self.tag(high) {
        let entry = Int(UInt32(truncatingIfNeeded: slots[place]) - 1)
        if entries[entry].high == high, entries[entry].low == low { return place }
      }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Frees a slot and moves those behind it that would no longer be found (Knuth, The Art of Computer Programming 3, §6.4, Algorithm R).
  private mutating func clear(_ start: Int) {
    let mask = slots.count - 1
    var hole = start
    var place = start
    while true {
      place = (place + 1) & mask
      if slots[place] == 0 { break }
      if (place &- home(slots[place])) & mask >= (place &- hole) & mask {
        slots[hole] = slots[place]
        hole = place
      }
    }
    slots[hole] = 0
  }

  /// Moves everything into a larger ring, the oldest to its beginning.
  private mutating func resize(to capacity: Int) {
    let mask = UInt32(truncatingIfNeeded: entries.count - 1)
    let start = UInt32(head)
    func moved(_ place: UInt32) -> UInt32 { place == Self.none ? place : (place &- start) & mask }
    var larger: [Entry] = []
    larger.reserveCapacity(capacity)
    for step in 0..<count {
      var entry = entries[(head + step) & (entries.count - 1)]
      entry.next = moved(entry.next)
      entry.oldest = moved(entry.oldest)
      larger.append(entry)
    }
    let empty = Entry(high: 0, low: 0, timeNanoseconds: 0, next: Self.none, oldest: Self.none, marks: Self.none)
    larger.append(contentsOf: repeatElement(empty, count: capacity - count))
    let old = slots
    entries = larger
    head = 0
    slots = [UInt64](repeating: 0, count: capacity * 2)
    for slot in old where slot != 0 {
      var place = home(slot)
      while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = Self.tag(slot) | UInt64(moved(UInt32(truncatingIfNeeded: slot) - 1) + 1)
    }
    marks.renumber(moved)
  }
}
