import Packets
import Selection
import TestSupport
import Testing

/// The rule written down once more, slowly: every counted packet is kept with the taps that have shown it.
private struct SlowRule {
  struct Counted {
    var content: [UInt8]
    var timeNanoseconds: Int64
    var taps: Set<UInt32>
  }

  let windowNanoseconds: Int64
  var counted: [Counted] = []

  mutating func isDuplicate(content: [UInt8], isNumbered: Bool, tap: UInt32, at time: Int64) -> Bool {
    for place in counted.indices where counted[place].content == content {
      guard abs(counted[place].timeNanoseconds - time) <= windowNanoseconds, isNumbered || !counted[place].taps.contains(tap) else {
        continue
      }
      counted[place].taps.insert(tap)
      return true
    }
    counted.append(Counted(content: content, timeNanoseconds: time, taps: [tap]))
    return false
  }
}

@Suite struct DeduplicatorOracleTests {
  @Test(arguments: 0..<300) func theRuleIsTheSlowRule(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let window = Int64.random(in: 1...200, using: &random)
    let step = Int64.random(in: 0...20, using: &random)
    let contentCount = UInt32.random(in: 1...12, using: &random)
    let tapCount = UInt32.random(in: 1...6, using: &random)
    var slow = SlowRule(windowNanoseconds: window)
    var seen: [Sighting] = []
    var expected: [Bool] = []
    var time: Int64 = 1000
    for _ in 0..<400 {
      time += Int64.random(in: 0...step, using: &random) * (UInt8.random(in: 0..<40, using: &random) == 0 ? 40 : 1)
      let number = UInt32.random(in: 0..<contentCount, using: &random)
      let identification: UInt16? = [7, 0, nil][Int(number % 3)]
      let content = packet(number, identification: identification)
      let tap = UInt32.random(in: 0..<tapCount, using: &random)
      seen.append(Sighting(frame: Frames.ethernet(routed(content, hops: UInt8(tap))), tap: tap, timeNanoseconds: time))
      expected.append(slow.isDuplicate(content: content, isNumbered: identification == 7, tap: tap, at: time))
    }
    let answers = duplicates(seen, windowNanoseconds: UInt64(window), entryLimit: 1024)
    #expect(answers.isDuplicate == expected, "seed \(seed)")
    #expect(answers.gaveUp == 0, "seed \(seed)")
  }

  /// What a traffic was, and what its taps saw of it.
  private struct Traffic {
    var sightings: [Sighting] = []
    /// Packets that at least one tap saw.
    var seenCount = 0
    /// Bytes of their IP headers' lengths.
    var seenByteCount = 0
  }

  /// Packets of a few flows, each on its way past some of the taps, whose clocks differ by less than the window.
  ///
  /// Equal unnumbered packets follow each other `spacing` apart or more.
  private func traffic(seed: UInt64, window: Int64, spacing: Int64, losses: Bool) -> Traffic {
    var random = SeededRandom(seed: seed)
    let tapCount = Int.random(in: 1...4, using: &random)
    let skews = (0..<tapCount).map { _ in Int64.random(in: 0...(window / 2), using: &random) }
    let paths = (0..<8).map { _ in (0..<tapCount).filter { _ in Bool.random(using: &random) } }
    var traffic = Traffic()
    var sentAt: [UInt32: Int64] = [:]
    var sent: Int64 = 0
    for number in 0..<1500 {
      sent += Int64.random(in: 0...(window / 8), using: &random)
      let flow = Int.random(in: 0..<paths.count, using: &random)
      let kind = UInt8.random(in: 0..<3, using: &random)
      var content: [UInt8]
      if kind == 0 {
        content = packet(UInt32(flow), identification: UInt16(number + 1))
      } else {
        // Few contents, so that many are sent again.
        let repeated = UInt32(flow) << 8 | UInt32.random(in: 0..<4, using: &random)
        if let last = sentAt[repeated << 2 | UInt32(kind)], sent - last < spacing { continue }
        sentAt[repeated << 2 | UInt32(kind)] = sent
        content = packet(repeated, identification: kind == 1 ? 0 : nil)
      }
      if Bool.random(using: &random), kind == 0 { content = packet(UInt32(flow), identification: UInt16(number + 1), payload: [1, 2, 3]) }
      var isSeen = false
      for (hops, tap) in paths[flow].enumerated() where !losses || UInt8.random(in: 0..<10, using: &random) > 0 {
        let onTheWay = routed(content, hops: UInt8(hops))
        let frame = hops.isMultiple(of: 2) ? Frames.ethernet(onTheWay) : Frames.tagged([0x8100], onTheWay)
        let jitter = Int64.random(in: 0...(window / 8), using: &random)
        traffic.sightings.append(Sighting(frame: frame, tap: UInt32(tap), timeNanoseconds: sent + skews[tap] + jitter))
        isSeen = true
      }
      if isSeen {
        traffic.seenCount += 1
        traffic.seenByteCount += content.count
      }
    }
    traffic.sightings.sort { ($0.timeNanoseconds, $0.tap) < ($1.timeNanoseconds, $1.tap) }
    // A little out of order, as several queues of a network card write it.
    for place in traffic.sightings.indices where UInt8.random(in: 0..<4, using: &random) == 0 {
      let other = min(place + Int.random(in: 0..<3, using: &random), traffic.sightings.count - 1)
      if traffic.sightings[other].timeNanoseconds - traffic.sightings[place].timeNanoseconds < window / 8 {
        traffic.sightings.swapAt(place, other)
      }
    }
    return traffic
  }

  @Test(arguments: 0..<60) func severalTapsTogetherCountWhatWasSent(seed: UInt64) {
    let window: Int64 = 1 << 20
    let traffic = traffic(seed: seed, window: window, spacing: 0, losses: false)
    let answers = duplicates(traffic.sightings, windowNanoseconds: UInt64(window)).isDuplicate
    #expect(answers.count { !$0 } == traffic.seenCount, "seed \(seed)")
    #expect(
      zip(traffic.sightings, answers).reduce(0) { $0 + ($1.1 ? 0 : Int($1.0.summary.ipByteCount)) } == traffic.seenByteCount, "seed \(seed)"
    )
  }

  @Test(arguments: 0..<60) func whatOneTapLostCountsFromAnother(seed: UInt64) {
    let window: Int64 = 1 << 20
    // Which of two equal packets within the window was lost, nobody can tell.
    let traffic = traffic(seed: seed, window: window, spacing: 3 * window, losses: true)
    let answers = duplicates(traffic.sightings, windowNanoseconds: UInt64(window)).isDuplicate
    #expect(answers.count { !$0 } == traffic.seenCount, "seed \(seed)")
  }
}
