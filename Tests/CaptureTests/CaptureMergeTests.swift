import ByteStreams
import Capture
import TestSupport
import Testing

@Suite struct CaptureMergeTests {
  /// The times and sources of all packets in the order in which they come.
  private func merged(_ captures: [[UInt8]]) throws -> (order: [String], endings: [CaptureMerge.Ending]) {
    let scratch = try Scratch()
    let paths = try captures.enumerated().map { try scratch.write("\($0.offset)", $0.element) }
    let merge = try CaptureMerge(paths: paths)
    var order: [String] = []
    while let run = try merge.next() {
      for place in run.records { order.append("\(run.reader.records[place].timeNanoseconds)@\(run.source)") }
    }
    return (order, merge.endings)
  }

  private func capture(_ times: [Int64]) -> [UInt8] { pcap(times.map { CapturedPacket(at: $0, [0]) }) }

  @Test func packetsComeInTheOrderOfTimeAndThenOfTheirSources() throws {
    let (order, endings) = try merged([capture([1, 5, 5, 9]), capture([2, 5, 8]), capture([0, 10])])
    #expect(order == ["0@2", "1@0", "2@1", "5@0", "5@0", "5@1", "8@1", "9@0", "10@2"])
    #expect(endings.allSatisfy { $0.container == .pcap && $0.damage == nil })
  }

  @Test func withinACaptureTheOrderIsItsOwn() throws {
    #expect(try merged([capture([5, 1, 7]), capture([4, 6])]).order == ["4@1", "5@0", "1@0", "6@1", "7@0"])
  }

  @Test func longCapturesInterleaveAsIfSorted() throws {
    var random = SeededRandom(seed: 9)
    let lists = (0..<7).map { _ in
      (0..<Int.random(in: 0...400, using: &random)).map { _ in Int64.random(in: 0...2000, using: &random) }.sorted()
    }
    let expected = lists.enumerated().flatMap { source, times in times.map { (time: $0, source: source) } }
      .sorted { ($0.time, $0.source) < ($1.time, $1.source) }.map { "\($0.time)@\($0.source)" }
    #expect(try merged(lists.map(capture)).order == expected, "seed 9")
  }

  @Test func whatCannotBeReadEndsAloneAndSaysWhy() throws {
    let (order, endings) = try merged([[1, 2, 3, 4, 5], capture([3]), [], Array(capture([1, 2]).dropLast())])
    #expect(order == ["1@3", "3@1"])
    #expect(endings.map { $0.damage == nil } == [false, true, false, false])
    #expect(endings.map(\.container) == [.unknown, .pcap, .unknown, .pcap])
  }

  @Test func aMissingFileIsAnError() throws {
    #expect(throws: StreamError.self) { try CaptureMerge(paths: ["/nonexistent/capture"]) }
  }
}
