/// A cursor over one JSON text (RFC 8259) that the caller walks by hand: no tree is built, unknown members are skipped.
///
/// Nesting is limited to 64 levels. Every failure is a `DocumentError` with the byte offset.
public struct JSONCursor {
  private let bytes: [UInt8]
  private let end: Int
  private var index: Int
  private var depth = 0
  private static let depthMax = 64

  /// A cursor at the start of the text.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    index = 0
    end = bytes.count
  }

  /// The kind of value that stands at the cursor.
  public enum Kind: Sendable { case object, array, string, number, bool, null }

  func failure(_ expected: String) -> DocumentError {
    let found =
      index >= end
      ? "the end of the text"
      : bytes[index] < 0x20 || bytes[index] > 0x7E ? "byte \(bytes[index])" : "`\(Character(UnicodeScalar(bytes[index])))`"
    return DocumentError(at: .byte(index), found: found, expected: expected)
  }

  @inline(__always)
  private mutating func skipSpace() {
    while index < end, bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09 { index += 1 }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard index < end, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// What kind of value comes next.
  public mutating func kind() throws(DocumentError) -> Kind {
    skipSpace()
    guard index < end else { throw failure("a value") }
    switch bytes[index] {
    case 0x7B: return .object
    case 0x5B: return .array
    case 0x22: return .string
    case 0x74, 0x66: return .bool
    case 0x6E: return .null
    case 0x2D, 0x30...0x39: return .number
    default: throw failure("a value")
    }
  }

  /// Walks an object: `member` gets each key with the cursor at its value, and must read or skip that value.
  public mutating func object(_ member: (String, inout JSONCursor) throws(DocumentError) -> Void) throws(DocumentError) {
    guard take(0x7B) else { throw failure("an object") }
    try enter()
    if take(0x7D) { return leave() }
    repeat {
      skipSpace()
      let key = try string()
      guard take(0x3A) else { throw failure("`:`") }
      try member(key, &self)
    } while take(0x2C)
    guard take(0x7D) else { throw failure("`,` or `}`") }
    leave()
  }

  /// Walks an array: `element` is called with the cursor at each element, and must read or skip it.
  public mutating func array(_ element: (inout JSONCursor) throws(DocumentError) -> Void) throws(DocumentError) {
    guard take(0x5B) else { throw failure("an array") }
    try enter()
    if take(0x5D) { return leave() }
    repeat { try element(&self) } while take(0x2C)
    guard take(0x5D) else { throw failure("`,` or `]`") }
    leave()
  }

  private mutating func enter() throws(DocumentError) {
    depth += 1
    guard depth <= Self.depthMax else { throw failure("at most \(Self.depthMax) levels of nesting") }
  }

  private mutating func leave() { depth -= 1 }

  /// Reads a string and undoes its escapes; ill-formed UTF-8 is refused.
  public mutating func string() throws(DocumentError) -> String {
    guard take(0x22) else { throw failure("a string") }
    let start = index
    while index < end {
      let byte = bytes[index]
      if byte == 0x22 {
        guard let text = String(validating: bytes[start..<index], as: UTF8.self) else { throw failure("UTF-8") }
        index += 1
        return text
      }
      if byte == 0x5C { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw failure("no control character in a string") }
      index += 1
    }
    throw failure("the end of the string")
  }

  private mutating func escapedString(from start: Int) throws(DocumentError) -> String {
    var text = Array(bytes[start..<index])
    while index < end {
      let byte = bytes[index]
      index += 1
      switch byte {
      case 0x22:
        guard let result = String(validating: text, as: UTF8.self) else { throw failure("UTF-8") }
        return result
      case 0x5C:
        guard index < end else { throw failure("an escape") }
        let escape = bytes[index]
        index += 1
        switch escape {
        case 0x22, 0x5C, 0x2F: text.append(escape)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0C)
        case 0x6E: text.append(0x0A)
        case 0x72: text.append(0x0D)
        case 0x74: text.append(0x09)
        case 0x75: text.append(contentsOf: Array(String(Character(try escapedScalar())).utf8))
        default:
          index -= 1
          throw failure("an escape of RFC 8259 §7")
        }
      case 0..<0x20:
        index -= 1
        throw failure("no control character in a string")
      default: text.append(byte)
      }
    }
    throw failure("the end of the string")
  }

  private mutating func hexadecimalUnit() throws(DocumentError) -> UInt32 {
    guard index + 4 <= end else { throw failure("four hexadecimal digits") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      switch bytes[index] {
      case 0x30...0x39: value = value << 4 | UInt32(bytes[index] - 0x30)
      case 0x61...0x66: value = value << 4 | UInt32(bytes[index] - 0x61 + 10)
      case 0x41...0x46: value = value << 4 | UInt32(bytes[index] - 0x41 + 10)
      default: throw failure("a hexadecimal digit")
      }
      index += 1
    }
    return value
  }

  private mutating func escapedScalar() throws(DocumentError) -> UnicodeScalar {
    let unit = try hexadecimalUnit()
    if let scalar = UnicodeScalar(unit) { return scalar }
    guard unit < 0xDC00, index + 2 <= end, bytes[index] == 0x5C, bytes[index + 1] == 0x75 else { throw failure("a surrogate pair") }
    index += 2
    let low = try hexadecimalUnit()
    guard (0xDC00..<0xE000).contains(low), let scalar = UnicodeScalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) else {
      throw failure("a low surrogate")
    }
    return scalar
  }

  /// Reads a number and gives its text as written.
  public mutating func numberText() throws(DocumentError) -> String {
    skipSpace()
    let start = index
    func isDigit(_ place: Int) -> Bool { place < end && bytes[place] >= 0x30 && bytes[place] <= 0x39 }
    if index < end, bytes[index] == 0x2D { index += 1 }
    guard isDigit(index) else { throw failure("a number") }
    if bytes[index] == 0x30 { index += 1 } else { while isDigit(index) { index += 1 } }
    if index < end, bytes[index] == 0x2E {
      index += 1
      guard isDigit(index) else { throw failure("a digit") }
      while isDigit(index) { index += 1 }
    }
    if index < end, bytes[index] | 0x20 == 0x65 {
      index += 1
      if index < end, bytes[index] == 0x2B || bytes[index] == 0x2D { index += 1 }
      guard isDigit(index) else { throw failure("a digit") }
      while isDigit(index) { index += 1 }
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// Reads an unsigned integer; a fraction, an exponent, a sign or overflow is refused.
  public mutating func unsigned() throws(DocumentError) -> UInt64 {
    skipSpace()
    var value: UInt64 = 0
    let start = index
    while index < end, bytes[index] >= 0x30, bytes[index] <= 0x39 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowSum) = product.addingReportingOverflow(UInt64(bytes[index] - 0x30))
      guard !overflow, !overflowSum else { throw failure("an integer below 2^64") }
      value = sum
      index += 1
    }
    guard index > start, index == end || ![0x2E, 0x65, 0x45].contains(bytes[index]) else { throw failure("an unsigned integer") }
    guard bytes[start] != 0x30 || index == start + 1 else { throw failure("an integer without leading zeros") }
    return value
  }

  /// Reads an unsigned integer that fits the type.
  public mutating func unsigned<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(DocumentError) -> Integer {
    let start = index
    guard let value = Integer(exactly: try unsigned()) else {
      index = start
      throw failure("an integer of at most \(Integer.max)")
    }
    return value
  }

  /// Reads a decimal number of seconds as whole nanoseconds; more than nine decimals, an exponent or a sign is refused.
  public mutating func secondsAsNanoseconds() throws(DocumentError) -> UInt64 {
    skipSpace()
    let start = index
    let text = bytes[start..<end].first == 0x2D ? "" : try numberText()
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count <= 2, let whole = UInt64(parts[0]), parts.count == 1 || parts[1].count <= 9 {
      let digits = parts.count == 2 ? parts[1] : "0"
      if let fraction = UInt64(String(digits) + String(repeating: "0", count: 9 - min(9, digits.count))) {
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowSum) = product.addingReportingOverflow(fraction)
        if !overflow, !overflowSum { return sum }
      }
    }
    index = start
    throw failure("seconds with at most nine decimals")
  }

  /// Reads a decimal number of seconds of either sign as whole nanoseconds; more than nine decimals or an exponent is refused.
  public mutating func signedSecondsAsNanoseconds() throws(DocumentError) -> Int64 {
    skipSpace()
    let isNegative = index < end && bytes[index] == 0x2D
    if isNegative { index += 1 }
    let start = index
    let magnitude = try secondsAsNanoseconds()
    guard let value = Int64(exactly: magnitude), index > start else { throw failure("seconds within 2^63 ns") }
    return isNegative ? -value : value
  }

  /// Reads `true` or `false`.
  public mutating func bool() throws(DocumentError) -> Bool {
    skipSpace()
    if word("true") { return true }
    if word("false") { return false }
    throw failure("true or false")
  }

  /// Reads `null`.
  public mutating func null() throws(DocumentError) {
    skipSpace()
    guard word("null") else { throw failure("null") }
  }

  private mutating func word(_ text: String) -> Bool {
    guard bytes[index..<end].starts(with: text.utf8) else { return false }
    index += text.utf8.count
    return true
  }

  /// Skips one value of any kind, checking it.
  public mutating func skip() throws(DocumentError) {
    switch try kind() {
    case .object: try object { (_, cursor) throws(DocumentError) in try cursor.skip() }
    case .array: try array { (cursor) throws(DocumentError) in try cursor.skip() }
    case .string: _ = try string()
    case .number: _ = try numberText()
    case .bool: _ = try bool()
    case .null: try null()
    }
  }

  /// Checks that nothing but white space is left.
  public mutating func finish() throws(DocumentError) {
    skipSpace()
    guard index == end else { throw failure("the end of the text") }
  }
}
