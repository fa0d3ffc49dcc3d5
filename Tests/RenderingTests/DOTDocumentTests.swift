import Foundation
import FoundationXML
import Interchange
import Rendering
import TestSupport
import Testing

@Suite struct DOTDocumentTests {
  static let hostile = [
    "\"];evil[URL=\"javascript:alert(1)\"", "</text><script>alert(1)</script>", "a\\", "a\\\"", "\\G\\N\\E", "&lt;&#0;&", "line\nbreak\r\t",
    "\u{202E}gnp.exe",
    "<b>html</b>", "]]>", "<!--", "\u{1B}[31m", "\u{0}", "\u{FFFE}", "\u{E000}", String(repeating: "x", count: 5000), "%s%n", "日本語 ü",
  ]

  /// A graph in which every text that may come from outside is hostile.
  static func graph(_ names: [String]) -> Topology {
    let criterion = TopologyEdge.Criterion(value: 1, figures: [.init("app", .string(names[0]))], reason: names[0])
    var nodes: [TopologyNode] = []
    var edges: [TopologyEdge] = []
    for (place, name) in names.enumerated() {
      let service = "\(name)-\(place):tcp:80"
      nodes.append(.init(id: "\(name)-\(place)", label: name, kind: .vm, tenant: name))
      nodes.append(
        .init(
          id: service, label: name, kind: .service, node: "\(name)-\(place)", proto: "tcp", port: 80,
          service: .init(app: name, nature: .web, basis: .payload)))
      edges.append(
        .init(
          source: "\(names[(place + 1) % names.count])-\((place + 1) % names.count)", target: service, relation: .dependsOn, score: 0.5,
          weak: place % 2 == 1,
          certain: place % 3 == 0, volume: criterion, frequency: criterion, duration: criterion, nature: criterion, bytesToServer: 1,
          bytesToClient: 1,
          answered: true, windows: [], evidence: [name], first: .init(nanoseconds: 0), last: .init(nanoseconds: 0)))
    }
    return Topology(
      nodes: nodes, edges: edges,
      metadata: .init(threshold: 0.35, windowSeconds: 300, oldestWindow: nil, newestWindow: nil, sources: [], coverage: []))
  }

  /// The element and attribute names of an XML text, as an XML parser sees them.
  private final class Collector: NSObject, XMLParserDelegate {
    var elements: Set<String> = []
    var attributes: Set<String> = []
    var texts: [String] = []
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes found: [String: String] = [:]
    ) {
      elements.insert(name)
      attributes.formUnion(found.keys)
      texts.append("")
    }
    func parser(_ parser: XMLParser, foundCharacters string: String) { texts.append((texts.popLast() ?? "") + string) }
  }

  @Test func aNameThatACaptureGaveNeverStandsWithoutTheAddress() {
    var graph = Self.graph(["a", "b"])
    graph.nodes[0] = .init(id: graph.nodes[0].id, label: "db1\"\\n", kind: .address, addresses: ["10.0.0.9"], names: ["db1"])
    let text = String(decoding: DOTDocument(showsWeak: true).bytes(of: graph), as: UTF8.self)
    #expect(text.contains(#"label="db1\"\\n\na-0""#), "\(text)")
  }

  @Test func hostileNamesStayTextInSVG() throws {
    let svg = try SVGDrawing.bytes(dot: DOTDocument(showsWeak: true).bytes(of: Self.graph(Self.hostile)))
    let collector = Collector()
    let parser = XMLParser(data: Data(svg))
    parser.delegate = collector
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(collector.elements.subtracting(["svg", "g", "title", "polygon", "path", "text", "ellipse", "polyline"]) == [])
    #expect(!collector.attributes.contains { $0.contains("href") || $0.hasPrefix("on") || $0 == "style" || $0 == "src" })
    let text = String(decoding: svg, as: UTF8.self)
    #expect(!text.contains("\u{202E}") && !text.contains("\u{1B}") && !text.contains("<script"))
    for name in ["</text><script>alert(1)</script>", "&lt;&#0;&", "\\G\\N\\E", "<b>html</b>", "%s%n", "日本語 ü", "a\\\""] {
      #expect(collector.texts.contains { $0.trimmingCharacters(in: .whitespacesAndNewlines) == name }, "\(name)")
    }
    #expect(
      !text.contains("<!DOCTYPE")
        && !text.replacing("xmlns=\"http://www.w3.org/2000/svg\"", with: "").replacing(
          "xmlns:xlink=\"http://www.w3.org/1999/xlink\"", with: ""
        ).contains("http"))
  }

  @Test func hostileNamesStayInsideTheirQuotesInDOT() throws {
    let text = String(decoding: DOTDocument(showsWeak: true).bytes(of: Self.graph(Self.hostile)), as: UTF8.self)
    var isQuoted = false
    var isEscaped = false
    var outside = ""
    for character in text {
      if isEscaped { isEscaped = false; continue }
      if isQuoted, character == "\\" { isEscaped = true; continue }
      if character == "\"" { isQuoted.toggle(); continue }
      if !isQuoted { outside.append(character) }
    }
    #expect(!isQuoted)
    for word in ["evil", "script", "URL", "alert", "exe", "html"] { #expect(!outside.contains(word)) }
  }

  @Test func onlyWhatIsAskedForIsDrawn() throws {
    let graph = try Topology(json: JSONValue(parsing: Repository.fixtureBytes("golden.topology.json")))
    let strong = String(decoding: DOTDocument().bytes(of: graph), as: UTF8.self)
    let all = String(decoding: DOTDocument(showsWeak: true).bytes(of: graph), as: UTF8.self)
    #expect(!strong.contains("10.0.0.66") && !strong.contains("dashed\", color=\"#a8a8a8\""))
    #expect(all.contains("10.0.0.66") && all.contains("dashed\", color=\"#a8a8a8\""))
    #expect(strong.contains("tenant bank") && strong.contains("postgresql tcp/5432") && strong.contains("penwidth=\"3.00\""))
  }

  @Test func theSameGraphIsTheSameBytes() throws {
    let graph = Self.graph(Self.hostile)
    let dot = DOTDocument(showsWeak: true).bytes(of: graph)
    #expect(DOTDocument(showsWeak: true).bytes(of: graph) == dot)
    #expect(try SVGDrawing.bytes(dot: dot) == SVGDrawing.bytes(dot: dot))
  }

  @Test func aGraphOfNothingCanBeDrawn() throws {
    let empty = Topology(
      nodes: [], edges: [],
      metadata: .init(threshold: 0.35, windowSeconds: 300, oldestWindow: nil, newestWindow: nil, sources: [], coverage: []))
    #expect(String(decoding: try SVGDrawing.bytes(dot: DOTDocument().bytes(of: empty)), as: UTF8.self).contains("</svg>"))
  }

  @Test func whatIsNoGraphIsAnError() { #expect(throws: DrawingError.self) { try SVGDrawing.bytes(dot: Array("digraph {".utf8)) } }

  @Test(arguments: 1...60 as ClosedRange<UInt64>) func graphsOfAnyShapeCanBeDrawn(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var graph = Self.graph((0..<Int.random(in: 2...25, using: &random)).map { "node\($0)" })
    let services = graph.nodes.filter { $0.kind == .service }.map(\.id), machines = graph.nodes.filter { $0.kind != .service }.map(\.id)
    for place in graph.nodes.indices where Bool.random(using: &random) { graph.nodes[place].tenant = nil }
    for _ in 0..<40 {
      var edge = graph.edges[0]
      edge.source = machines.randomElement(using: &random) ?? edge.source
      edge.target = services.randomElement(using: &random) ?? edge.target
      edge.weak = Bool.random(using: &random)
      graph.edges.append(edge)
    }
    let svg = try SVGDrawing.bytes(dot: DOTDocument(showsWeak: true).bytes(of: graph))
    #expect(String(decoding: svg, as: UTF8.self).hasSuffix("</svg>\n"), "seed \(seed)")
  }
}
