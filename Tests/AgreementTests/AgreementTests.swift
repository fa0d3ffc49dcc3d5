import Foundation
import Interchange
import TestSupport
import Testing

/// Holds flowagg's counts against what independent readers found in captures that others made.
///
/// The captures are in the folder that `HOLDFAST_DATA` names; without it these tests are skipped and say so.
@Suite(.enabled(if: Repository.data != nil, "HOLDFAST_DATA names no folder of captures")) struct AgreementTests {
  /// What flowagg does not read, and why that is right or waits: everything else must agree.
  static let knownDifferences: [String: String] = [
    "pcap/libpcap/brcm-tag.pcap": "the reference cannot read Broadcom switch tags",
    "derived/hugecaplen-4.pcap": "the packet before the damage is counted, which the facts count without its bytes",
  ]

  struct Row {
    var facts: CaptureFacts
    var status: Int32
    var source: SourceRecord?
    var messages: String

    /// Where nothing could be used there is no stream, and so no counts.
    var agrees: Bool {
      guard let source else { return facts.isRefused || [facts.packets, facts.ipPackets, facts.ipBytes].allSatisfy { ($0 ?? 0) == 0 } }
      return (facts.packets ?? 0) == Int(source.packets) && (facts.ipPackets.map { $0 == Int(source.ipPackets) } ?? true)
        && (facts.ipBytes.map { $0 == Int(source.ipBytes) } ?? true)
    }
  }

  static let rows: Result<[Row], any Error> = Result {
    try CaptureFacts.all().map { facts in
      let folder = try #require(Repository.data)
      let finished = try Tools.run("flowagg", [folder.appending(path: facts.path).path], timeoutSeconds: 60)
      let stream = finished.status == 65 ? nil : try EdgeStreams.read(finished.output)
      return Row(facts: facts, status: finished.status, source: stream?.sources.first, messages: finished.messages)
    }
  }

  @Test func everyCaptureAgreesWithTheReferenceOrIsAKnownDifference() throws {
    let rows = try Self.rows.get()
    try #require(rows.count > 300)
    var agreeing = 0
    var byMaker: [String: (agree: Int, all: Int)] = [:]
    // Flow exports packed into captures by their maker come without facts about the capture itself.
    for row in rows where row.facts.packets != nil || row.facts.ipBytes != nil {
      let parts = row.facts.path.split(separator: "/")
      let maker = parts.count > 2 ? "\(parts[0])/\(parts[1])" : String(parts[0])
      byMaker[maker, default: (0, 0)].all += 1
      if row.agrees {
        agreeing += 1
        byMaker[maker, default: (0, 0)].agree += 1
      } else {
        #expect(Self.knownDifferences[row.facts.path] != nil, "\(row.facts) but found \(String(describing: row.source))")
      }
    }
    print("captures by maker: packets, IP packets and IP bytes as in the reference facts")
    for (maker, count) in byMaker.sorted(by: { $0.key < $1.key }) { print("  \(maker): \(count.agree) of \(count.all)") }
    print("  all: \(agreeing) of \(rows.count { $0.facts.packets != nil || $0.facts.ipBytes != nil })")
    for (path, reason) in Self.knownDifferences.sorted(by: { $0.key < $1.key }) { print("  differs: \(path): \(reason)") }
  }

  @Test func noKnownDifferenceHasGoneStale() throws {
    for row in try Self.rows.get() where row.agrees {
      #expect(Self.knownDifferences[row.facts.path] == nil, "\(row.facts.path) agrees by now")
    }
  }

  @Test func everyRunEndsWithADocumentedCodeAndAWholeStream() throws {
    for row in try Self.rows.get() {
      #expect([0, 3, 65].contains(row.status), "\(row.facts.path): \(row.status) \(row.messages)")
      #expect((row.source != nil) == (row.status != 65), "\(row.facts.path): a stream that nothing could be used for, or none")
    }
  }

  @Test func damageIsReportedWithItsOffsetAndReason() throws {
    let damaged = try Self.rows.get().filter { $0.source?.complete == false || $0.status == 65 }
    try #require(damaged.count >= 8)
    for row in damaged {
      #expect(row.status == 3 || row.status == 65, "\(row.facts.path)")
      #expect(row.messages.contains("byte "), "\(row.facts.path): \(row.messages)")
      #expect(row.source == nil || row.source?.damage?.reason.isEmpty == false)
    }
  }

  @Test func everyStreamConservesPacketsAndBytes() throws {
    for row in try Self.rows.get() {
      guard let source = row.source else { continue }
      let lostPackets = source.notInEdges.reduce(0) { $0 + $1.packets }
      let lostBytes = source.notInEdges.reduce(0) { $0 + $1.bytes }
      #expect(source.packets == source.edgePackets + lostPackets, "\(row.facts.path)")
      #expect(source.ipBytes == source.edgeBytes + source.tunnelOverheadBytes + lostBytes, "\(row.facts.path)")
    }
  }
}
