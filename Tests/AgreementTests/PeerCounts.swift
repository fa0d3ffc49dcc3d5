import Foundation
import Interchange
import TestSupport

/// What one maker, or one tool, counts in a capture; FACTS of the data folder says what of it can be compared.
struct PeerCounts {
  /// Who counts.
  var peer: String
  var conversations = Conversations()
  /// Whether the counts of bytes are of IP packets.
  var countsIPBytes = false
  /// Packets each way that some flow must have, where the ends are not given.
  var anonymous: [(Int, Int)] = []
  /// Packets of the container.
  var packets: Int?

  /// What the maker of a capture expects, from its facts; nil where that cannot be compared.
  init?(maker: String, expected: [String: Any]) {
    peer = maker
    switch maker {
    case "ndpi": takeNDPI(expected["flows"] as? [[String: Any]] ?? [])
    case "zeek":
      guard expected["filtered"] as? Bool == false else { return nil }
      countsIPBytes = true
      takeZeek(expected["rows"] as? [[String: Any]] ?? [])
    case "arkime": takeArkime(expected["rows"] as? [[String: Any]] ?? [])
    case "suricata-verify": takeChecks(expected["checks"] as? [[String: Any]] ?? [])
    case "tcpdump": packets = expected["printed_packets"] as? Int
    case "pcapng-generator": packets = expected["packets"] as? Int
    default: return nil
    }
    if conversations.pairs.isEmpty, anonymous.isEmpty, packets == nil { return nil }
  }

  /// What Suricata wrote of a capture: its flow events.
  init(suricata text: String) throws {
    peer = "suricata"
    for line in text.split(separator: "\n") where line.contains("\"event_type\":\"flow\"") {
      guard let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let flow = event["flow"] as? [String: Any],
        let from = event["src_ip"] as? String, let to = event["dest_ip"] as? String, let proto = Self.proto(event["proto"] as? String),
        let client = PeerEnd(from, event["src_port"] as? Int ?? 0), let server = PeerEnd(to, event["dest_port"] as? Int ?? 0)
      else { continue }
      conversations.add(
        proto: proto, from: client, to: server, packets: (flow["pkts_toserver"] as? Int ?? 0, flow["pkts_toclient"] as? Int ?? 0),
        bytes: (0, 0)
      )
    }
  }

  private static func proto(_ name: String?) -> UInt8? {
    switch name?.lowercased() {
    case "tcp": 6
    case "udp": 17
    case "icmp": 1
    case "icmpv6", "ipv6-icmp": 58
    case "sctp": 132
    default: nil
    }
  }

  /// `address:port` or `[address]:port`.
  private static func end(_ text: String) -> PeerEnd? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let address = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    return Int(text[text.index(after: colon)...]).flatMap { PeerEnd(address, $0) }
  }

  private static func number(_ value: Any?) -> Int? { value as? Int ?? (value as? String).flatMap { Int($0) } }

  private mutating func takeNDPI(_ flows: [[String: Any]]) {
    for flow in flows {
      guard let proto = Self.proto(flow["l4"] as? String), let client = (flow["src"] as? String).flatMap(Self.end),
        let server = (flow["dst"] as? String).flatMap(Self.end), let sent = flow["c2s_pkts"] as? Int,
        let received = flow["s2c_pkts"] as? Int
      else { continue }
      conversations.add(proto: proto, from: client, to: server, packets: (sent, received), bytes: (0, 0))
    }
  }

  private mutating func takeZeek(_ rows: [[String: Any]]) {
    for row in rows {
      guard let proto = Self.proto(row["proto"] as? String), let from = row["id.orig_h"] as? String, let to = row["id.resp_h"] as? String,
        let fromPort = Self.number(row["id.orig_p"]), let toPort = Self.number(row["id.resp_p"]),
        let sent = Self.number(row["orig_pkts"]), let received = Self.number(row["resp_pkts"]),
        let sentBytes = Self.number(row["orig_ip_bytes"]), let receivedBytes = Self.number(row["resp_ip_bytes"])
      else { continue }
      // Type and code of ICMP stand in the ports; Zeek names ICMPv6 icmp too.
      let isICMP = proto == 1 || proto == 58
      guard let client = PeerEnd(from, isICMP ? 0 : fromPort), let server = PeerEnd(to, isICMP ? 0 : toPort) else { continue }
      conversations.add(
        proto: isICMP ? (from.contains(":") ? 58 : 1) : proto, from: client, to: server, packets: (sent, received),
        bytes: (sentBytes, receivedBytes))
    }
  }

  private mutating func takeArkime(_ rows: [[String: Any]]) {
    for row in rows {
      guard let from = row["src"] as? String, let to = row["dst"] as? String, let proto = row["ipProtocol"] as? Int,
        [1, 6, 17, 58, 132].contains(proto), let sent = row["src_packets"] as? Int, let received = row["dst_packets"] as? Int,
        let client = PeerEnd(from, proto == 1 || proto == 58 ? 0 : row["sport"] as? Int ?? 0),
        let server = PeerEnd(to, proto == 1 || proto == 58 ? 0 : row["dport"] as? Int ?? 0)
      else { continue }
      conversations.add(proto: UInt8(proto), from: client, to: server, packets: (sent, received), bytes: (0, 0))
    }
  }

  private mutating func takeChecks(_ checks: [[String: Any]]) {
    for check in checks {
      guard let match = check["match"] as? [String: Any], match["event_type"] as? String == "flow",
        let sent = Self.number(match["flow.pkts_toserver"]), let received = Self.number(match["flow.pkts_toclient"])
      else { continue }
      anonymous.append((sent, received))
    }
  }
}
