import Interchange
import TestSupport
import Testing

@Suite struct DistributionTests {
  /// The formula of docs/formats/edges.md, written down once more.
  private func index(_ value: UInt64) -> Int {
    guard value >= 16 else { return Int(value) }
    var exponent = 63
    while value >> UInt64(exponent) == 0 { exponent -= 1 }
    return 16 * (exponent - 3) + Int(value >> UInt64(exponent - 4)) - 16
  }

  /// Powers of two and their neighbours.
  private static let edgeValues: [UInt64] = {
    var values: [UInt64] = [0, .max]
    for shift in UInt64(0)..<64 {
      let power: UInt64 = 1 << shift
      values += [power - 1, power, power + 1]
    }
    return values
  }()

  private func check(_ value: UInt64) {
    let index = Distribution.index(ofNanoseconds: value)
    #expect(Int(index) == self.index(value), "\(value)")
    #expect(index <= 975, "\(value)")
    let lower = Distribution.lowerBoundNanoseconds(ofIndex: index)
    #expect(lower <= value, "\(value)")
    if index < 975 { #expect(Distribution.lowerBoundNanoseconds(ofIndex: index + 1) > value, "\(value)") }
  }

  @Test func bucketsHoldPowersOfTwoAndTheirNeighbours() {
    for value in Self.edgeValues { check(value) }
    #expect(Distribution.index(ofNanoseconds: .max) == 975)
  }

  @Test(arguments: 1...20) func bucketsHoldAnyDuration(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<100 { check(random.next() >> UInt64.random(in: 0..<64, using: &random)) }
  }

  @Test func everyBucketBeginsWhereTheOneBeforeEndsAndIsNarrow() {
    for index in UInt16(0)...975 {
      let lower = Distribution.lowerBoundNanoseconds(ofIndex: index)
      #expect(Distribution.index(ofNanoseconds: lower) == index)
      if index > 0 { #expect(Distribution.index(ofNanoseconds: lower - 1) == index - 1) }
      let middle = Distribution.middleNanoseconds(ofIndex: index)
      #expect(Distribution.index(ofNanoseconds: middle) == index)
      let upper = index < 975 ? Distribution.lowerBoundNanoseconds(ofIndex: index + 1) - 1 : UInt64.max
      let width = upper - lower + 1
      #expect(middle == lower + width / 2, "bucket \(index)")
      #expect(lower < 16 || width * 16 <= lower, "bucket \(index)")
    }
  }

  private func random(_ random: inout SeededRandom) -> (Distribution, [UInt64]) {
    let samples = (0..<Int.random(in: 0...40, using: &random)).map { _ in
      (Self.edgeValues + [random.next() >> 30]).randomElement(using: &random) ?? 0
    }
    var distribution = Distribution()
    for sample in samples { distribution.record(nanoseconds: sample) }
    return (distribution, samples)
  }

  @Test(arguments: 1...100) func addingDependsNeitherOnOrderNorOnGrouping(seed: UInt64) {
    var generator = SeededRandom(seed: seed)
    let (a, samplesOfA) = random(&generator), (b, samplesOfB) = random(&generator), (c, samplesOfC) = random(&generator)
    func sum(_ x: Distribution, _ y: Distribution) -> Distribution {
      var sum = x
      sum.add(y)
      return sum
    }
    #expect(sum(sum(a, b), c) == sum(a, sum(b, c)))
    #expect(sum(a, b) == sum(b, a))
    #expect(sum(a, Distribution()) == a)
    var all = Distribution()
    for sample in (samplesOfA + samplesOfB + samplesOfC).shuffled(using: &generator) { all.record(nanoseconds: sample) }
    #expect(sum(sum(a, b), c) == all)
    #expect(all.count == UInt64(samplesOfA.count + samplesOfB.count + samplesOfC.count))
    #expect(Distribution(count: all.count, sumNanoseconds: all.sumNanoseconds, buckets: all.buckets) == all)
  }

  @Test(arguments: 1...100) func quantilesAreTheMiddleOfTheRightSamplesBucket(seed: UInt64) {
    var generator = SeededRandom(seed: seed)
    let (distribution, samples) = random(&generator)
    let sorted = samples.sorted()
    for perMille: UInt64 in [0, 1, 500, 950, 990, 999, 1000] {
      let value = distribution.quantileNanoseconds(perMille: perMille)
      guard !sorted.isEmpty else {
        #expect(value == 0)
        continue
      }
      let rank = max(1, (sorted.count * Int(perMille) + 999) / 1000)
      #expect(value == Distribution.middleNanoseconds(ofIndex: Distribution.index(ofNanoseconds: sorted[rank - 1])))
    }
  }

  @Test func quantilesOfVeryManySamplesAreRight() throws {
    let distribution = try #require(Distribution(count: .max, sumNanoseconds: 0, buckets: [(1, .max / 2), (2, .max - .max / 2)]))
    #expect(distribution.quantileNanoseconds(perMille: 499) == 1)
    #expect(distribution.quantileNanoseconds(perMille: 501) == 2)
    #expect(distribution.quantileNanoseconds(perMille: 1000) == 2)
  }

  @Test func countsThatDoNotAddUpAreRefused() {
    #expect(Distribution(count: 2, sumNanoseconds: 0, buckets: [(1, 1)]) == nil)
    #expect(Distribution(count: 2, sumNanoseconds: 0, buckets: [(2, 1), (1, 1)]) == nil)
    #expect(Distribution(count: 2, sumNanoseconds: 0, buckets: [(1, 1), (1, 1)]) == nil)
    #expect(Distribution(count: 1, sumNanoseconds: 0, buckets: [(1, 0), (2, 1)]) == nil)
    #expect(Distribution(count: 1, sumNanoseconds: 0, buckets: [(976, 1)]) == nil)
    #expect(Distribution(count: 0, sumNanoseconds: 0, buckets: [(1, .max), (2, 1)]) == nil)
    #expect(Distribution(count: 0, sumNanoseconds: 0, buckets: []) == Distribution())
  }
}
