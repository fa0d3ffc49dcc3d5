/// A JSON text as a tree; objects keep the order of their members and numbers their text, so that a document read and written again is the same.
public indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number as written.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One member of an object.
  public struct Member: Sendable, Equatable {
    /// Its name.
    public var key: String
    /// Its value.
    public var value: JSONValue

    /// A member of that name and value.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// Reads one JSON text with nothing but white space around it; a name that stands twice in an object is refused.
  public init(parsing bytes: [UInt8]) throws(DocumentError) {
    var cursor = JSONCursor(bytes)
    self = try Self.read(&cursor)
    try cursor.finish()
  }

  private static func read(_ cursor: inout JSONCursor) throws(DocumentError) -> JSONValue {
    switch try cursor.kind() {
    case .object:
      var members: [Member] = []
      var names: Set<String> = []
      try cursor.object { (key, cursor) throws(DocumentError) in
        guard names.insert(key).inserted else { throw cursor.failure("each name once, not «\(key)» again") }
        members.append(Member(key, try read(&cursor)))
      }
      return .object(members)
    case .array:
      var elements: [JSONValue] = []
      try cursor.array { (cursor) throws(DocumentError) in elements.append(try read(&cursor)) }
      return .array(elements)
    case .string: return .string(try cursor.string())
    case .number: return .number(try cursor.numberText())
    case .bool: return .bool(try cursor.bool())
    case .null:
      try cursor.null()
      return .null
    }
  }

  /// The member of that name, nil where this is no object or has none.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The text of a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }
  /// The elements of an array.
  public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The members of an object in order.
  public var object: [Member]? { if case .object(let members) = self { members } else { nil } }
  /// The truth value of a bool.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// A number that is a whole one and fits.
  public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }
  /// A number that is a whole one, not negative, and fits.
  public var unsigned: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }
  /// A number as a floating-point value.
  public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }

  /// A whole number.
  public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

  /// A number with exactly that many decimals: scores are written so, to be the same bytes on every machine.
  ///
  /// Null where the value is not finite or has no place in 63 bits at that scale: JSON has no such numbers.
  public static func decimal(_ value: Double, places: Int) -> JSONValue {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    guard let scaled = Int64(exactly: (value * scale).rounded(.toNearestOrEven)) else { return .null }
    let digits = String(scaled.magnitude)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    let text = places == 0 ? padded : "\(padded.dropLast(places)).\(padded.suffix(places))"
    return .number((scaled < 0 ? "-" : "") + text)
  }

  /// This object without the member of that name.
  public func removing(_ key: String) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }

  /// The text without white space: what digests are taken over.
  public var compactBytes: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer, indent: nil)
    return writer.takeBytes()
  }

  /// The text for people: two spaces a level, a newline at the end.
  public var prettyBytes: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer, indent: 0)
    writer.byte(0x0A)
    return writer.takeBytes()
  }

  private func write(to writer: inout ByteWriter, indent: Int?) {
    func list(_ open: UInt8, _ close: UInt8, count: Int, _ element: (Int, inout ByteWriter) -> Void) {
      writer.byte(open)
      for place in 0..<count {
        if place > 0 { writer.byte(0x2C) }
        if let indent { writer.raw("\n" + String(repeating: "  ", count: indent + 1)) }
        element(place, &writer)
      }
      if let indent, count > 0 { writer.raw("\n" + String(repeating: "  ", count: indent)) }
      writer.byte(close)
    }
    let deeper = indent.map { $0 + 1 }
    switch self {
    case .null: writer.literal("null")
    case .bool(let value): writer.literal(value ? "true" : "false")
    case .number(let text): writer.raw(text)
    case .string(let text): writer.jsonString(text)
    case .array(let elements): list(0x5B, 0x5D, count: elements.count) { elements[$0].write(to: &$1, indent: deeper) }
    case .object(let members):
      list(0x7B, 0x7D, count: members.count) { place, writer in
        writer.jsonString(members[place].key)
        writer.byte(0x3A)
        if indent != nil { writer.byte(0x20) }
        members[place].value.write(to: &writer, indent: deeper)
      }
    }
  }
}
