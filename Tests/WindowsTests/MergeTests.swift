import Interchange
import TestSupport
import Testing

@Suite struct MergeTests {
  private static let seeds = 0..<400

  private func traffic(_ seed: Int, isInOrder: Bool = false) -> (packets: [TestPacket], header: EdgeStreamHeader) {
    let windows: [UInt64] = [1, 5, 60, 300, 3600]
    let latenesses: [UInt64] = [0, 3, 5, 12]
    let lateness = latenesses[seed / 5 % 4]
    var generator = TrafficGenerator(seed: UInt64(seed), idleTCP: 20, idleOther: 8, lateness: Int64(lateness))
    generator.hasLongGaps = seed % 3 == 0
    generator.isInOrder = isInOrder || lateness == 0
    return (
      TrafficGenerator.traffic(generator, count: 30 + seed % 97 * 5),
      options(window: windows[seed % 5], lateness: lateness, idleTCP: 20, idleOther: 8)
    )
  }

  /// Pieces that lie one behind the other, some of them empty.
  private func cut(_ packets: [TestPacket], _ random: inout SeededRandom) -> [[TestPacket]] {
    let count = Int.random(in: 1...64, using: &random)
    let ends = (1..<max(2, count)).map { _ in Int.random(in: 0...packets.count, using: &random) }.sorted() + [packets.count]
    return zip([0] + ends, ends).map { Array(packets[$0..<$1]) }
  }

  /// Whether no packet behind a cut is earlier than one before it.
  private func timeGoesBackAcrossCuts(_ pieces: [[TestPacket]]) -> Bool {
    var newest = Int64.min
    for piece in pieces {
      if let earliest = piece.map(\.time).min(), earliest < newest { return true }
      newest = max(newest, piece.map(\.time).max() ?? newest)
    }
    return false
  }

  @Test(arguments: seeds) func piecesMergeToTheStreamOfOneRunOverThem(_ seed: Int) throws {
    let (packets, header) = traffic(seed)
    var random = SeededRandom(seed: UInt64(seed) &+ 9_000)
    let pieces = try Pieces(cut(packets, &random), header)
    let (stream, inexactRuns, late) = try pieces.merged(&random, capturesInRunMax: seed % 2 == 0 ? 1 : 4)
    let whole = try pieces.whole()
    #expect(late == 0, "seed \(seed)")
    let agrees = stream == whole
    #expect(agrees || inexactRuns > 0, "seed \(seed): \(firstDifference(lines(stream), lines(whole)))")
  }

  @Test(arguments: seeds) func piecesMergeToTheEdgesOfTheUncutCapture(_ seed: Int) throws {
    let (packets, header) = traffic(seed, isInOrder: true)
    var random = SeededRandom(seed: UInt64(seed) &+ 70_000)
    let cut = cut(packets, &random)
    #expect(!timeGoesBackAcrossCuts(cut))
    let (stream, inexactRuns, _) = try Pieces(cut, header).merged(&random)
    let whole = try Pieces([packets], header).whole()
    #expect(inexactRuns == 0)
    let agrees = edgeLines(stream) == edgeLines(whole)
    #expect(agrees, "seed \(seed): \(firstDifference(edgeLines(stream), edgeLines(whole)))")
  }

  @Test func tapsThatSawPartsOfTheTrafficMergeToTheStreamOfOneRun() throws {
    var exactCount = 0
    for seed in 0..<500 {
      let (packets, header) = traffic(seed)
      var random = SeededRandom(seed: UInt64(seed) &+ 40_000)
      var taps: [[TestPacket]]
      if seed % 2 == 0 {
        taps = [packets.filter { $0.from < $0.to }, packets.filter { !($0.from < $0.to) }]
      } else {
        taps = Array(repeating: [], count: Int.random(in: 2...5, using: &random))
        for packet in packets { taps[Int.random(in: taps.indices, using: &random)].append(packet) }
      }
      let pieces = try Pieces(taps, header)
      let (stream, inexactRuns, late) = try pieces.merged(&random, capturesInRunMax: seed % 4 < 2 ? 1 : 2)
      #expect(late == 0, "seed \(seed)")
      if inexactRuns > 0 { continue }
      exactCount += 1
      let whole = try pieces.whole()
      let agrees = stream == whole
      #expect(agrees, "seed \(seed): \(firstDifference(lines(stream), lines(whole)))")
    }
    print("\(exactCount) of 500 without a SYN within a run of another tap")
    #expect(exactCount > 50)
  }
}
