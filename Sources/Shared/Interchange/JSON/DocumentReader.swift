/// Reads the members of one JSON object of a document by name, with its path for messages.
///
/// `unknownKeys` lists what nobody asked for: extending a document is allowed, and a misspelt key should not go unseen.
public struct DocumentReader {
  /// Where in the document this object stands, such as `nodes[3]`.
  public let path: String
  private let members: [JSONValue.Member]
  private var asked: Set<String> = []

  /// Reads an object at a path; anything but an object is an error.
  public init(_ value: JSONValue, path: String = "document") throws(DocumentError) {
    guard let members = value.object else { throw DocumentError(at: .path(path), found: Self.kind(of: value), expected: "an object") }
    self.members = members
    self.path = path
  }

  /// The names that stand in the object and were not asked for so far.
  public var unknownKeys: [String] { members.map(\.key).filter { !asked.contains($0) } }

  static func kind(of value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let truth): "\(truth)"
    case .number(let text): text
    case .string(let text): "«\(text)»"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value of a member where it is there and not null.
  public mutating func optional(_ key: String) -> JSONValue? {
    asked.insert(key)
    guard let value = members.first(where: { $0.key == key })?.value, value != .null else { return nil }
    return value
  }

  /// The value of a member that must be there.
  public mutating func required(_ key: String) throws(DocumentError) -> JSONValue {
    guard let value = optional(key) else { throw DocumentError(at: .path(path), found: "no «\(key)»", expected: "«\(key)»") }
    return value
  }

  /// A member converted by `convert`; nil where absent, an error where `convert` gives nil.
  public mutating func optional<Result>(_ key: String, _ expected: String, _ convert: (JSONValue) -> Result?) throws(DocumentError)
    -> Result?
  {
    guard let value = optional(key) else { return nil }
    guard let result = convert(value) else {
      throw DocumentError(at: .path("\(path).\(key)"), found: Self.kind(of: value), expected: expected)
    }
    return result
  }

  /// A member that must be there, converted by `convert`.
  public mutating func required<Result>(_ key: String, _ expected: String, _ convert: (JSONValue) -> Result?) throws(DocumentError)
    -> Result
  {
    _ = try required(key)
    guard let result = try optional(key, expected, convert) else { throw DocumentError(at: .path(path), found: "null", expected: expected) }
    return result
  }

  /// A member that must be a text.
  public mutating func string(_ key: String) throws(DocumentError) -> String { try required(key, "a text") { $0.string } }
  /// A member that is a text where it is there.
  public mutating func optionalString(_ key: String) throws(DocumentError) -> String? { try optional(key, "a text") { $0.string } }
  /// The elements of a list with the path of each; empty where absent.
  public mutating func list(_ key: String) throws(DocumentError) -> [(value: JSONValue, path: String)] {
    let elements = try optional(key, "a list") { $0.array } ?? []
    return elements.enumerated().map { ($0.element, "\(path).\(key)[\($0.offset)]") }
  }
  /// A list of texts; empty where absent.
  public mutating func strings(_ key: String) throws(DocumentError) -> [String] {
    try optional(key, "a list of texts") { value in
      guard let elements = value.array else { return nil }
      let texts = elements.compactMap(\.string)
      return texts.count == elements.count ? texts : nil
    } ?? []
  }
}
