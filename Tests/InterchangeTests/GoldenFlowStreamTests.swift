import Interchange
import TestSupport
import Testing

@Suite struct GoldenFlowStreamTests {
  private func golden() throws -> [UInt8] { try Repository.fixtureBytes("golden.flows.ndjson") }

  private func records(_ bytes: [UInt8]) throws -> (header: EdgeStreamHeader, records: [FlowStreamRecord]) {
    var reader = try FlowStreamReader(MemorySource(bytes))
    var records: [FlowStreamRecord] = []
    while let record = try reader.next() { records.append(record) }
    return (reader.header, records)
  }

  private func flows() throws -> [FlowRecord] {
    try records(golden()).records.compactMap { if case .flow(let flow) = $0 { flow } else { nil } }
  }

  @Test func theGoldenStreamIsWrittenAgainByteForByte() throws {
    let (header, records) = try records(golden())
    let sink = MemorySink()
    var writer = try FlowStreamWriter(header: header, to: sink)
    for record in records {
      switch record {
      case .flow(let flow): try writer.write(flow)
      case .source(let source): try writer.write(source)
      }
    }
    try writer.finish()
    #expect(sink.bytes == (try golden()))
  }

  @Test func theGoldenStreamIsAsTheSchemaSays() throws { #expect(try Schemas.problems(golden(), kind: "flows") == "") }

  @Test func everyMemberIsRead() throws {
    let flows = try flows()
    let flow = try #require(flows.first)
    #expect(flow.start == Timestamp(rfc3339: "2026-11-21T03:45:00.5Z") && flow.end == Timestamp(rfc3339: "2026-11-21T03:45:59.999999999Z"))
    #expect(flow.client == IPAddress("10.0.0.11") && flow.clientPort == 50123)
    #expect(flow.server == IPAddress("10.0.0.21") && flow.port == 5432 && flow.proto == .tcp)
    #expect(flow.service == Service(app: "postgresql", nature: .database, basis: .port))
    #expect(flow.volume.bytesToServer == 5210 && flow.volume.packetsToClient == 38)
    #expect(flow.networkResponseNanoseconds == 180_000 && flow.retransmissions == 2)
    #expect(Set(flows.map(\.endedBy)) == Set(FlowEnding.allCases))
    #expect(flows.compactMap(\.network) == ["vni:4096"])
    #expect(flows.last?.port == nil && flows.last?.outcome.unreachable == 1 && flows.last?.retransmissions == nil)
  }

  @Test func whatIsNotWholeIsRefused() throws {
    let text = String(decoding: try golden(), as: UTF8.self)
    for broken in [
      text.replacing("\"ended_by\":\"fin\"", with: "\"ended_by\":\"rst\""), text.replacing("5210", with: "5211"),
      String(text.dropLast()), text + "{}\n", text.replacing("holdfast.flows/1", with: "holdfast.edges/1"),
      text.split(separator: "\n").dropLast().joined(separator: "\n") + "\n",
    ] { #expect(throws: DocumentError.self) { try records(Array(broken.utf8)) } }
  }

  @Test func aReaderOfEdgesRefusesFlows() throws {
    let bytes = try golden()
    #expect(throws: DocumentError.self) { _ = try EdgeStreamReader(MemorySource(bytes)) }
  }

  @Test(arguments: [
    ("\"outcome\":{\"answered\":1},\"ended_by\":\"fin\"", "\"outcome\":{\"answered\":2},\"ended_by\":\"fin\"", "line 2: outcome/answered"),
    ("\"ended_by\":\"fin\"", "\"ended_by\":\"rst\"", "line 2: ended_by"),
    ("\"end\":\"2026-11-21T03:45:02Z\"", "\"end\":\"2026-11-21T03:45:01Z\"", "line 4: start is after end"),
    ("03:46:10.000000001Z", "03:47:10Z", "line 6: out of order"), ("\"bytes_to_server\":5210", "\"bytes_to_server\":5211", "flows hold"),
    ("\"client_port\":50123,", "", "line 2: "), ("\"1:", "\"2:", "community_id"),
  ])
  func whatNoReaderWouldMindIsFound(right: String, wrong: String, problem: String) throws {
    let text = String(decoding: try golden(), as: UTF8.self)
    #expect(text.contains(right))
    let found = try Schemas.problems(Array(text.replacing(right, with: wrong, maxReplacements: 1).utf8), kind: "flows")
    #expect(found.contains(problem), "\(found)")
  }
}
