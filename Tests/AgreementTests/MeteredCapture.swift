import ByteStreams
import Foundation
import Interchange
import TestSupport
import Testing

/// A capture of the data folder: what flowagg makes of its flows, what an independent reader found, and what others count.
struct MeteredCapture: Sendable {
  var path: String
  /// By whom the capture was published.
  var maker: String
  var flows: [FlowRecord] = []
  var source: SourceRecord?
  /// Whether the reference saw tunnels, and which.
  var tunnels: [String] = []
  /// Whether the reference saw fragments, which it does not join.
  var hasFragments = false
  /// Conversations of the outermost and the innermost headers, by protocol; nil where the reference has none.
  var reference: (tcp: Int, udp: Int, innerTCP: Int, innerUDP: Int)?
  /// What the reference counted in each conversation; empty where there were too many to list.
  var referenceConversations: [Listed] = []
  private var factsPath: String

  struct Listed: Sendable {
    var proto: UInt8
    var a: String
    var b: String
    var packets: [Int]
    var bytes: [Int]
  }

  /// All captures with facts, metered once.
  static let all: Result<[MeteredCapture], any Error> = Result {
    guard let folder = Repository.data else { return [] }
    return try DataManifest.rows(of: folder).compactMap { row in
      guard ["pcap", "flowpcap"].contains(row["kind"]), let path = row["path"], let facts = row["facts_json"], !facts.isEmpty else {
        return nil
      }
      return try MeteredCapture(path: path, factsPath: folder.appending(path: facts).path, folder: folder)
    }
  }

  private init(path: String, factsPath: String, folder: URL) throws {
    self.path = path
    self.factsPath = factsPath
    maker = path.split(separator: "/").dropFirst().first.map(String.init) ?? path
    let finished = try Tools.run("flowagg", ["flows", folder.appending(path: path).path], timeoutSeconds: 120)
    if finished.status != 65 {
      let scratch = try Scratch()
      var reader = try FlowStreamReader(try openSource(path: try scratch.write("flows", finished.output)))
      while let record = try reader.next() {
        switch record {
        case .flow(let flow): flows.append(flow)
        case .source(let record): source = record
        }
      }
    }
    guard let reference = try facts()["reference"] as? [String: Any], let tshark = reference["tshark"] as? [String: Any] else { return }
    let names = tshark["tunnels"] as? [String] ?? []
    tunnels = (tshark["tunnelled_frames"] as? Int ?? 0) == 0 ? [] : names.isEmpty ? ["unnamed"] : names
    hasFragments = (tshark["fragments"] as? Int ?? 0) > 0
    if let tcp = tshark["tcp_conversations"] as? Int, let udp = tshark["udp_conversations"] as? Int {
      self.reference = (tcp, udp, tshark["inner_tcp_conversations"] as? Int ?? tcp, tshark["inner_udp_conversations"] as? Int ?? udp)
    }
    let listed = tshark["conversations"] as? [[String: Any]] ?? []
    guard listed.count < 2000 else { return }
    referenceConversations = listed.compactMap { entry in
      guard let proto = entry["proto"] as? String, let a = entry["a"] as? String, let b = entry["b"] as? String else { return nil }
      return Listed(
        proto: proto == "tcp" ? 6 : 17, a: a, b: b, packets: [entry["a2b_pkts"] as? Int ?? 0, entry["b2a_pkts"] as? Int ?? 0],
        bytes: [entry["a2b_ip_bytes"] as? Int ?? 0, entry["b2a_ip_bytes"] as? Int ?? 0])
    }
  }

  private func facts() throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: factsPath))) as? [String: Any] ?? [:]
  }

  /// What the maker expects; nil where that cannot be compared.
  func expected() throws -> PeerCounts? {
    let facts = try facts()
    guard let peer = facts["peer"] as? String, let expected = facts["peer_expected"] as? [String: Any] else { return nil }
    return PeerCounts(maker: peer, expected: expected)
  }

  /// The conversations that the reference lists.
  var listed: Conversations {
    var conversations = Conversations()
    func end(_ text: String) -> PeerEnd? {
      let parts = text.split(separator: " ")
      return parts.count == 2 ? Int(parts[1]).flatMap { PeerEnd(String(parts[0]), $0) } : nil
    }
    for entry in referenceConversations {
      guard let a = end(entry.a), let b = end(entry.b) else { continue }
      conversations.add(
        proto: entry.proto, from: a, to: b, packets: (entry.packets[0], entry.packets[1]), bytes: (entry.bytes[0], entry.bytes[1]))
    }
    return conversations
  }
}

/// The table of the data folder that says what each file is.
enum DataManifest {
  static func rows(of folder: URL) throws -> [[String: String]] {
    let text = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
    guard let header = lines.popFirst()?.split(separator: "\t").map(String.init) else { return [] }
    return lines.map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(header, cells))
    }
  }

  /// What Suricata wrote of each capture, by the capture's path.
  static func suricata(of folder: URL) throws -> [String: PeerCounts] {
    var found: [String: PeerCounts] = [:]
    for row in try rows(of: folder) where row["format"] == "suricata-eve" {
      guard let path = row["path"], let name = row["facts_json"], !name.isEmpty,
        let facts = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: name))) as? [String: Any],
        let log = facts["log"] as? [String: Any], let capture = log["pcap"] as? String
      else { continue }
      found[capture] = try PeerCounts(suricata: String(contentsOf: folder.appending(path: path), encoding: .utf8))
    }
    return found
  }
}
