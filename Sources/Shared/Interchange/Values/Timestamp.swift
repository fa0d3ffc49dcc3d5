/// A moment as nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Range: years 1678 to 2262. In documents it is written per RFC 3339 in UTC with a `Z` and as many
/// decimals (0 to 9) as the value needs.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Nanoseconds since the epoch; negative before 1970.
  public var nanoseconds: Int64

  /// The moment that many nanoseconds after the epoch.
  @inlinable
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Earlier before later.
  @inlinable
  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

  /// Reads an RFC 3339 date-time: `2026-11-21T03:46:42.5Z` or with an offset such as `+01:00`.
  ///
  /// Returns nil for anything else, for more than nine decimals, and outside the range.
  public init?(rfc3339 text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    func digits(_ count: Int) -> Int64? {
      guard bytes.count >= count else { return nil }
      var value: Int64 = 0
      for byte in bytes.prefix(count) {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
      }
      bytes = bytes.dropFirst(count)
      return value
    }
    func skip(_ characters: StaticString) -> Bool {
      guard let first = bytes.first, characters.description.utf8.contains(first) else { return false }
      bytes = bytes.dropFirst()
      return true
    }
    guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2), skip("Tt "),
      let hour = digits(2), skip(":"), let minute = digits(2), skip(":"), let second = digits(2)
    else { return nil }
    guard (1...12).contains(month), day >= 1, day <= Self.daysInMonth(year: year, month: month), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if skip(".") {
      let length = bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
      guard (1...9).contains(length), let value = digits(length) else { return nil }
      fraction = (length..<9).reduce(value) { product, _ in product * 10 }
    }
    var offset: Int64 = 0
    if !skip("Zz") {
      let negative = bytes.first == 0x2D
      guard skip("+-"), let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
      offset = (hours * 3600 + minutes * 60) * (negative ? -1 : 1)
    }
    guard bytes.isEmpty else { return nil }
    let seconds = Self.daysFromEpoch(year: year, month: month, day: day) * 86400 + hour * 3600 + minute * 60 + second - offset
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowSum) = product.addingReportingOverflow(fraction)
    guard !overflow, !overflowSum else { return nil }
    nanoseconds = sum
  }

  /// The RFC 3339 text of this moment.
  public var rfc3339: String {
    var writer = ByteWriter()
    writer.timestamp(self)
    return writer.takeString()
  }

  static func daysInMonth(year: Int64, month: Int64) -> Int64 {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
  static func daysFromEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse of `daysFromEpoch` (Hinnant, `civil_from_days`).
  static func civil(daysFromEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let mp = (5 * dayOfYear + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1)
  }
}

extension Timestamp: CustomStringConvertible {
  /// The RFC 3339 text.
  public var description: String { rfc3339 }
}
