import ArgumentParser
import ByteStreams
import Interchange
import Inventory
import ToolSupport
import Topology

extension Timestamp: ExpressibleByArgument {
  /// Reads an RFC 3339 time.
  public init?(argument: String) { self.init(rfc3339: argument) }
}

/// Where a graph comes from and how it is judged.
struct GraphInputs: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Names of machines and when an address was theirs (YAML or JSON).", valueName: "file"))
  var inventory: String?

  @Option(name: .long, help: "Below this score, 0 to 1, a dependency is weak. Default: 0.35.")
  var threshold: Double?

  @Option(name: .long, help: ArgumentHelp("Leave out windows that end at or before this time (RFC 3339).", valueName: "time"))
  var since: Timestamp?

  @Option(name: .long, help: ArgumentHelp("Leave out windows that begin at or after this time (RFC 3339).", valueName: "time"))
  var until: Timestamp?

  @Flag(name: .long, help: "Use what is there of a stream that was cut short; exits with 3.")
  var allowIncomplete = false

  func validate() throws {
    if let threshold, !(0...1).contains(threshold) { throw ValidationError("--threshold must be from 0 to 1.") }
    if let since, let until, since >= until { throw ValidationError("--since must be before --until.") }
  }

  /// Whether an option was given that judges edge streams.
  var isGiven: Bool { inventory != nil || threshold != nil || since != nil || until != nil || allowIncomplete }

  /// Reads all streams to their ends and gives the graph, and whether one of them was incomplete.
  func topology(streams: [String], diagnostics: Diagnostics) throws -> (topology: Topology, isIncomplete: Bool) {
    var settings = TopologyBuilder.Settings()
    if let threshold { settings.threshold = threshold }
    settings.since = since
    settings.until = until
    var builder = try newBuilder(settings, diagnostics)
    var isIncomplete = false
    var names: [String: String] = [:]
    for path in streams.isEmpty ? ["-"] : streams {
      let source = try openSource(path: path)
      var reader = try EdgeStreamReader(source, allowIncomplete: allowIncomplete)
      try builder.begin(reader.header, name: path)
      while let record = try reader.next() { builder.add(record) }
      if let digest = reader.endDigest, let other = names.updateValue(path, forKey: digest) {
        throw DocumentError(
          document: path, at: .line(1), found: "the same stream as \(other)", expected: "each stream once: it would count twice")
      }
      if reader.isIncomplete {
        diagnostics.warning("\(path): no correct end; what stood before it is used")
        builder.noteIncomplete(stream: path)
        isIncomplete = true
      }
    }
    let topology = try builder.topology()
    if topology.edges.isEmpty { diagnostics.warning("no window that was asked for holds an edge: the graph is empty") }
    return (topology, isIncomplete)
  }

  private func newBuilder(_ settings: TopologyBuilder.Settings, _ diagnostics: Diagnostics) throws -> TopologyBuilder {
    guard let inventory else { return try TopologyBuilder(settings: settings) }
    let bytes = try readDocument(path: inventory)
    do throws(DocumentError) {
      let document = try Inventory(parsing: bytes)
      for key in document.unknownKeys { diagnostics.warning("\(inventory): \(key) is not known here and was passed over") }
      return try TopologyBuilder(settings: settings, inventory: document)
    } catch { throw error.naming(inventory) }
  }
}
