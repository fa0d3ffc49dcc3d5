import Interchange
import Yams

/// A YAML 1.2 text as a JSON tree, and the line of every value in it.
///
/// Scalars follow the JSON schema of YAML 1.2 §10.2 and no more: `no`, `on`, `1:30` and `010` are texts, not a truth value, a
/// number of seconds and eight. A number keeps the text in which it was written.
struct YAMLDocument {
  /// The document as a tree.
  let tree: JSONValue
  private let lines: [String: Int]
  /// Aliases may make a short text into a large tree.
  private static let valueCountMax = 1_000_000
  private static let depthMax = 64

  init(parsing bytes: [UInt8]) throws(DocumentError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DocumentError(at: .byte(0), found: "bytes that are no UTF-8", expected: "YAML or JSON")
    }
    let root: Node?
    do { root = try compose(yaml: text, .basic) } catch { throw Self.documentError(error) }
    guard let root else { throw DocumentError(at: .line(1), found: "nothing", expected: "a document") }
    var conversion = Conversion()
    tree = try conversion.value(root, path: "", depth: 0)
    lines = conversion.lines
  }

  /// The same error with the line of the value it speaks of, or of the nearest value around it.
  func placed(_ error: DocumentError) -> DocumentError {
    guard case .path(let path) = error.position else { return error }
    var place = Substring(path)
    while !place.isEmpty {
      if let line = lines[String(place)] {
        var copy = error
        copy.position = .path("\(path) (line \(line))")
        return copy
      }
      guard let end = place.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      place = place[..<end]
    }
    return error
  }

  private static func documentError(_ error: any Error) -> DocumentError {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      DocumentError(at: .line(mark.line), found: problem, expected: "YAML")
    case .duplicatedKeysInMapping(let names, let context):
      DocumentError(
        at: .line(context.mark.line), found: "\(names.map { "«\($0)»" }.joined(separator: ", ")) more than once", expected: "each name once"
      )
    case .reader(let problem, let offset, _, _): DocumentError(at: .byte(offset ?? 0), found: problem, expected: "YAML")
    default: DocumentError(at: .byte(0), found: "\(error)", expected: "YAML")
    }
  }

  private struct Conversion {
    var lines: [String: Int] = [:]
    private var count = 0

    private func failure(_ node: Node, _ found: String, _ expected: String) -> DocumentError {
      DocumentError(at: .line(node.mark?.line ?? 1), found: found, expected: expected)
    }

    mutating func value(_ node: Node, path: String, depth: Int) throws(DocumentError) -> JSONValue {
      count += 1
      guard count <= YAMLDocument.valueCountMax else {
        throw failure(node, "more than \(YAMLDocument.valueCountMax) values", "a smaller document")
      }
      guard depth <= YAMLDocument.depthMax else { throw failure(node, "deeper nesting", "at most \(YAMLDocument.depthMax) levels") }
      if let line = node.mark?.line, lines[path] == nil { lines[path] = line }
      switch node {
      case .scalar(let scalar): return Self.scalar(scalar)
      case .sequence(let sequence):
        var elements: [JSONValue] = []
        for (place, element) in sequence.enumerated() { elements.append(try value(element, path: "\(path)[\(place)]", depth: depth + 1)) }
        return .array(elements)
      case .mapping(let mapping):
        var members: [JSONValue.Member] = []
        for (key, element) in mapping {
          guard case .scalar(let name) = key else { throw failure(key, "a name that is no text", "a text") }
          let below = path.isEmpty ? name.string : "\(path).\(name.string)"
          members.append(.init(name.string, try value(element, path: below, depth: depth + 1)))
        }
        return .object(members)
      case .alias: throw failure(node, "an alias of nothing", "a value")
      }
    }

    private static func scalar(_ scalar: Node.Scalar) -> JSONValue {
      let text = scalar.string
      guard scalar.style == .plain || scalar.style == .any, scalar.tag.rawValue != Tag.Name.str.rawValue else { return .string(text) }
      switch text {
      case "", "~", "null": return .null
      case "true": return .bool(true)
      case "false": return .bool(false)
      default:
        var cursor = JSONCursor(Array(text.utf8))
        if let number = try? cursor.numberText(), (try? cursor.finish()) != nil { return .number(number) }
        return .string(text)
      }
    }
  }
}
