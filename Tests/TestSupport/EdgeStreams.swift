import ByteStreams
import Foundation
import Interchange

/// An edge stream that was read whole.
public struct EdgeStreams: Sendable {
  /// Its header.
  public var header: EdgeStreamHeader
  /// Its edges in order.
  public var edges: [EdgeRecord] = []
  /// Its nesting records in order.
  public var nestings: [NestingRecord] = []
  /// Names of addresses in order.
  public var names: [NameRecord] = []
  /// Its sources in order.
  public var sources: [SourceRecord] = []

  /// Reads a stream to its end; nil where it is empty.
  public static func read(_ bytes: [UInt8]) throws -> EdgeStreams? {
    guard !bytes.isEmpty else { return nil }
    let scratch = try Scratch()
    var reader = try EdgeStreamReader(try openSource(path: try scratch.write("edges", bytes)))
    var stream = EdgeStreams(header: reader.header)
    while let record = try reader.next() {
      switch record {
      case .edge(let edge): stream.edges.append(edge)
      case .nesting(let nesting): stream.nestings.append(nesting)
      case .name(let name): stream.names.append(name)
      case .source(let source): stream.sources.append(source)
      }
    }
    return stream
  }
}
