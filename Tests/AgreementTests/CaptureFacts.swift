import Foundation
import TestSupport

/// What others found in a capture: one row of the manifest of the data folder with its facts.
struct CaptureFacts: Sendable {
  var path: String
  var linkTypes: [Int]
  var packets: Int?
  var ipPackets: Int?
  var ipBytes: Int?
  /// Whether tshark refuses it as no capture of a known version.
  var isRefused = false

  /// All captures of the data folder; empty where there is none.
  static func all() throws -> [CaptureFacts] {
    guard let folder = Repository.data else { return [] }
    let text = try String(contentsOf: folder.appending(path: "MANIFEST.tsv"), encoding: .utf8)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
    guard let header = lines.popFirst()?.split(separator: "\t").map(String.init) else { return [] }
    return try lines.compactMap { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let row = Dictionary(uniqueKeysWithValues: zip(header, cells))
      guard ["pcap", "flowpcap", "flowctx", "derived"].contains(row["kind"]), let path = row["path"],
        row["format"] != "netflow-concatenated"
      else {
        return nil
      }
      return try facts(path: path, row: row, folder: folder)
    }
  }

  private static func facts(path: String, row: [String: String], folder: URL) throws -> CaptureFacts {
    var facts = CaptureFacts(path: path, linkTypes: [])
    if let cell = row["reference_facts"], let object = try? JSONSerialization.jsonObject(with: Data(cell.utf8)) as? [String: Any] {
      if object["reader_packets"] != nil || object["ip_bytes"] != nil {
        facts.take(
          packets: object["reader_packets"] as? Int ?? object["frames"], ipv4: object["ipv4"], ipv6: object["ipv6"],
          bytes: object["ip_bytes"],
          links: object["linktypes"])
        facts.isRefused = object["tshark_rc"] as? Int == 2 && object["frames"] as? Int == 0
        return facts
      }
      if let reader = object["reader"] as? [String: Any], let tshark = object["tshark"] as? [String: Any] {
        facts.take(packets: reader["packets"], ipv4: nil, ipv6: nil, bytes: tshark["outer_ip_bytes"], links: nil)
        return facts
      }
    }
    // Long cells are cut in the table and stand whole in a file of their own.
    guard let name = row["facts_json"], !name.isEmpty,
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: name))) as? [String: Any],
      let reference = object["reference"] as? [String: Any], let container = reference["container"] as? [String: Any],
      let tshark = reference["tshark"] as? [String: Any]
    else { return facts }
    facts.take(
      packets: container["packets"], ipv4: tshark["ipv4_frames"], ipv6: tshark["ipv6_frames"], bytes: tshark["outer_ip_bytes"],
      links: container["linktypes"])
    return facts
  }

  private mutating func take(packets: Any?, ipv4: Any?, ipv6: Any?, bytes: Any?, links: Any?) {
    self.packets = packets as? Int
    if let ipv4 = ipv4 as? Int, let ipv6 = ipv6 as? Int { ipPackets = ipv4 + ipv6 }
    ipBytes = bytes as? Int
    linkTypes = links as? [Int] ?? []
  }
}
