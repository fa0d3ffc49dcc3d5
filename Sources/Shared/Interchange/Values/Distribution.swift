/// A distribution of durations as integer counts in fixed logarithmic buckets, so that two of them add exactly.
///
/// Bucket `i` of a duration of `v` ns: for v < 16, `i = v`; else, with e = ⌊log₂ v⌋, `i = 16·(e − 3) + (v ≫ (e − 4)) − 16`.
/// Sixteen buckets an octave: a bucket is at most 6.25 % of its lower bound wide. Indexes run from 0 to 975.
public struct Distribution: Hashable, Sendable {
  /// Counts by bucket index, sparse, ascending.
  public private(set) var buckets: [(index: UInt16, count: UInt64)] = []
  /// How many durations there are.
  public private(set) var count: UInt64 = 0
  /// Their exact sum in nanoseconds.
  public private(set) var sumNanoseconds: UInt64 = 0

  /// An empty distribution.
  public init() {}

  /// A distribution read from a document; nil unless the indexes ascend, are in range and add up to `count`.
  public init?(count: UInt64, sumNanoseconds: UInt64, buckets: [(index: UInt16, count: UInt64)]) {
    var last = -1
    var total: UInt64 = 0
    for bucket in buckets {
      guard Int(bucket.index) > last, bucket.index <= 975, bucket.count > 0 else { return nil }
      last = Int(bucket.index)
      let (sum, overflow) = total.addingReportingOverflow(bucket.count)
      guard !overflow else { return nil }
      total = sum
    }
    guard total == count else { return nil }
    self.buckets = buckets
    self.count = count
    self.sumNanoseconds = sumNanoseconds
  }

  /// The bucket of a duration in nanoseconds.
  public static func index(ofNanoseconds value: UInt64) -> UInt16 {
    guard value >= 16 else { return UInt16(value) }
    let exponent = 63 - value.leadingZeroBitCount
    return UInt16(16 * (exponent - 3)) + UInt16(truncatingIfNeeded: value >> UInt64(exponent - 4)) - 16
  }

  /// The smallest duration of a bucket in nanoseconds.
  public static func lowerBoundNanoseconds(ofIndex index: UInt16) -> UInt64 {
    guard index >= 16 else { return UInt64(index) }
    let exponent = index / 16 + 3
    return UInt64(index % 16 + 16) << UInt64(exponent - 4)
  }

  /// The middle of a bucket in nanoseconds, rounded down.
  public static func middleNanoseconds(ofIndex index: UInt16) -> UInt64 {
    guard index >= 32 else { return lowerBoundNanoseconds(ofIndex: index) }
    let width = UInt64(1) << UInt64(index / 16 - 1)
    return lowerBoundNanoseconds(ofIndex: index) + width / 2
  }

  /// Counts one duration of that many nanoseconds.
  public mutating func record(nanoseconds: UInt64) { add(index: Self.index(ofNanoseconds: nanoseconds), count: 1, sum: nanoseconds) }

  /// Adds another distribution; exact, in any order and grouping.
  public mutating func add(_ other: Distribution) {
    for bucket in other.buckets { add(index: bucket.index, count: bucket.count, sum: 0) }
    sumNanoseconds &+= other.sumNanoseconds
  }

  private mutating func add(index: UInt16, count added: UInt64, sum: UInt64) {
    count &+= added
    sumNanoseconds &+= sum
    let place = buckets.firstIndex { $0.index >= index } ?? buckets.count
    if place < buckets.count, buckets[place].index == index {
      buckets[place].count &+= added
    } else {
      buckets.insert((index, added), at: place)
    }
  }

  /// The duration below or at which the given share of the samples lies: the middle of the bucket that holds
  /// the ⌈count · perMille / 1000⌉-th sample. 0 for an empty distribution.
  public func quantileNanoseconds(perMille: UInt64) -> UInt64 {
    guard count > 0 else { return 0 }
    let (high, low) = count.multipliedFullWidth(by: perMille)
    let (quotient, remainder) = UInt64(1000).dividingFullWidth((high, low))
    let rank = max(1, quotient + (remainder > 0 ? 1 : 0))
    var seen: UInt64 = 0
    for bucket in buckets {
      seen &+= bucket.count
      if seen >= rank { return Self.middleNanoseconds(ofIndex: bucket.index) }
    }
    return 0
  }

  /// Equal where every bucket, the count and the sum are.
  public static func == (a: Distribution, b: Distribution) -> Bool {
    a.count == b.count && a.sumNanoseconds == b.sumNanoseconds && a.buckets.elementsEqual(b.buckets, by: ==)
  }

  /// Hashes count and sum, which seldom agree where the buckets do not.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    hasher.combine(sumNanoseconds)
  }
}
