import Foundation
import Interchange
import TestSupport
import Testing

/// Holds flows, not only totals, against what others count in the same captures.
@Suite(.enabled(if: Repository.data != nil, "HOLDFAST_DATA names no folder of captures")) struct FlowAgreementTests {
  /// Why a capture differs, whatever is counted in it.
  static let knownDifferences: [String: String] = [
    "pcap/tcpdump/bigtcp-ipv4-vxlan-ipv4.pcap": "the reference does not look into this VXLAN",
    "pcap/libpcap/brcm-tag.pcap": "the reference does not read this link type",
    "pcap/suricata-verify/firewall__tcp-session-decode-malformed-ipv4__input.pcap":
      "the reference leaves out a packet of an impossible IP option",
    "pcap/suricata-verify/icmp-ping-plus-weird-code.pcap": "all ICMP between two addresses is one flow here",
    "pcap/suricata-verify/telnet.pcap": "the expected counts are of a run that drops packets",
    "pcap/libtrace/100_packetsns.pcap": "Suricata leaves out packets that the capture cut short",
    "pcap/zeek/truncated-header.pcap": "Suricata leaves out packets that the capture cut short",
    "pcap/libtrace/8021x.pcap": "all ICMP between two addresses is one flow here",
    "pcap/ndpi/fuzz-2006-09-29-28586.pcap": "nDPI leaves out packets whose IP length exceeds what was captured",
    "pcap/ndpi/ip_fragmented_garbage.pcap": "nDPI drops later fragments, which count here, and the reference gives them no ports",
    "pcap/ndpi/bt_search.pcap": "nDPI knows no end of a flow",
    "pcap/ndpi/kafka.pcapng": "nDPI knows no end of a flow",
    "pcap/ndpi/xiaomi.pcap": "nDPI knows no end of a flow",
    "pcap/ndpi/mongodb.pcap": "two VLANs of one routed flow are two flows elsewhere",
    "pcap/pcapplusplus/4KHttpRequests.pcap": "Suricata ends flows without an answer after a minute",
    "pcap/pcapplusplus/ip4_fragments.pcap":
      "Suricata counts the fragments of a datagram once, and the reference gives later fragments no ports",
    "pcap/arkime/dot1ad.pcap": "each VLAN is a session in Arkime",
    "pcap/arkime/tcp-reassembly-synthetic.pcap": "a SYN with another number begins a flow here, whatever had been seen",
    "pcap/arkime/single-packets.pcap": "Arkime turns a lone reply round",
  ]

  /// How many comparisons agree at least: numbers that may not fall. The rest is in `knownDifferences`.
  static let floors: [String: Int] = [
    "TCP conversations": 332, "UDP conversations": 331, "TCP conversations of tunnelled captures, outermost or innermost": 35,
    "UDP conversations of tunnelled captures, outermost or innermost": 35, "captures with the conversations of arkime": 32,
    "captures with the conversations of ndpi": 52, "captures with the conversations of suricata": 33,
    "captures with the conversations of zeek": 15, "flows as suricata-verify expects them": 15,
    "number of flows of a conversation as arkime counts them": 82, "number of flows of a conversation as ndpi counts them": 388,
    "number of flows of a conversation as suricata counts them": 415, "number of flows of a conversation as zeek counts them": 56,
    "packets and IP bytes each way of a conversation": 1272, "packets and IP bytes each way of a conversation as zeek counts them": 56,
    "packets as pcapng-generator counts them": 20, "packets as tcpdump counts them": 32,
    "packets each way of a conversation as arkime counts them": 83, "packets each way of a conversation as ndpi counts them": 394,
    "packets each way of a conversation as suricata counts them": 417,
  ]

  private static func reason(_ capture: MeteredCapture) -> String {
    knownDifferences[capture.path] ?? (capture.hasFragments ? "the reference gives later fragments no ports" : "unexplained")
  }

  static let table: Result<AgreementTable, any Error> = Result {
    var table = AgreementTable()
    let folder = try #require(Repository.data)
    let suricata = try DataManifest.suricata(of: folder)
    for capture in try MeteredCapture.all.get() {
      let ours = Conversations(capture.flows)
      compareWithReference(capture, ours, &table)
      // Inside tunnels others look elsewhere than at the outermost headers.
      guard capture.tunnels.isEmpty else { continue }
      if let expected = try capture.expected() { compare(capture, ours, expected, &table) }
      if let events = suricata[capture.path] { compare(capture, ours, events, &table) }
    }
    return table
  }

  private static func compareWithReference(_ capture: MeteredCapture, _ ours: Conversations, _ table: inout AgreementTable) {
    guard let reference = capture.reference else { return }
    let isTunnelled = !capture.tunnels.isEmpty
    for (proto, name, outer, inner) in [
      (6 as UInt8, "TCP", reference.tcp, reference.innerTCP), (17, "UDP", reference.udp, reference.innerUDP),
    ] {
      let found = ours.count(proto: proto)
      if isTunnelled {
        table.note(
          "\(name) conversations of tunnelled captures, outermost or innermost", maker: capture.maker,
          agree: found == outer || found == inner ? 1 : 0,
          "\(capture.path) (\(capture.tunnels)): \(found), not \(outer) outside or \(inner) inside; \(reason(capture))")
      } else {
        table.note(
          "\(name) conversations", maker: capture.maker, agree: found == outer ? 1 : 0,
          "\(capture.path): \(found), not \(outer); \(reason(capture))")
      }
    }
    guard !isTunnelled else { return }
    let listed = capture.listed
    let same = listed.pairs.count { pair, exchange in
      guard let own = ours.pairs[pair] else { return false }
      return pair.low == pair.high || own.hasPackets(of: exchange) && own.hasBytes(of: exchange)
    }
    table.note(
      "packets and IP bytes each way of a conversation", maker: capture.maker, agree: same, of: listed.pairs.count,
      "\(capture.path): \(same) of \(listed.pairs.count); \(reason(capture))"
    )
  }

  private static func compare(_ capture: MeteredCapture, _ ours: Conversations, _ peer: PeerCounts, _ table: inout AgreementTable) {
    if let packets = peer.packets {
      let found = Int(capture.source?.packets ?? 0)
      table.note(
        "packets as \(peer.peer) counts them", maker: capture.maker, agree: found == packets ? 1 : 0,
        "\(capture.path): \(found), not \(packets); \(reason(capture))")
    }
    for (sent, received) in peer.anonymous {
      let isFound = capture.flows.contains {
        let volume = $0.volume
        return (Int(volume.packetsToServer), Int(volume.packetsToClient)) == (sent, received)
          || (Int(volume.packetsToServer), Int(volume.packetsToClient)) == (received, sent)
      }
      table.note(
        "flows as \(peer.peer) expects them", maker: capture.maker, agree: isFound ? 1 : 0,
        "\(capture.path): none of \(sent) and \(received); \(reason(capture))")
    }
    guard !peer.conversations.pairs.isEmpty else { return }
    let protos = Set(peer.conversations.pairs.keys.map(\.proto))
    let own = ours.pairs.keys.filter { protos.contains($0.proto) }
    let onlyOurs = own.filter { peer.conversations.pairs[$0] == nil }.count
    let onlyTheirs = peer.conversations.pairs.keys.filter { ours.pairs[$0] == nil }.count
    table.note(
      "captures with the conversations of \(peer.peer)", maker: capture.maker, agree: onlyOurs == 0 && onlyTheirs == 0 ? 1 : 0,
      "\(capture.path): \(onlyOurs) only here, \(onlyTheirs) only there; \(reason(capture))")
    let common = peer.conversations.pairs.filter { ours.pairs[$0.key] != nil }
    let same = common.count { pair, exchange in
      guard pair.low != pair.high, let own = ours.pairs[pair] else { return true }
      return own.hasPackets(of: exchange) && (!peer.countsIPBytes || own.hasBytes(of: exchange))
    }
    let example = common.first { pair, exchange in
      pair.low != pair.high
        && ours.pairs[pair].map { !$0.hasPackets(of: exchange) || peer.countsIPBytes && !$0.hasBytes(of: exchange) } ?? false
    }
    table.note(
      "\(peer.countsIPBytes ? "packets and IP bytes" : "packets") each way of a conversation as \(peer.peer) counts them",
      maker: capture.maker,
      agree: same, of: common.count,
      "\(capture.path): \(same) of \(common.count); \(reason(capture))\(example.map { explain($0.key, $0.value, ours) } ?? "")"
    )
    // A flow here ends by itself or in silence; theirs as their tool decides.
    let sameFlows = common.count { pair, exchange in ours.pairs[pair]?.flows == exchange.flows }
    table.note(
      "number of flows of a conversation as \(peer.peer) counts them", maker: capture.maker, agree: sameFlows, of: common.count,
      "\(capture.path): \(sameFlows) of \(common.count); \(reason(capture))")
  }

  private static func explain(_ pair: EndPair, _ theirs: Exchange, _ ours: Conversations) -> String {
    let own = ours.pairs[pair] ?? Exchange()
    return "; \(pair): \(theirs.packetsFromLow)+\(theirs.packetsFromHigh) there, \(own.packetsFromLow)+\(own.packetsFromHigh) here"
  }

  @Test func theTableHoldsItsFloors() throws {
    let table = try Self.table.get()
    print(table.text)
    for (quantity, floor) in Self.floors {
      let total = table.total(quantity)
      #expect(total.agree >= floor, "\(quantity): \(total.agree) of \(total.all)")
    }
    #expect(Set(table.cells.keys) == Set(Self.floors.keys))
  }

  @Test func everyDifferenceHasItsReason() throws {
    for (quantity, differences) in try Self.table.get().differences {
      for difference in differences { #expect(!difference.contains("unexplained"), "\(quantity): \(difference)") }
    }
  }
}
