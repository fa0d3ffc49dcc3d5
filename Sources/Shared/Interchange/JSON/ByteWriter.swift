import Glibc

/// A growing buffer of bytes that documents are written into: text, JSON strings, numbers, times and addresses.
///
/// This file is one of the few with unsafe code: an edge stream is written at the speed of the packets that it sums up, and
/// appending byte by byte to an array costs more than that. Bound: `reserve(n)` stands before every write of at most n bytes.
@safe public struct ByteWriter: ~Copyable {
  @usableFromInline var base: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  /// How many bytes have been written and not been taken yet.
  public private(set) var count: Int
  /// The minute whose text `minuteText` holds: neighbouring records share it.
  private var minute: Int64 = .min
  private var minuteText: InlineArray<17, UInt8> = .init(repeating: 0)

  /// An empty buffer.
  public init() {
    capacity = 4096
    unsafe base = .allocate(capacity: 4096)
    count = 0
  }

  deinit { unsafe base.deallocate() }

  /// Forgets what was written and keeps the room.
  public mutating func removeAll() { count = 0 }

  /// Hands over the bytes written so far and forgets them.
  public mutating func take<E: Error, Result>(_ body: (UnsafeRawBufferPointer) throws(E) -> Result) throws(E) -> Result {
    defer { count = 0 }
    return try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// The bytes written so far as an array; forgets them.
  public mutating func takeBytes() -> [UInt8] { unsafe take { (bytes: UnsafeRawBufferPointer) in unsafe Array(bytes) } }

  /// The bytes written so far as text; forgets them.
  public mutating func takeString() -> String {
    unsafe take { (bytes: UnsafeRawBufferPointer) in unsafe String(decoding: bytes, as: UTF8.self) }
  }

  @inline(__always)
  private mutating func reserve(_ room: Int) {
    if capacity - count < room { grow(room) }
  }

  @inline(never)
  private mutating func grow(_ room: Int) {
    let wanted = max(capacity * 2, count + room)
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
    unsafe fresh.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = fresh
    capacity = wanted
  }

  /// Appends one byte.
  @inline(__always)
  public mutating func byte(_ value: UInt8) {
    reserve(1)
    unsafe base[count] = value
    count += 1
  }

  /// Appends text that the program holds, as it is.
  @inline(__always)
  public mutating func literal(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    reserve(length)
    unsafe memcpy(base + count, text.utf8Start, length)
    count += length
  }

  /// Appends text as it is, without quoting.
  public mutating func raw(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      reserve(utf8.count)
      if let start = utf8.baseAddress { unsafe memcpy(base + count, start, utf8.count) }
      count += utf8.count
    }
  }

  /// Appends bytes as they are.
  public mutating func raw(_ bytes: [UInt8]) {
    reserve(bytes.count)
    unsafe bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { unsafe memcpy(base + count, start, source.count) }
    }
    count += bytes.count
  }

  /// The numbers 00 to 99: two digits are written at once.
  private static let pairs: StaticString = """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566\
    676869707172737475767778798081828384858687888990919293949596979899
    """

  /// Writes a number below 100 as two digits; room for them is there.
  @inline(__always)
  private func pair(_ value: UInt64, at place: Int) {
    unsafe memcpy(base + place, Self.pairs.utf8Start + Int(truncatingIfNeeded: value) * 2, 2)
  }

  /// Appends an unsigned integer in decimal.
  public mutating func integer(_ value: UInt64) {
    reserve(20)
    if value < 10 {
      unsafe base[count] = 0x30 + UInt8(truncatingIfNeeded: value)
      count += 1
      return
    }
    var length = 1
    var power: UInt64 = 10
    while value >= power {
      length += 1
      let (next, overflow) = power.multipliedReportingOverflow(by: 10)
      if overflow { break }
      power = next
    }
    var rest = value
    var place = count + length
    while rest >= 100 {
      place -= 2
      pair(rest % 100, at: place)
      rest /= 100
    }
    if rest >= 10 {
      pair(rest, at: place - 2)
    } else {
      unsafe base[place - 1] = 0x30 + UInt8(truncatingIfNeeded: rest)
    }
    count += length
  }

  /// Appends a signed integer in decimal.
  public mutating func integer(_ value: Int64) {
    if value < 0 { byte(0x2D) }
    integer(value.magnitude)
  }

  /// Appends nanoseconds as a decimal number of seconds, exact and without trailing zeros: `0.0015`.
  public mutating func seconds(nanoseconds: UInt64) {
    integer(nanoseconds / 1_000_000_000)
    fraction(nanoseconds % 1_000_000_000)
  }

  /// Appends nanoseconds of either sign as a decimal number of seconds: `-0.25`.
  public mutating func signedSeconds(nanoseconds: Int64) {
    if nanoseconds < 0 { byte(0x2D) }
    seconds(nanoseconds: nanoseconds.magnitude)
  }

  /// Appends `.` and up to nine digits of a fraction in billionths, without trailing zeros; nothing for 0.
  private mutating func fraction(_ billionths: UInt64) {
    guard billionths > 0 else { return }
    reserve(10)
    unsafe base[count] = 0x2E
    var rest = billionths
    for place in stride(from: count + 8, to: count, by: -2) {
      pair(rest % 100, at: place)
      rest /= 100
    }
    unsafe base[count + 1] = 0x30 + UInt8(truncatingIfNeeded: rest)
    count += 10
    while unsafe base[count - 1] == 0x30 { count -= 1 }
  }

  /// Appends a moment per RFC 3339 in UTC, without quotes.
  public mutating func timestamp(_ time: Timestamp) {
    let (seconds, fractionPart) = time.nanoseconds.flooredQuotient(by: 1_000_000_000)
    let (minute, second) = seconds.flooredQuotient(by: 60)
    if minute != self.minute { setMinute(minute) }
    reserve(20)
    for place in 0..<17 { unsafe base[count + place] = minuteText[place] }
    unsafe base[count + 17] = 0x30 + UInt8(truncatingIfNeeded: second / 10)
    unsafe base[count + 18] = 0x30 + UInt8(truncatingIfNeeded: second % 10)
    count += 19
    fraction(UInt64(fractionPart))
    byte(0x5A)
  }

  private mutating func setMinute(_ minute: Int64) {
    let (days, minuteOfDay) = minute.flooredQuotient(by: 1440)
    let date = Timestamp.civil(daysFromEpoch: days)
    var text: InlineArray<17, UInt8> = .init(repeating: 0x3A)
    func put(_ value: Int64, _ place: Int, _ length: Int) {
      var rest = value
      for index in stride(from: place + length - 1, through: place, by: -1) {
        text[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
    }
    put(date.year, 0, 4)
    text[4] = 0x2D
    put(date.month, 5, 2)
    text[7] = 0x2D
    put(date.day, 8, 2)
    text[10] = 0x54
    put(minuteOfDay / 60, 11, 2)
    put(minuteOfDay % 60, 14, 2)
    minuteText = text
    self.minute = minute
  }

  /// Appends an address: dotted, or RFC 5952 for IPv6.
  public mutating func address(_ address: IPAddress) {
    guard address.isIPv6 else {
      let number = UInt32(truncatingIfNeeded: address.low)
      smallInteger(UInt8(truncatingIfNeeded: number >> 24))
      byte(0x2E)
      smallInteger(UInt8(truncatingIfNeeded: number >> 16))
      byte(0x2E)
      smallInteger(UInt8(truncatingIfNeeded: number >> 8))
      byte(0x2E)
      smallInteger(UInt8(truncatingIfNeeded: number))
      return
    }
    var groups: InlineArray<8, UInt16> = .init(repeating: 0)
    for index in 0..<4 {
      groups[index] = UInt16(truncatingIfNeeded: address.high >> UInt64(48 - 16 * index))
      groups[index + 4] = UInt16(truncatingIfNeeded: address.low >> UInt64(48 - 16 * index))
    }
    // RFC 5952 §4.2.3: the longest run of two or more zero groups is shortened, the first of equals.
    var runStart = -1
    var runLength = 1
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index > runLength { (runStart, runLength) = (index, end - index) }
      index = max(end, index + 1)
    }
    if address.high == 0, address.low >> 32 == 0xFFFF {
      literal("::ffff:")
      self.address(IPAddress(v4: UInt32(truncatingIfNeeded: address.low)))
      return
    }
    index = 0
    while index < 8 {
      if index == runStart {
        literal("::")
        index += runLength
        continue
      }
      if index > 0, index != runStart + runLength || runStart < 0 { byte(0x3A) }
      hexadecimal(groups[index])
      index += 1
    }
  }

  @inline(__always)
  private mutating func smallInteger(_ value: UInt8) {
    reserve(3)
    if value >= 100 {
      unsafe base[count] = 0x30 + value / 100
      count += 1
    }
    if value >= 10 {
      unsafe base[count] = 0x30 + value / 10 % 10
      count += 1
    }
    unsafe base[count] = 0x30 + value % 10
    count += 1
  }

  private mutating func hexadecimal(_ value: UInt16) {
    var shift = 12
    while shift > 0, value >> UInt16(shift) == 0 { shift -= 4 }
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: value >> UInt16(shift) & 15)
      byte(digit < 10 ? 0x30 + digit : 0x57 + digit)
      shift -= 4
    }
  }

  /// Appends a JSON string with its quotes: `"`, `\` and control characters escaped (RFC 8259 §7), all else as UTF-8.
  public mutating func jsonString(_ text: String) {
    byte(0x22)
    var text = text
    let isPlain = text.withUTF8 { utf8 in
      guard unsafe utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }) else { return false }
      reserve(utf8.count)
      if let start = utf8.baseAddress { unsafe memcpy(base + count, start, utf8.count) }
      count += utf8.count
      return true
    }
    if isPlain { return byte(0x22) }
    for unit in text.utf8 {
      switch unit {
      case 0x22: literal("\\\"")
      case 0x5C: literal("\\\\")
      case 0x0A: literal("\\n")
      case 0x0D: literal("\\r")
      case 0x09: literal("\\t")
      case 0..<0x20, 0x7F:
        literal("\\u00")
        let high = unit >> 4
        let low = unit & 15
        byte(0x30 + high)
        byte(low < 10 ? 0x30 + low : 0x57 + low)
      default: byte(unit)
      }
    }
    byte(0x22)
  }
}

extension Int64 {
  /// Quotient rounded towards negative infinity and the remainder that goes with it, for a positive divisor.
  @inlinable
  func flooredQuotient(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
