import ByteStreams
import Interchange
import Inventory
import TestSupport

/// Bytes as an edge stream, and as an inventory in JSON or YAML: the first byte says as which.
enum EdgesTarget {
  @Sendable static func run(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let rest = Array(bytes[1...])
    switch first & 3 {
    case 0: _ = try? read(rest, allowIncomplete: false)
    case 1: inventory(rest)
    default: written(rest)
    }
  }

  /// What can be read can be written, and what was written reads and is written the same. Members that contradict each other may have gone.
  private static func written(_ bytes: [UInt8]) {
    guard let (header, records) = try? read(bytes, allowIncomplete: true) else { return }
    do {
      let once = try write(header, records)
      let (header, records) = try read(once, allowIncomplete: false)
      let twice = try write(header, records)
      claim(twice == once, "\(records) are written otherwise the second time")
    } catch {
      preconditionFailure("what was read cannot be written and read again: \(error)")
    }
  }

  private static func write(_ header: EdgeStreamHeader, _ records: [EdgeStreamRecord]) throws -> [UInt8] {
    let sink = MemorySink()
    var writer = try EdgeStreamWriter(header: header, to: sink)
    for record in records {
      switch record {
      case .edge(let edge): try writer.write(edge)
      case .nesting(let nesting): try writer.write(nesting)
      case .name(let name): try writer.write(name)
      case .part(let part): try writer.write(part)
      case .fragments(let fragments): try writer.write(fragments)
      case .source(let source): try writer.write(source)
      }
    }
    try writer.finish()
    return sink.bytes
  }

  private static func read(_ bytes: [UInt8], allowIncomplete: Bool) throws -> (header: EdgeStreamHeader, records: [EdgeStreamRecord]) {
    var reader = try EdgeStreamReader(MemorySource(bytes), allowIncomplete: allowIncomplete)
    var records: [EdgeStreamRecord] = []
    do { while let record = try reader.next() { records.append(record) } } catch { if !allowIncomplete { throw error } }
    return (reader.header, records)
  }

  private static func inventory(_ bytes: [UInt8]) {
    guard let inventory = try? Inventory(parsing: bytes) else { return }
    _ = try? AddressBook(inventory)
  }
}
