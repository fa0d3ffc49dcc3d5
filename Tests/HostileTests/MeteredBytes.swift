import Capture
import Interchange
import Metering
import TestSupport
import Testing

/// What flowagg makes of bytes; nil where it can use nothing of them. Whatever they are, the stream can be read back and its laws hold.
@discardableResult
func metered(
  _ bytes: [UInt8], windowSeconds: UInt64 = 60, latenessNanoseconds: UInt64 = 5_000_000_000, memoryByteCount: UInt64 = 64 << 20,
  tunnels: MeterOptions.TunnelEnds = .inner, _ comment: @autoclosure () -> String = "", in scratch: Scratch? = nil
) throws -> EdgeStreams? {
  let scratch = try scratch ?? Scratch()
  let path = try scratch.write("capture", bytes)
  var options = MeterOptions()
  options.memoryByteCount = memoryByteCount
  options.tunnels = tunnels
  let header = EdgeStreamHeader(windowSeconds: windowSeconds, latenessNanoseconds: latenessNanoseconds)
  let sink = MemorySink()
  if let unusable = try write(path, header, options, to: sink) {
    if unusable.contains(where: { $0.complete }) { Issue.record("\(comment()): whole and not used") }
    return nil
  }
  let stream = try #require(try EdgeStreams.read(sink.bytes))
  if !stream.breaches.isEmpty { Issue.record("\(comment()): \(stream.breaches)") }
  return stream
}

/// Meters a capture; gives what was found of it where nothing could be used.
private func write(_ path: String, _ header: EdgeStreamHeader, _ options: MeterOptions, to sink: MemorySink) throws -> [SourceRecord]? {
  do {
    let meter = try Meter.open([CaptureInput(path: path)], header: header, options: options, to: sink)
    _ = try meter.run()
    return nil
  } catch {
    if case .nothingUsable(let records) = error { return records }
    throw error
  }
}

/// Small captures in every container, of frames of which each kind has one.
enum HostileCaptures {
  /// 2026-01-01T00:00:00Z.
  static let start: Int64 = 1_767_225_600_000_000_000
  static let tcp = Frames.ipv4("10.0.0.1", "10.0.0.2", 6, Frames.tcp(50_000, 5432, flags: 2))
  static let udp = Frames.ipv6("fd00::1", "fd00::2", 17, Frames.udp(50_000, 53, payload: 4))

  static let packets = [tcp, udp].enumerated().map {
    CapturedPacket(at: start + Int64($0.offset) * 1_500_000_000, Frames.ethernet($0.element))
  }

  static let pcapng: [UInt8] = {
    var builder = PcapngBuilder()
    builder.section()
    builder.interface(resolution: 9, offsetSeconds: 1)
    builder.packet(units: UInt64(start), packets[0].frame, comment: "hello")
    builder.block(0x0BAD) { $0.number(UInt32(7)) }
    builder.section(bigEndian: true)
    builder.interface()
    builder.simplePacket(packets[1].frame)
    builder.obsoletePacket(units: UInt64(start / 1000), packets[1].frame)
    return builder.bytes
  }()

  static let containers: [(name: String, bytes: [UInt8])] =
    PcapVariant.allCases.map { ("\($0)", pcap(packets, variant: $0)) } + [("pcapng", pcapng)]

  /// Every link header and every tunnel around a packet.
  static let frames: [LinkFrames.Named] = [tcp, udp].flatMap { packet in
    LinkFrames.all(packet)
      + TunnelFrames.all(packet).map { ($0.name, 1, Frames.ethernet(Frames.ipv4("192.0.2.1", "192.0.2.2", $0.proto, $0.bytes))) }
  }
}
