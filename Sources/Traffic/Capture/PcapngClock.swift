/// The clock of a pcapng interface: `if_tsresol` and `if_tsoffset`.
struct PcapngClock {
  /// Times lie strictly within 2^62 ns of the epoch (1823 to 2116, all that classic pcap can say), so that the difference of any two fits 64 bits.
  static let limitNanoseconds: Int64 = 1 << 62

  /// Units per second: 10^n, or 2^(n − 128) where the highest bit is set. Microseconds unless said otherwise.
  let resolution: UInt8
  /// Seconds to add to every time.
  private let offsetSeconds: Int64
  /// Below so many units `units · nanosecondsPerUnit + offsetNanoseconds` is the time; 0 where a unit is no whole number of nanoseconds.
  let unitsEnd: UInt64
  /// How long a unit is.
  let nanosecondsPerUnit: UInt64
  /// What is to be added.
  let offsetNanoseconds: Int64

  init(resolution: UInt8 = 6, offsetSeconds: Int64 = 0) {
    self.resolution = resolution
    self.offsetSeconds = offsetSeconds
    let (offset, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard resolution <= 9, !overflow, offset.magnitude < UInt64(Self.limitNanoseconds) else {
      (unitsEnd, nanosecondsPerUnit, offsetNanoseconds) = (0, 0, 0)
      return
    }
    var factor: UInt64 = 1
    for _ in resolution..<9 { factor *= 10 }
    nanosecondsPerUnit = factor
    offsetNanoseconds = offset
    // 2^62 − 1 − offset is positive and below 2^63.
    unitsEnd = UInt64(Self.limitNanoseconds - 1 - offset) / factor + 1
  }

  /// The time as nanoseconds since the epoch, rounded down; nil where it is out of range.
  func nanoseconds(_ units: UInt64) -> Int64? {
    let value: UInt64
    if resolution & 0x80 == 0, resolution <= 9 {
      var factor: UInt64 = 1
      for _ in resolution..<9 { factor *= 10 }
      let (product, overflow) = units.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      value = product
    } else if resolution & 0x80 == 0 {
      var divisor: UInt64 = 1
      for _ in 9..<resolution {
        let (product, overflow) = divisor.multipliedReportingOverflow(by: 10)
        // So fine that 64 bits of units are less than a nanosecond.
        guard !overflow else { return add(0) }
        divisor = product
      }
      value = units / divisor
    } else {
      let shift = UInt64(resolution & 0x7F)
      let (high, low) = units.multipliedFullWidth(by: 1_000_000_000)
      guard shift < 64 else {
        guard shift < 128 else { return nil }
        return add(high >> (shift - 64))
      }
      guard shift == 0 ? high == 0 : high >> shift == 0 else { return nil }
      value = shift == 0 ? low : high << (64 - shift) | low >> shift
    }
    return add(value)
  }

  private func add(_ nanoseconds: UInt64) -> Int64? {
    guard let nanoseconds = Int64(exactly: nanoseconds) else { return nil }
    let (offset, overflow) = offsetSeconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowSum) = nanoseconds.addingReportingOverflow(offset)
    guard !overflow, !overflowSum, sum.magnitude < UInt64(Self.limitNanoseconds) else { return nil }
    return sum
  }
}
