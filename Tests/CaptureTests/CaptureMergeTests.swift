import ByteStreams
import Capture
import TestSupport
import Testing

@Suite struct CaptureMergeTests {
  struct Merged {
    /// Time and name of every packet in the order in which they come.
    var order: [String] = []
    /// The first byte of every packet.
    var bytes: [UInt8] = []
    var names: [String] = []
    var endings: [CaptureMerge.Ending] = []
  }

  /// All packets of captures that are written under their names.
  private func merged(_ captures: [(name: String, bytes: [UInt8])], offsets: [Int64] = []) throws -> Merged {
    let scratch = try Scratch()
    let inputs = try captures.enumerated().map { place, capture in
      CaptureInput(
        path: try scratch.write(capture.name, capture.bytes), clockOffsetNanoseconds: place < offsets.count ? offsets[place] : 0)
    }
    let merge = try CaptureMerge(inputs: inputs)
    var result = Merged()
    result.names = merge.names.map { String($0.split(separator: "/").last ?? "") }
    #expect(merge.order.map { captures[$0].name } == result.names)
    while let run = merge.next() {
      #expect(!run.records.isEmpty)
      for place in run.records {
        let packet = run.packets[place]
        result.order.append("\(packet.timeNanoseconds)@\(result.names[run.source])")
        if packet.capturedByteCount > 0 { result.bytes.append(run.bytes[Int(packet.offset)]) }
      }
    }
    result.endings = merge.endings
    return result
  }

  private func capture(_ times: [Int64], byte: UInt8 = 0) -> [UInt8] { pcap(times.map { CapturedPacket(at: $0, [byte]) }) }

  private let hour: Int64 = 3_600_000_000_000

  @Test func packetsComeInTheOrderOfTimeAndThenOfTheFirstPacketsOfTheirCaptures() throws {
    let merged = try merged([("b", capture([1, 5, 5, 9])), ("c", capture([2, 5, 8])), ("a", capture([0, 10]))])
    #expect(merged.order == ["0@a", "1@b", "2@c", "5@b", "5@b", "5@c", "8@c", "9@b", "10@a"])
    #expect(merged.names == ["a", "b", "c"])
    #expect(merged.endings.allSatisfy { $0.container == .pcap && $0.damage == nil })
  }

  @Test func theOrderInWhichCapturesAreGivenDoesNotMatter() throws {
    let captures = [
      ("x10", capture([3, 7])), ("x9", capture([3, 7])), ("x1", capture([])), ("w", capture([3, 4, 7])), ("y", [UInt8]()),
      ("v", capture([9])),
    ]
    let expected = try merged(captures)
    #expect(expected.names == ["w", "x9", "x10", "v", "x1", "y"])
    #expect(expected.order == ["3@w", "3@x9", "3@x10", "4@w", "7@w", "7@x9", "7@x10", "9@v"])
    var random = SeededRandom(seed: 31)
    for _ in 0..<10 {
      let other = try merged(captures.shuffled(using: &random))
      #expect(other.order == expected.order && other.names == expected.names, "seed 31")
    }
  }

  @Test func withinACaptureTheOrderIsItsOwn() throws {
    #expect(try merged([("0", capture([5, 1, 7])), ("1", capture([4, 6]))]).order == ["4@1", "5@0", "1@0", "6@1", "7@0"])
  }

  @Test func longCapturesInterleaveAsIfSorted() throws {
    var random = SeededRandom(seed: 9)
    let lists = (0..<9).map { _ in
      (0..<Int.random(in: 1...400, using: &random)).map { _ in Int64.random(in: 0...2000, using: &random) }.sorted()
    }
    let expected = lists.enumerated().flatMap { source, times in times.map { (time: $0, source: source) } }
      .sorted { ($0.time, lists[$0.source][0], $0.source) < ($1.time, lists[$1.source][0], $1.source) }.map { "\($0.time)@\($0.source)" }
    #expect(try merged(lists.enumerated().map { ("\($0)", capture($1)) }).order == expected, "seed 9")
  }

  @Test func whatCannotBeReadEndsAloneAndSaysWhy() throws {
    let merged = try merged([
      ("rubbish", [1, 2, 3, 4, 5]), ("whole", capture([3])), ("empty", []), ("cut", Array(capture([1, 2]).dropLast())),
    ])
    #expect(merged.order == ["1@cut", "3@whole"])
    #expect(merged.names == ["cut", "whole", "empty", "rubbish"])
    #expect(merged.endings.map { $0.damage == nil } == [false, true, false, false])
    #expect(merged.endings.map(\.container) == [.pcap, .pcap, .unknown, .unknown])
    #expect(merged.endings.allSatisfy { !$0.isUnreadable })
  }

  /// Every place of an absurd time in a capture of 200 packets, that is also at the end of a batch, against one that goes on beside it.
  @Test func anAbsurdTimeHoldsNothingBack() throws {
    let times = (0..<200).map { Int64($0) * 1000 }
    for place in [0, 1, 30, 62, 63, 64, 65, 126, 127, 128, 198] {
      var wrong = times
      wrong[place] = 500 * hour
      let merged = try merged([("a", capture(wrong)), ("b", capture(times.map { $0 + 500 }))])
      let believed = merged.order.compactMap { entry in entry.hasPrefix("\(500 * hour)@") ? nil : Int64(entry.prefix { $0 != "@" }) }
      #expect(believed == believed.sorted(), "at \(place)")
      // The packet itself keeps its time, and its place among those of its capture.
      let ofA = merged.order.filter { $0.hasSuffix("@a") }
      #expect(ofA == wrong.map { "\($0)@a" }, "at \(place)")
    }
  }

  @Test func severalAbsurdTimesInARowHoldNothingBackAndAClockThatWasSetIsBelieved() throws {
    let times = (0..<300).map { Int64($0) * 1000 }
    var wrong = times
    wrong[100] = 900 * hour
    wrong[101] = 700 * hour
    let merged = try merged([("a", capture(wrong)), ("b", capture(times.map { $0 + 500 }))])
    #expect(merged.order.last == "\(299_500)@b")
    #expect(merged.order.firstIndex(of: "\(900 * hour)@a") == 202)
    // A pause of hours is no error: what comes behind it waits for its time.
    let later = (0..<150).map { Int64($0) * 1000 + ($0 < 75 ? 0 : 5 * hour) }
    let other = (0..<150).map { Int64($0) * hour / 15 }
    let paused = try self.merged([("a", capture(later)), ("b", capture(other))]).order.compactMap { Int64($0.prefix { $0 != "@" }) }
    #expect(paused == paused.sorted())
  }

  @Test func aPacketThatIsLookedAtTwiceKeepsItsBytes() throws {
    // Each packet is a batch of its own where it fills the block; times that jump are set aside.
    let packets = (0..<6).map { CapturedPacket(at: Int64($0) * 2 * hour, [UInt8](repeating: UInt8($0), count: 250_000)) }
    let merged = try merged([("a", pcap(packets)), ("b", capture([hour, 3 * hour, 30 * hour], byte: 99))])
    #expect(merged.bytes == [0, 99, 1, 99, 2, 3, 4, 5, 99])
  }

  @Test func aClockOffsetMovesEveryTimeAndTheOrder() throws {
    let merged = try merged([("a", capture([1000, 3000])), ("b", capture([5000, 5500]))], offsets: [0, -4100])
    #expect(merged.order == ["900@b", "1000@a", "1400@b", "3000@a"])
    #expect(merged.endings.map(\.clockOffsetNanoseconds) == [-4100, 0])
    for (offset, expected) in [(Int64.max, (1 << 62) - 1), (.min, -(1 << 62) + hour)] as [(Int64, Int64)] {
      #expect(try self.merged([("a", capture([hour]))], offsets: [offset]).order == ["\(expected)@a"])
    }
  }

  @Test func aMissingFileIsAnError() throws {
    #expect(throws: StreamError.self) { try CaptureMerge(paths: ["/nonexistent/capture"]) }
    let scratch = try Scratch()
    let good = try scratch.write("good", capture([1]))
    let error = try #require(throws: StreamError.self) { try CaptureMerge(paths: [good, scratch.path("none")]) }
    #expect(error.kind == .missing)
  }

  @Test func whatTheSystemRefusesIsDamageOfThatCaptureAloneUnlessThereIsNoOther() throws {
    let scratch = try Scratch()
    let good = try scratch.write("good", capture([1]))
    // A folder cannot be opened; the memory of a process can, but not be read at 0: as good an I/O error as any.
    let folder = scratch.path("."), failing = "/proc/self/mem"
    let merge = try CaptureMerge(paths: [folder, good, failing])
    #expect(merge.next()?.records == 0..<1)
    #expect(merge.next() == nil)
    #expect(merge.names == [good, failing, folder])
    #expect(merge.endings.map(\.isUnreadable) == [false, true, true])
    #expect(merge.endings[1].damage?.reason == "Input/output error")
    #expect(merge.endings[2].damage?.reason == "Is a directory")
    #expect(throws: StreamError.self) { try CaptureMerge(paths: [folder]) }
    #expect(throws: StreamError.self) { try CaptureMerge(paths: [folder, folder]) }
  }
}

@Suite struct NaturalOrderTests {
  @Test func numbersInNamesCompareAsNumbers() {
    let sorted = [
      "a", "a.pcap", "a.pcap0", "a.pcap1", "a.pcap2", "a.pcap9", "a.pcap10", "a.pcap100", "a.pcap99999999999999999999999999", "a1b2",
      "a1b10",
      "a2b1", "b",
    ]
    var random = SeededRandom(seed: 3)
    for _ in 0..<20 { #expect(sorted.shuffled(using: &random).sorted(by: naturallyPrecedes) == sorted, "seed 3") }
  }

  @Test func namesOfEqualNumbersStillHaveAnOrder() {
    #expect(naturallyPrecedes("a01", "a1") && !naturallyPrecedes("a1", "a01"))
    #expect(!naturallyPrecedes("a1", "a1"))
    #expect(naturallyPrecedes("a01b", "a1c") && naturallyPrecedes("a1b", "a01c"))
    #expect(naturallyPrecedes("z", "\u{E9}"))
  }

  @Test func itIsAStrictOrder() {
    var random = SeededRandom(seed: 4)
    let names = (0..<60).map { _ in
      String((0..<Int.random(in: 0...5, using: &random)).map { _ in "019ab.".randomElement(using: &random) ?? "x" })
    }
    for a in names {
      for b in names {
        #expect(naturallyPrecedes(a, b) != naturallyPrecedes(b, a) || a == b, "\(a) \(b), seed 4")
        for c in names where naturallyPrecedes(a, b) && naturallyPrecedes(b, c) {
          #expect(naturallyPrecedes(a, c), "\(a) \(b) \(c), seed 4")
        }
      }
    }
  }
}
