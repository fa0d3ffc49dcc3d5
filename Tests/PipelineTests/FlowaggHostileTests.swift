import ByteStreams
import Foundation
import Interchange
import TestSupport
import Testing

/// What the built tool does with inputs made to bring it down: its memory, its time and its exit code.
@Suite struct FlowaggHostileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Runs a line and gives the most memory that it held, in bytes; time(1) writes it as the last line of the messages.
  private func measured(_ arguments: String) throws -> (finished: Finished, peakByteCount: Int) {
    let finished = try Tools.shell("/usr/bin/time -f %M flowagg \(arguments)", timeoutSeconds: 120)
    let kibibytes = finished.messages.split(separator: "\n").last.flatMap { Int($0) }
    return (finished, try #require(kibibytes, "\(finished.messages)") * 1024)
  }

  @Test(arguments: [Wrapped.gzip, .zstandard]) func aGibibyteOfNothingInAFewBytesTakesConstantMemory(_ wrapped: Wrapped) throws {
    // An unknown block of pcapng as large as that between two packets.
    var before = PcapngBuilder(), after = PcapngBuilder()
    before.section()
    before.interface()
    before.packet(units: 1, FlowaggCaptures.small[0].frame)
    after.section()
    after.interface()
    after.packet(units: 2, FlowaggCaptures.small[0].frame)
    let contentByteCount = 1 << 30
    let length = UInt32(contentByteCount + 12)
    var head = NetworkBytes(bigEndian: false), tail = NetworkBytes(bigEndian: false)
    head.number(0x0BAD as UInt32)
    head.number(length)
    tail.number(length)
    let path = scratch.path("bomb." + wrapped.rawValue)
    let sink = try openSink(path: path)
    try sink.write(before.bytes + head.bytes)
    let zeros = [UInt8](repeating: 0, count: 1 << 22)
    for _ in 0..<(contentByteCount / zeros.count) { try sink.write(zeros) }
    try sink.write(tail.bytes + after.bytes)
    try sink.finish()
    let (finished, peak) = try measured(path)
    let source = try #require(try EdgeStreams.read(finished.output)?.sources.first)
    #expect(source.packets == 2 && source.complete, "\(finished.messages)")
    // Nothing of it is held; a debug build holds more of everything else.
    #expect(peak < 128 << 20, "\(peak) bytes")
  }

  @Test func oneFlowThatTakesTurnsBetweenWindowsDoesNotFillMemory() throws {
    // A second before and a second after the end of a window, for as long as the first stays open.
    let frame = Frames.ethernet(Frames.ipv4("10.0.0.1", "10.0.0.2", 17, Frames.udp(50_000, 53)))
    let end = FlowaggCaptures.start + 60_000_000_000
    let two = Array(pcap([-1, 1].map { CapturedPacket(at: end + $0 * 1_000_000_000, frame) }).dropFirst(24))
    var bytes = pcap([])
    for _ in 0..<100_000 { bytes += two }
    let (finished, peak) = try measured("--window 60s \(try scratch.write("turns.pcap", bytes))")
    let stream = try #require(try EdgeStreams.read(finished.output))
    #expect(stream.edges.map { $0.volume.packetsToServer + $0.volume.packetsToClient } == [100_000, 100_000])
    // A part kept for each turn would take 32 MB alone.
    #expect(peak < 48 << 20, "\(peak) bytes")
  }

  @Test func aFloodOfFragmentsThatNeverFitTakeLittleMemoryAndAreCounted() throws {
    let count = 200_000
    let fragment = Frames.ipv4(
      "10.0.0.1", "10.0.0.2", 17, [UInt8](repeating: 0, count: 8), fragment: .init(of: 0, offset: 9, more: true))
    let record = Array(pcap([CapturedPacket(at: FlowaggCaptures.start, Frames.ethernet(fragment))]).dropFirst(24))
    var bytes = pcap([])
    bytes.reserveCapacity(bytes.count + count * record.count)
    for number in 0..<count {
      let start = bytes.count + 16
      bytes += record
      (bytes[start + 18], bytes[start + 19]) = (UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number))
      bytes[start + 29] = UInt8(truncatingIfNeeded: number >> 16)
    }
    let (finished, peak) = try measured(try scratch.write("fragments.pcap", bytes))
    let source = try #require(try EdgeStreams.read(finished.output)?.sources.first)
    #expect(source.notInEdges.map(\.reason) == ["fragment_without_first"] && source.notInEdges.first?.packets == UInt64(count))
    #expect(peak < 64 << 20, "\(peak) bytes")
  }

  @Test func hostileFiltersAreRefusedOrRunAndNothingElse() throws {
    let capture = try scratch.write("capture", pcap(Array(FlowaggCaptures.small.prefix(100))))
    let deep = String(repeating: "(", count: 2000) + "tcp" + String(repeating: ")", count: 2000)
    let long = (0..<200).map { "port \($0)" }.joined(separator: " or ")
    let not = String(repeating: "not ", count: 999) + "tcp"
    let filters = [
      deep, long, not, "\u{202E}tcp", "%s%n%x", "tcp[999999999:4] = 1", "ip[0:3] = 1", "port 99999999999999999999", "net 1.2.3.4/99",
      "proto \\\\", "'", "\u{1B}[2J", "len < -1", "ether[0:4] / 0 = 1", "", " ", "vlan and vlan and vlan and vlan and vlan", "1 = 1 / 0",
    ]
    for filter in filters {
      let finished = try Tools.run("flowagg", ["--filter", filter, capture], timeoutSeconds: 30)
      #expect([0, 64].contains(finished.status), "\(filter.prefix(40)): \(finished.status) \(finished.messages.prefix(200))")
      #expect(!finished.messages.contains("\u{1B}") && !finished.messages.contains("\u{202E}"), "\(filter.prefix(40))")
      if finished.status == 0 { #expect(try EdgeStreams.read(finished.output)?.breaches == [], "\(filter.prefix(40))") }
    }
  }
}
