/// Which flow a part is of, among all that an entry held.
struct FlowIdentity: Hashable {
  var entry: UInt32
  var generation: UInt16

  init(_ part: Flow) { (entry, generation) = (part.entry, part.generation) }
}

/// What the windows hold that have not closed: the entries of flows that were active in them, and the parts of those that moved on.
@usableFromInline
struct OpenWindows {
  @usableFromInline struct Window {
    @usableFromInline let number: Int64
    /// Entries that entered the window; also those that have left it.
    @usableFromInline var entries: [UInt32] = []
    /// Parts of flows whose newest packet is in another window.
    @usableFromInline var parts: [Flow] = []
    /// How many parts of flows that take turns between windows came since they were last joined.
    var turnCount = 0

    @usableFromInline init(number: Int64) { self.number = number }
  }

  /// In the order of their numbers.
  @usableFromInline var list: [Window] = []
  /// The one that was used last.
  @usableFromInline var current = 0
  /// How many parts there are in all windows.
  @usableFromInline private(set) var partCount = 0

  @usableFromInline init() {}

  /// Lists an entry that enters a window.
  @inlinable @inline(__always)
  mutating func note(_ entry: Int, in window: Int64) {
    if current >= list.count || list[current].number != window { current = open(window) }
    list[current].entries.append(UInt32(truncatingIfNeeded: entry))
  }

  /// Keeps the part of a flow that leaves the part's window.
  @usableFromInline
  mutating func putAway(_ part: Flow) {
    let place = open(part.window)
    list[place].parts.append(part)
    partCount += 1
    guard part.state.contains(.alternating) else { return }
    list[place].turnCount += 1
    if list[place].turnCount >= max(Self.turnCountMin, list[place].parts.count / 2) { joinTurns(in: place) }
  }

  /// Fewer turns than this are not worth joining before the window closes.
  private static let turnCountMin = 1024

  /// Makes one of the parts that the same flow has in a window: one for each turn would let a single sender choose our memory.
  private mutating func joinTurns(in place: Int) {
    var whole: [FlowIdentity: Int] = [:]
    var parts: [Flow] = []
    for part in list[place].parts {
      let identity = FlowIdentity(part)
      if let known = whole[identity] {
        parts[known].merge(part)
      } else {
        whole[identity] = parts.count
        parts.append(part)
      }
    }
    replaceParts(in: place, by: parts)
    var listed: Set<UInt32> = []
    list[place].entries.removeAll { !listed.insert($0).inserted }
    list[place].turnCount = 0
  }

  /// Puts other parts in the place of a window's.
  mutating func replaceParts(in place: Int, by parts: [Flow]) {
    partCount += parts.count - list[place].parts.count
    list[place].parts = parts
  }

  /// The first place whose window is not before this one.
  private func lowerBound(_ window: Int64) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if list[middle].number < window { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The place of a window; nil where it holds nothing.
  func place(of window: Int64) -> Int? {
    let place = lowerBound(window)
    return place < list.count && list[place].number == window ? place : nil
  }

  /// The place of a window, made where there is none.
  @usableFromInline
  mutating func open(_ window: Int64) -> Int {
    let place = lowerBound(window)
    if place == list.count || list[place].number != window { list.insert(Window(number: window), at: place) }
    return place
  }

  /// Forgets a window and gives the entries that were listed in it.
  mutating func remove(_ window: Int64) -> [UInt32] {
    guard let place = place(of: window) else { return [] }
    current = 0
    partCount -= list[place].parts.count
    return list.remove(at: place).entries
  }

  /// Gives the direction of these parts to those of the same flows in other windows.
  mutating func keepDirections(of decided: [Flow], except place: Int) {
    let known = Dictionary(decided.map { (FlowIdentity($0), $0) }) { first, _ in first }
    for other in list.indices where other != place {
      for number in list[other].parts.indices {
        if let part = known[FlowIdentity(list[other].parts[number])] { list[other].parts[number].takeDirection(of: part) }
      }
    }
  }
}
