import Foundation
import Interchange
import TestSupport
import Testing

/// How often the client is who Zeek and Suricata say it is, where we are certain and where we are not.
///
/// Both go by the first packet, which is often all there is to go by; Zeek turns a connection round where it sees from a SYN-ACK or a port that
/// it began at the other end. So where they differ from us either may be right, and the differences are listed by their classes.
@Suite(.enabled(if: Repository.data != nil, "HOLDFAST_DATA names no folder of captures")) struct DirectionAgreementTests {
  @Test func whereWeAreCertainOthersAgree() throws {
    let folder = try #require(Repository.data)
    let suricata = try DataManifest.suricata(of: folder)
    var table = AgreementTable()
    for capture in try MeteredCapture.all.get() where capture.tunnels.isEmpty {
      let ours = Conversations(capture.flows)
      if let expected = try capture.expected(), expected.peer == "zeek" { compare(capture, ours, expected, &table) }
      if let events = suricata[capture.path] { compare(capture, ours, events, &table) }
    }
    print(table.text)
    let certain = table.total("certain"), uncertain = table.total("not certain")
    print("direction: \(certain.agree) of \(certain.all) certain and \(uncertain.agree) of \(uncertain.all) uncertain conversations agree")
    try #require(certain.all >= 190 && uncertain.all >= 280)
    #expect(certain.agree * 100 >= certain.all * 98)
    #expect(uncertain.agree * 100 >= uncertain.all * 88)
  }

  private func compare(_ capture: MeteredCapture, _ ours: Conversations, _ peer: PeerCounts, _ table: inout AgreementTable) {
    for (pair, theirs) in peer.conversations.pairs.sorted(by: { $0.key.description < $1.key.description }) {
      // Of a conversation in which they or we see both ends begin flows nothing can be said.
      guard let own = ours.pairs[pair], pair.low != pair.high, theirs.clients.count == 1, own.clients.count == 1 else { continue }
      let agrees = own.clients == theirs.clients
      let bases = own.bases.sorted().map(\.text.description).joined(separator: "+")
      let difference =
        "\(peer.peer) \(capture.path): \(pair) by \(bases); client here \(own.clients.first.map { "\($0.address):\($0.port)" } ?? "")"
      table.note(own.isCertain ? "certain" : "not certain", maker: "\(peer.peer), by \(bases)", agree: agrees ? 1 : 0, difference)
    }
  }
}
