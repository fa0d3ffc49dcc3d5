/// A capture's place in the order of time.
struct QueueEntry {
  /// The time for which its next packet stands.
  var key: Int64
  /// Its place in the canonical order, by which equal times are told apart.
  var source: Int

  func isBefore(_ other: QueueEntry) -> Bool { key != other.key ? key < other.key : source < other.source }
}

/// The captures that time has reached, as a binary heap with the earliest first.
///
/// Taps that are read together take turns at every packet, so a turn must cost little: it allocates nothing and looks at three captures.
struct CaptureQueue {
  /// What comes next.
  enum Step {
    case run(CaptureMerge.Run)
    /// A capture has ended.
    case ended(source: Int, CaptureReader)
    /// Time has reached the capture that waits.
    case due
    /// There is none any more.
    case nothing
  }

  /// The earliest of the captures that have not been opened.
  var waiting: QueueEntry?
  private var heap: [QueueEntry] = []
  /// The captures, each in the place that `slots` names for its source.
  private var captures: [OpenCapture] = []
  private var slots: [Int]
  private var freeSlots: [Int] = []
  private var hasCurrent = false

  /// An empty queue for captures of numbers below a limit.
  init(sourceCount: Int) { slots = Array(repeating: 0, count: sourceCount) }

  /// How many bytes of their files the open captures have read.
  var readByteCount: Int64 { heap.reduce(0) { $0 + captures[slots[$1.source]].reader.progress.read } }

  /// Adds a capture.
  mutating func insert(_ source: Int, _ capture: OpenCapture) {
    let entry = QueueEntry(key: capture.head, source: source)
    if let free = freeSlots.popLast() {
      slots[source] = free
      captures[free] = capture
    } else {
      slots[source] = captures.count
      captures.append(capture)
    }
    heap.append(entry)
    var place = heap.count - 1
    while place > 0, heap[place].isBefore(heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Goes on behind the last run.
  mutating func step() -> Step {
    if hasCurrent, let (source, reader) = advance() { return .ended(source: source, reader) }
    if let waiting, heap.isEmpty || !heap[0].isBefore(waiting) { return .due }
    guard !heap.isEmpty else { return .nothing }
    hasCurrent = true
    let source = heap[0].source
    let slot = slots[source]
    let limit = limit()
    let aside = captures[slot].aside
    let taken = captures[slot].take(before: limit?.key, orAt: source < limit?.source ?? 0)
    return .run(CaptureMerge.Run(source: source, records: aside == nil ? taken : 0..<1, reader: captures[slot].reader, aside: aside))
  }

  /// Puts the capture whose packets were taken last in its new place; gives it where it has ended.
  private mutating func advance() -> (source: Int, reader: CaptureReader)? {
    hasCurrent = false
    let source = heap[0].source
    let slot = slots[source]
    guard captures[slot].advance() else {
      freeSlots.append(slot)
      let last = heap.removeLast()
      if !heap.isEmpty {
        heap[0] = last
        siftDown()
      }
      return (source, captures[slot].reader)
    }
    heap[0].key = captures[slot].head
    siftDown()
    return nil
  }

  private mutating func siftDown() {
    var place = 0
    let count = heap.count
    let entry = heap[0]
    while true {
      var child = 2 * place + 1
      if child >= count { break }
      if child + 1 < count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      if !heap[child].isBefore(entry) { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = entry
  }

  /// Where another capture takes over from the first; nil if there is none.
  private func limit() -> QueueEntry? {
    guard heap.count > 1 else { return waiting }
    let next = heap.count > 2 && heap[2].isBefore(heap[1]) ? heap[2] : heap[1]
    guard let waiting, waiting.isBefore(next) else { return next }
    return waiting
  }
}
