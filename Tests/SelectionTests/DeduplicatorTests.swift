import Packets
import Selection
import TestSupport
import Testing

@Suite struct DeduplicatorTests {
  private func sightings(_ packet: [UInt8], _ seen: [(tap: UInt32, at: Int64)]) -> [Sighting] {
    seen.map { Sighting(frame: Frames.ethernet(packet), tap: $0.tap, timeNanoseconds: $0.at) }
  }

  private static let unnumbered: [UInt16?] = [0, nil]

  @Test(arguments: [7, 0, nil] as [UInt16?]) func oneSentAndSeenAtThreeTapsCountsOnce(identification: UInt16?) {
    let seen = sightings(packet(1, identification: identification), [(1, 0), (2, 10), (3, 20)])
    #expect(duplicates(seen).isDuplicate == [false, true, true])
  }

  @Test(arguments: unnumbered) func sentTwiceAndSeenTwiceAtTwoTapsCountsTwice(identification: UInt16?) {
    let content = packet(1, identification: identification)
    #expect(duplicates(sightings(content, [(1, 0), (1, 1), (2, 2), (2, 3)])).isDuplicate == [false, false, true, true])
    #expect(duplicates(sightings(content, [(1, 0), (2, 1), (1, 2), (2, 3)])).isDuplicate == [false, true, false, true])
    #expect(duplicates(sightings(content, [(1, 0), (2, 1), (2, 2), (1, 3)])).isDuplicate == [false, true, false, true])
  }

  @Test(arguments: unnumbered) func theTapThatSawMostSaysHowOften(identification: UInt16?) {
    let seen = sightings(packet(1, identification: identification), [(1, 0), (2, 1), (2, 2), (3, 3), (3, 4), (3, 5), (1, 6)])
    #expect(duplicates(seen).isDuplicate.count { !$0 } == 3)
  }

  @Test func identicalUnnumberedPacketsAtOneTapAreReal() {
    for identification in Self.unnumbered {
      let seen = sightings(packet(1, identification: identification), (0..<5).map { (1, $0) })
      #expect(duplicates(seen).isDuplicate == [false, false, false, false, false])
    }
  }

  @Test func aNumberedPacketMirroredTwiceOnOnePortCountsOnce() {
    let content = packet(1, identification: 7)
    let seen = [content, routed(content, hops: 1), content].map { Sighting(frame: Frames.ethernet($0), tap: 1, timeNanoseconds: 0) }
    #expect(duplicates(seen).isDuplicate == [false, true, true])
    let next = packet(1, identification: 8)
    #expect(duplicates(sightings(content, [(1, 0)]) + sightings(next, [(1, 0)])).isDuplicate == [false, false])
  }

  @Test(arguments: [7, 0, nil] as [UInt16?]) func theWindowReachesAsFarBothWays(identification: UInt16?) {
    let content = packet(1, identification: identification)
    #expect(duplicates(sightings(content, [(1, 5000), (2, 6000)])).isDuplicate == [false, true])
    #expect(duplicates(sightings(content, [(1, 5000), (2, 6001)])).isDuplicate == [false, false])
    #expect(duplicates(sightings(content, [(1, 5000), (2, 4000)])).isDuplicate == [false, true])
    #expect(duplicates(sightings(content, [(1, 5000), (2, 3999)])).isDuplicate == [false, false])
  }

  @Test func whatATapMissedLongAgoIsNotTakenForWhatItSeesNow() {
    // Tap 2 begins late, then tap 1 ends: a count over the whole time would drop what tap 2 sees alone.
    let content = packet(1, identification: nil)
    var seen: [(tap: UInt32, at: Int64)] = []
    for number in Int64(0)..<40 {
      if number < 20 { seen.append((1, number * 600)) }
      if number >= 10 { seen.append((2, number * 600 + 1)) }
    }
    #expect(duplicates(sightings(content, seen)).isDuplicate.count { !$0 } >= 39)
  }

  @Test func fragmentsOfOneDatagramAreNotOneAnother() {
    let fragments = [0, 3, 6].map { offset in
      Frames.ethernet(
        Frames.ipv4("10.0.0.1", "10.0.0.2", 17, [UInt8](repeating: 0, count: 24), fragment: .init(of: 9, offset: offset, more: true)))
    }
    let seen = (fragments + fragments).enumerated().map { Sighting(frame: $1, tap: UInt32($0 / 3), timeNanoseconds: 0) }
    #expect(duplicates(seen).isDuplicate == [false, false, false, true, true, true])
  }

  @Test func framesWithoutAWholeIPHeaderAreNeverDuplicates() {
    let whole = Frames.ethernet(packet(1, identification: 7))
    let frames = [Frames.ethernet(0x0806, [UInt8](repeating: 0, count: 28)), Array(whole[..<33]), Array(whole[..<14])]
    for frame in frames {
      let seen = (1...2).map { Sighting(frame: frame, tap: $0, timeNanoseconds: 0) }
      #expect(duplicates(seen).isDuplicate == [false, false])
    }
  }

  @Test func oneAbsurdTimeDoesNotUndoTheRest() {
    let contents = (0..<50).map { packet($0, identification: 7) }
    var seen = contents.map { Sighting(frame: Frames.ethernet($0), tap: 1, timeNanoseconds: 0) }
    for absurd in [Int64.max, .min, 4_000_000_000_000_000_000] {
      seen.append(Sighting(frame: Frames.ethernet(packet(99, identification: 1)), tap: 1, timeNanoseconds: absurd))
    }
    seen += contents.map { Sighting(frame: Frames.ethernet($0), tap: 2, timeNanoseconds: 1) }
    // Each absurd time may cost two entries.
    #expect(duplicates(seen).isDuplicate.suffix(50).count { $0 } >= 44)
    // And those behind them that are current are still forgotten in time.
    let later = contents.map { Sighting(frame: Frames.ethernet($0), tap: 2, timeNanoseconds: 1_000_000) }
    #expect(duplicates(seen + later).isDuplicate.suffix(50).allSatisfy { !$0 })
  }

  @Test func whatHadToGoBeforeItsTimeIsCounted() {
    let first = (0..<64).map { Sighting(frame: Frames.ethernet(packet($0, identification: 7)), tap: 1, timeNanoseconds: 0) }
    let again = first.map { Sighting(frame: $0.frame, tap: 2, timeNanoseconds: 1) }
    #expect(duplicates(first + again, entryLimit: 64).gaveUp == 0)
    #expect(duplicates(first + again, entryLimit: 64).isDuplicate.count { $0 } == 64)
    let tight = duplicates(first + again, entryLimit: 63)
    // 32 entries: half of the first went, and the second half goes while the first half comes again.
    #expect(tight.gaveUp == 96)
    #expect(tight.isDuplicate.allSatisfy { !$0 })
    // Entries whose time is over go without a word.
    let slow = first.enumerated().map { Sighting(frame: $1.frame, tap: 1, timeNanoseconds: Int64($0) * 1500) }
    #expect(duplicates(slow, entryLimit: 1).gaveUp == 0)
  }

  @Test func aFloodOfEqualPacketsTakesAsLongAsOneOfDifferentOnes() {
    // Quadratic work on 60,000 would not come back for hours.
    let content = packet(1, identification: nil)
    let first = (0..<60_000).map { Sighting(frame: Frames.ethernet(content), tap: 1, timeNanoseconds: $0) }
    let second = first.map { Sighting(frame: $0.frame, tap: 2, timeNanoseconds: $0.timeNanoseconds + 60_000) }
    let answers = duplicates(first + second, windowNanoseconds: 1_000_000)
    #expect(answers.isDuplicate.prefix(60_000).allSatisfy { !$0 })
    #expect(answers.isDuplicate.suffix(60_000).allSatisfy { $0 })
    #expect(answers.gaveUp == 0)
  }

  @Test func manyTapsOfOneContentAreKeptApart() {
    let seen = sightings(packet(1, identification: nil), (0..<1000).map { (tap: UInt32($0 / 2), at: 0) })
    let answers = duplicates(seen)
    #expect(answers.isDuplicate.count { !$0 } == 2)
    #expect(answers.gaveUp == 0)
  }
}
