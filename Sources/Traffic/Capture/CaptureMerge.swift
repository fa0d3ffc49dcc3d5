import ByteStreams

/// Several captures as one, in time order; packets of equal time in the order of their sources.
///
/// A capture is opened for good only when time reaches its first packet, so a folder of a thousand rotated files needs the memory of one.
/// Within a capture the order is the capture's own, also where its time goes back.
public final class CaptureMerge {
  /// A piece of one capture's batch that may be taken at once.
  public struct Run {
    /// Which capture, by its place in the list.
    public var source: Int
    /// Its reader, whose records and block are valid until the next run is asked for.
    public var reader: CaptureReader
    /// Which records of its batch.
    public var records: Range<Int>
  }

  /// A capture that has not been reached.
  private struct Pending {
    var source: Int
    var firstNanoseconds: Int64
    /// Kept open where it cannot be opened again: a pipe.
    var reader: CaptureReader?
  }

  private struct Active {
    var source: Int
    var reader: CaptureReader
    var next = 0
    var headNanoseconds: Int64 { reader.records[next].timeNanoseconds }
  }

  /// What a capture turned out to be once it was read or could not be.
  public struct Ending: Sendable {
    /// pcap, pcapng or unknown.
    public var container = CaptureReader.Container.unknown
    /// LINKTYPE_ numbers.
    public var links: Set<UInt16> = []
    /// Why reading ended early.
    public var damage: CaptureDamage?
  }

  private let paths: [String]
  private var pending: [Pending] = []
  private var active: [Active] = []
  private var current: Int?
  /// What each capture turned out to be, by its place; complete once `next` has given nil.
  public private(set) var endings: [Ending]
  /// Time of the first packet of each capture, by its place; nil for those without packets.
  public private(set) var firstTimes: [Int64?]
  private var readBytes: Int64 = 0

  /// The captures of these paths; throws where one cannot be opened at all.
  public init(paths: [String]) throws(StreamError) {
    self.paths = paths
    endings = Array(repeating: Ending(), count: paths.count)
    firstTimes = Array(repeating: nil, count: paths.count)
    for (source, path) in paths.enumerated() {
      let input = try openSource(path: path)
      let reader = CaptureReader(input)
      guard reader.fill() else {
        end(source, reader)
        continue
      }
      firstTimes[source] = reader.records[0].timeNanoseconds
      let keep = paths.count == 1 || input.fileSize == nil || path == "-"
      pending.append(Pending(source: source, firstNanoseconds: reader.records[0].timeNanoseconds, reader: keep ? reader : nil))
    }
    pending.sort { ($0.firstNanoseconds, $0.source) > ($1.firstNanoseconds, $1.source) }
  }

  /// How many bytes of the files themselves have been read.
  public var fileOffset: Int64 { active.reduce(readBytes) { $0 + $1.reader.progress.read } }

  private func end(_ source: Int, _ reader: CaptureReader) {
    endings[source] = Ending(container: reader.container, links: reader.links, damage: reader.damage)
    readBytes += reader.progress.read
  }

  /// The next run; nil when all captures have ended.
  public func next() throws(StreamError) -> Run? {
    if let current { advance(current) }
    try activate()
    guard let first = earliest() else { return nil }
    let limit = limit(besides: first)
    let reader = active[first].reader
    let start = active[first].next
    var end = start + 1
    if let limit {
      while end < reader.count, isBefore(reader.records[end].timeNanoseconds, active[first].source, limit) { end += 1 }
    } else {
      end = reader.count
    }
    active[first].next = end
    current = first
    return Run(source: active[first].source, reader: reader, records: start..<end)
  }

  private func isBefore(_ time: Int64, _ source: Int, _ other: (time: Int64, source: Int)) -> Bool {
    time != other.time ? time < other.time : source < other.source
  }

  /// Brings the next batch of a capture whose batch is used up.
  private func advance(_ place: Int) {
    guard active[place].next >= active[place].reader.count else { return }
    if active[place].reader.fill() {
      active[place].next = 0
    } else {
      end(active[place].source, active[place].reader)
      active.remove(at: place)
    }
    current = nil
  }

  private func earliest() -> Int? {
    active.indices.min { isBefore(active[$0].headNanoseconds, active[$0].source, (active[$1].headNanoseconds, active[$1].source)) }
  }

  /// Where another capture takes over; nil if there is none.
  private func limit(besides first: Int) -> (time: Int64, source: Int)? {
    var limit = pending.last.map { ($0.firstNanoseconds, $0.source) }
    for place in active.indices where place != first {
      let head = (active[place].headNanoseconds, active[place].source)
      if limit == nil || isBefore(head.0, head.1, limit ?? head) { limit = head }
    }
    return limit
  }

  /// Opens the captures that time has reached.
  private func activate() throws(StreamError) {
    while let candidate = pending.last {
      if let first = earliest(),
        isBefore(active[first].headNanoseconds, active[first].source, (candidate.firstNanoseconds, candidate.source))
      {
        return
      }
      pending.removeLast()
      if let reader = candidate.reader {
        active.append(Active(source: candidate.source, reader: reader))
        continue
      }
      let reader = CaptureReader(try openSource(path: paths[candidate.source]))
      if reader.fill() { active.append(Active(source: candidate.source, reader: reader)) } else { end(candidate.source, reader) }
    }
  }
}
